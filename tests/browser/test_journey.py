"""From an empty account to a verdict and its PDF, in a browser, with everything real behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from migration_app.accounts.actions import create_team
from migration_app.runs.models import Run, RunState
from tests.browser.journeys import PASSWORD, Person, write_requests
from tests.pipeline.conftest import Workers, broker, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted

KEY = "sk-a-secret-key-9876"


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    manners = {
        "today-large": {"tokens": 4, "first_token": 0.05},
        "open-small": {"tokens": 4, "first_token": 0.1, "accuracy": 0.3},
    }
    with scripted(manners, "--key", KEY) as server:
        yield server


@pytest.fixture
def dana(transactional_db: None, live_server: Any, page: Page, settings: Any) -> Person:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    user = get_user_model().objects.create_user("dana", password=PASSWORD)
    create_team(name="Acme", owner=user)
    return Person(page, live_server.url)


def quiet(page: Page) -> list[str]:
    """Collects what the browser complains about, and requests that leave the site."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: (
            complaints.append(request.url)
            if not re.match(r"(http://(localhost|127\.0\.0\.1)|data:|blob:)", request.url)
            else None
        ),
    )
    return complaints


def test_from_sign_in_to_verdict_and_pdf(
    dana: Person,
    vendor: ScriptedServer,
    workers: Workers,  # noqa: F811
    broker: str,  # noqa: F811
    tmp_path: Path,
    axe: Callable[[Page], list[str]],
) -> None:
    workers.start()
    page, complaints = dana.page, quiet(dana.page)

    def clean() -> None:
        assert axe(page) == [], page.url

    dana.opens()
    clean()
    dana.signs_in("dana")
    dana.sees("See a verdict in three clicks")
    clean()

    dana.uploads(write_requests(tmp_path / "support.csv"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("support")
    clean()

    dana.connects(vendor.base_url, KEY)
    dana.presses("Test connection")
    dana.sees("So far it works: add a model to test the rest", timeout=30_000)
    assert KEY not in page.content()
    clean()
    vendor.reset()
    dana.adds_model("today-large", label="Today Large", serves_today=True)
    dana.opens("/connections/")
    dana.follows("Scripted vendor")
    dana.adds_model("open-small", label="Open Small")
    clean()

    dana.opens("/assessments/new/")
    dana.follows("support")
    page.get_by_role("checkbox", name=re.compile("Open Small")).check()
    clean()
    page.get_by_role("button", name=re.compile("^Continue")).locator("visible=true").click()
    clean()
    dana.presses("Continue to check")
    dana.sees("What is sent, and to whom")
    clean()
    assert vendor.log()["requests"] == [], "nothing is sent before the start"
    dana.presses("Start the test")

    expect(page).to_have_url(re.compile(r"/runs/"))
    clean()
    # It finishes before our eyes: nobody reloads the page.
    results = page.get_by_role("link", name="See the results").first
    expect(results).to_be_visible(timeout=90_000)
    clean()
    results.click()
    page.wait_for_url(re.compile(r"/results/"))
    run = Run.objects.get()
    assert run.state == RunState.FINISHED
    dana.sees("Open Small")
    heading = page.get_by_role("heading", level=2).first.inner_text()
    assert "Today Large" in heading
    clean()
    for tab in ("Evidence", "Samples", "Method", "Run"):
        page.get_by_role("navigation", name="Results").get_by_role("link", name=tab).click()
        clean()

    page.get_by_role("navigation", name="Results").get_by_role("link", name="Summary").click()
    shown = page.inner_text("main")
    with page.expect_download() as waiting:
        dana.follows("Download PDF")
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    assert re.fullmatch(rf"[\w-]+{date.today().isoformat()}\.pdf", waiting.value.suggested_filename)
    written = "\n".join(sheet.extract_text() for sheet in PdfReader(file).pages)
    for figure in set(re.findall(r"[−+]?\d+\.\d%", shown)):
        assert figure in written, f"{figure} is on the page and not in the PDF"
    assert KEY not in written
    assert complaints == []
