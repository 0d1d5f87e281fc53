"""Every page there is, wide and narrow, light and dark: accessible, quiet, and no wider than its window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Browser, Page

from migration_app.candidates.models import Candidate
from migration_app.runs.actions import start_run
from migration_app.workloads import stages
from migration_app.workloads.actions import receive_upload
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.importing import confirm_columns, decide
from migration_app.workloads.models import Upload, UploadState
from tests.browser.journeys import PASSWORD, Person
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload
from tests.reports.finished import every, finished, right
from tests.workloads.sources.reading import fixture

PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
LOOKS = [(width, scheme) for width in (1440, 390) for scheme in ("light", "dark")]


@pytest.fixture
def addresses(transactional_db: None, settings: Any) -> dict[str, str]:
    """A team with a finished run, a running one, a draft, an upload; the address of each page."""
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    team = a_team("Acme", owner="dana")
    dana = get_user_model().objects.get(username="dana")
    dana.set_password(PASSWORD)
    dana.save()
    add_bundled(team=team, user=dana)
    workload = a_workload(team, 60)
    workload.profile = {"categories": {"routing": 30, "sentiment": 30}}
    workload.save()
    connection = a_connection(team, "http://127.0.0.1:9/v1", name="Northwind AI")
    names = ("Aurora Large", "Borealis 70B", "Wren 8B")
    models = [a_candidate(connection, name.lower(), label=name) for name in names]
    speech = {"Aurora Large": right, "Borealis 70B": every(30), "Wren 8B": every(2)}
    run = finished(a_question(team, workload, *models, requests_per_month=100_000), speech)
    going = start_run(assessment=a_question(team, workload, *models[:2], name="Running now"), user=dana).run
    draft = a_question(team, workload, *models, name="A draft")
    file = SimpleUploadedFile("tickets.csv", b"question,expected,topic\nWhere is it?,soon,delivery\n,none,\n")
    upload = receive_upload(team=team, user=dana, file=file)
    pages = _addresses(run.pk, going.pk, draft.pk, upload.pk, workload.pk, connection.pk, models[0])
    return pages | _imports(team, dana)


def a_log(team: Any, user: Any) -> Any:
    """The key of an upload that was recognised as a tool's log."""
    file = SimpleUploadedFile("observations.jsonl", fixture("langfuse/blob.jsonl"))
    return receive_upload(team=team, user=user, file=file).pk


def _imports(team: Any, user: Any) -> dict[str, str]:
    """Pages of files on their way: to decide about, worked on, refused; and of a masked workload."""
    review, stored = (a_file_to_decide_about(team, user) for _ in range(2))
    decide(upload=stored, user=user, size=200, keep=["card"])
    stages.work(stored.pk)
    stored.refresh_from_db()
    base = {"team": team, "created_by": user, "filename": "november.jsonl", "size": 1, "sha256": "0"}
    going = Upload.objects.create(**base, state=UploadState.READING, stage_done=0.4, stage_count=41_200)
    refused = Upload.objects.create(**base, state=UploadState.REFUSED, note="The file is empty.")
    return {
        "upload-log": reverse("upload-columns", args=[a_log(team, user)]),
        "upload-review": reverse("upload-review", args=[review.pk]),
        "upload-working": reverse("upload-columns", args=[going.pk]),
        "upload-refused": reverse("upload-columns", args=[refused.pk]),
        "workload-masked": reverse("workload", args=[stored.workload.pk]),
    }


def a_file_to_decide_about(team: Any, user: Any) -> Upload:
    """An upload whose columns are confirmed, with private values in it."""
    lines = [
        f'{{"prompt": "Mail {n % 7}@example.com about 4111 1111 1111 1111", "category": "c{n % 3}"}}\n'
        for n in range(300)
    ]
    file = SimpleUploadedFile("letters.jsonl", "".join(lines).encode())
    upload = receive_upload(team=team, user=user, file=file)
    confirm_columns(upload=upload, name="Letters")
    return upload


def _addresses(
    run: Any,
    going: Any,
    draft: Any,
    upload: Any,
    workload: Any,
    connection: Any,
    model: Candidate,
) -> dict[str, str]:
    plain = ["assessments", "assessment-new", "workloads", "upload", "upload-sources", "connections"]
    keyed = {
        **dict.fromkeys(("results", "evidence", "samples", "method", "run"), run),
        **{f"assessment-{step}": draft for step in ("options", "rules", "check")},
        "upload-columns": upload,
        "workload": workload,
        **dict.fromkeys(("connection", "connection-edit", "connection-key", "candidate-new"), connection),
        "candidate": model.pk,
        "candidate-edit": model.pk,
    }
    pages = {name: reverse(name) for name in [*plain, "connection-new", "account"]}
    pages |= {name: reverse(name, args=[key]) for name, key in keyed.items()}
    return pages | {
        "run-going": reverse("run", args=[going]),
        "run-more": reverse("run-more", args=[run]) + f"?what=candidate&model={_newcomer(model).pk}",
        "connection-new-form": reverse("connection-new") + "?vendor=openai",
        "connection-new-amazon": reverse("connection-new") + "?vendor=bedrock",
        "connection-new-entra": reverse("connection-new") + "?vendor=azure&auth=entra",
        "assessment-new-options": reverse("assessment-new") + f"?workload={workload}",
        "not-found": "/nowhere/",
    }


def _newcomer(beside: Candidate) -> Candidate:
    """A model that takes part in no run yet."""
    return a_candidate(beside.connection, "kite 3b", label="Kite 3B")


@pytest.fixture
def look(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("look", LOOKS, indirect=True, ids=[f"{w}-{s}" for w, s in LOOKS])
def test_every_page_in_every_look(
    look: Page,
    addresses: dict[str, str],
    live_server: Any,
    axe: Callable[[Page], list[str]],
    request: pytest.FixtureRequest,
) -> None:
    folder = PICTURES / request.node.callspec.id.removeprefix("chromium-")
    folder.mkdir(parents=True, exist_ok=True)
    complaints: list[str] = []
    look.on("pageerror", lambda error: complaints.append(str(error)))
    Person(look, live_server.url).opens()
    found = {"sign-in": faults_of(look, axe, folder / "sign-in.png")}
    Person(look, live_server.url).signs_in("dana")
    for name, address in addresses.items():
        look.goto(live_server.url + address)
        found[name] = faults_of(look, axe, folder / f"{name}.png")
    assert {name: faults for name, faults in found.items() if faults} == {}
    assert complaints == []


def faults_of(page: Page, axe: Callable[[Page], list[str]], picture: Path) -> list[str]:
    page.wait_for_load_state("networkidle") if "/runs/" not in page.url else page.wait_for_timeout(300)
    page.screenshot(path=picture, full_page=True)
    faults = axe(page)
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    return faults if wide <= window else [*faults, f"{wide} pixels wide in a window of {window}"]
