"""From an empty account to a verdict and its PDF, by keyboard alone, with everything real behind it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import ConsoleMessage, Page, expect

from migration_app.accounts.actions import create_team
from migration_app.runs.models import Run, RunState
from tests.browser.figures import figures_of, missing, text_of
from tests.browser.journeys import PASSWORD, write_requests
from tests.browser.keyboard import Typist
from tests.pipeline.conftest import Workers, broker, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted

KEY = "sk-a-secret-key-9876"
UNHURRIED, QUICK = {"tokens": 4, "first_token": 1.0}, {"tokens": 4, "first_token": 0.05}


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    manners = {
        "today-large": {"tokens": 4, "first_token": 0.05},
        "open-small": {"tokens": 4, "first_token": 0.05, "accuracy": 0.3},
    }
    with scripted(manners, "--key", KEY) as server:
        yield server


@pytest.fixture
def dana(transactional_db: None, live_server: Any, page: Page, settings: Any) -> Typist:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    user = get_user_model().objects.create_user("dana", password=PASSWORD)
    create_team(name="Acme", owner=user)
    return Typist(page, live_server.url)


def quiet(page: Page) -> list[str]:
    """Collects what the browser complains about, and requests that leave the site.

    Not that a newer request took the place of one that was not answered yet: it is what should happen,
    and on a busy machine it does.
    """
    complaints: list[str] = []
    replaced = re.compile("htmx:(afterRequest|sendAbort)")

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not replaced.match(message.text):
            complaints.append(message.text)

    page.on("console", note)
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
    dana: Typist,
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
    dana.sees("See a verdict with a sample")
    clean()

    dana.uploads(write_requests(tmp_path / "support.csv"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("support")
    clean()

    dana.connects(vendor.base_url, KEY)
    dana.enters(dana.button("Test connection"))
    dana.sees("So far it works: add a model to test the rest")
    expect(page.locator("#announcer")).to_have_text("So far it works: add a model to test the rest")
    assert page.evaluate("document.querySelector('#checks').contains(document.activeElement)")
    assert KEY not in page.content()
    clean()
    vendor.reset()
    dana.adds_model("today-large", label="Today Large", serves_today=True)
    dana.follows("Connections")
    dana.follows("Scripted vendor")
    dana.adds_model("open-small", label="Open Small")
    clean()

    dana.follows("New assessment")
    dana.skips_to_content()
    dana.follows("support")
    dana.skips_to_content()
    _turns_to_the_other_baseline_and_back(dana)
    dana.ticks(re.compile("Open Small"))
    clean()
    dana.presses("Continue to rules")
    clean()
    dana.fills("Requests a month", "100000")
    dana.presses("Continue to check")
    dana.sees("What is sent, and to whom")
    clean()
    assert vendor.log()["requests"] == [], "nothing is sent before the start"
    vendor.behave(**{"today-large": UNHURRIED})
    dana.presses("Start the test")

    expect(page).to_have_url(re.compile(r"/runs/"))
    clean()
    # It finishes before our eyes: nobody reloads the page. The button in focus goes, and the place is kept.
    dana.reaches(dana.button("Pause"))
    vendor.behave(**{"today-large": QUICK})
    expect(dana.link("See the results")).to_be_visible(timeout=180_000)
    expect(page.locator("#run-actions")).to_be_focused()
    clean()
    dana.follows("See the results")
    page.wait_for_url(re.compile(r"/results/"))
    run = Run.objects.get()
    assert run.state == RunState.FINISHED
    dana.sees("Open Small")
    heading = page.get_by_role("heading", level=2).first.inner_text()
    assert "Today Large" in heading.replace("\u00a0", " ")  # a name is kept on one line
    clean()
    for tab in ("Evidence", "Samples", "Method", "Run", "Summary"):
        dana.skips_to_content()
        dana.goes_on_by(page.get_by_role("navigation", name="Results").get_by_role("link", name=tab))
        expect(page.get_by_role("navigation", name="Results").locator("[aria-current]")).to_have_text(tab)
        clean()

    shown = figures_of(page)
    with page.expect_download(timeout=180_000) as waiting:
        dana.enters(dana.link("Download PDF"))
    file = tmp_path / "report.pdf"
    waiting.value.save_as(file)
    assert re.fullmatch(rf"[\w-]+{date.today().isoformat()}\.pdf", waiting.value.suggested_filename)
    assert len(shown) > 20, "the page has figures"
    assert missing(shown, file) == set()
    assert KEY not in text_of(file)
    _weighs_cost_more(dana)
    assert complaints == []


def _turns_to_the_other_baseline_and_back(dana: Typist) -> None:
    """The estimate beside the choice follows it, and the focus stays where it was."""
    other = dana.page.get_by_role("radio", name=re.compile("Open Small"))
    today = dana.page.get_by_role("radio", name=re.compile("Today Large"))
    dana.reaches(today)
    for key, radio in (("ArrowDown", other), ("ArrowUp", today)):
        with dana.page.expect_response(re.compile("estimate")):
            dana.page.keyboard.press(key)
        expect(radio).to_be_checked()
        expect(radio).to_be_focused()


def _weighs_cost_more(dana: Typist) -> None:
    """The ranking follows the slider, and so does the address."""
    slider = dana.page.get_by_role("slider").first
    share = dana.page.locator("output").first
    before = share.inner_text()
    dana.reaches(slider)
    for _ in range(10):
        dana.page.keyboard.press("ArrowRight")
    expect(share).not_to_have_text(before)
    expect(slider).to_be_focused()
    expect(dana.page).to_have_url(re.compile(r"/results/\?"))
