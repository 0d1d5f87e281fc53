"""Whatever models and people write: it is text. Nothing runs, nothing is fetched, nothing overflows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from playwright.sync_api import Page

from migration_app.candidates.models import PriceQuote
from migration_app.reports.actions import make_pdf
from migration_app.reports.sharing import make_link
from migration_app.runs.models import Attempt, Run
from migration_app.scoring.reviews import draw_more
from tests.browser.journeys import Person
from tests.browser.looking import NARROW, WIDE, Watch, too_wide, unreadable
from tests.browser.places.team import World, a_full_team
from tests.builders import a_candidate
from tests.importing import receive_upload
from tests.reports.finished import concluded, finished, replayed, right

HTML = (
    "<script>window.broken = 1</script><img src=x onerror='window.broken = 1'>"
    "<svg onload='window.broken = 1'>"
    "![spy](https://example.com/spy.png) [here](javascript:window.broken=1) {{ 7*7 }} <style>*{display:none}"
)
SIGNS = (
    "\u202e\u2066right to left\u200b\u200d\u200b\ufeff \x1b[31mred\x1b[0m"
    "\x1b]8;;https://example.com\x07 \u0007"
)
LONG_LINE = "a" * 1_000_000
LONG_NAME = ("🦜" + "W" * 60) * 5  # 305 signs without a place to break
TOPICS = [f"{letter}{LONG_NAME}"[:200] for letter in "ab"]
TABLE = b"question,expected,topic\nWhere is it?,soon,parcel\nAnd that?,none,parcel\n"
PAGES = ("results", "evidence", "samples", "method", "run", "files", "shares", "review")


@pytest.fixture
def person(transactional_db: None, page: Page, live_server: Any, settings: Any, tmp_path: Any) -> Person:
    settings.MEDIA_ROOT = tmp_path
    page.set_viewport_size({"width": 390, "height": 844})
    return Person(page, live_server.url)


def test_what_models_say_is_text(person: Person) -> None:
    world = a_full_team()
    said = [HTML, SIGNS, LONG_LINE, "", "𝒜" * 3_000]
    run = finished(
        world.question(name=HTML[:150]),
        {
            "Aurora Large": right,
            "Borealis 70B": lambda index: said[index % 5] if index < 20 else right(index),
            "Wren 8B": lambda index: None if index % 2 else SIGNS,
        },
    )
    report, day = run.reports.get(), timedelta(days=1)
    draw_more(run=run, user=world.dana, to=20)
    _link, token = make_link(report=report, user=world.dana, lasts=day, shows_samples=True)
    faults = _faults(person, run) + _faults_of(person, reverse("shared-samples", args=[token]))
    samples = list(
        run.items.filter(run_candidate__position=1, sample__position__lt=5).values_list("sample_id")
    )
    for (sample,) in samples:
        address = reverse("samples", args=[run.pk]) + f"?show=all&option=1&sample={sample}"
        faults += _faults_of(person, address)
    assert len(samples) == 5
    assert faults == []
    export = make_pdf(report=report)
    assert export.state == "ready", export.error


def test_names_of_hundreds_of_signs_and_eight_options(person: Person) -> None:
    world = _renamed(a_full_team())
    connection = world.models[0].connection
    more = [a_candidate(connection, _long(200, n), label=_long(120, n + 3), price=None) for n in range(5)]
    models = [*world.models, *more]
    run = finished(
        world.question(*models, name=_long(200), requests_per_month=100_000, critical_categories=TOPICS[:1]),
        {
            model.label: (lambda index, n=n: right(index) if index % (n + 2) else "no")
            for n, model in enumerate(models)
        },
    )
    assert run.candidates.count() == 8
    _link, token = make_link(
        report=run.reports.get(), user=world.dana, lasts=timedelta(days=1), note=_long(120)
    )
    draft = world.question(*models, name=_long(200, 1))
    upload = receive_upload(
        team=world.team, user=world.dana, file=SimpleUploadedFile(_long(251) + ".csv", TABLE)
    )
    keyed = {
        "workload": world.workload, "connection": connection, "candidate": models[0], "prices-run": run,
        "upload-columns": upload,
        **{f"assessment-{step}": draft for step in ("options", "rules", "judges", "check")},
    }  # fmt: skip
    lists = ("assessments", "workloads", "connections", "prices", "assessment-new", "account", "policy")
    addresses = [reverse(name) for name in lists]
    addresses += [reverse(name, args=[row.pk]) for name, row in keyed.items()]
    addresses += [reverse(name, args=[token]) for name in ("shared", "shared-evidence")]
    person.signs_in(world.dana.username)
    assert _faults_at(person, [*_pages(run), *addresses], closely=True) == []


def test_no_candidate_at_all_and_a_single_one(person: Person) -> None:
    world = a_full_team()
    today, other, _third = world.models
    alone = replayed(world.question(today, other, name="Alone"), {today.label: right, other.label: right})
    alone.candidates.exclude(position=0).delete()
    draft = world.question(name="A draft whose models are gone")
    draft.candidates.clear()
    single = finished(world.question(today, other), {today.label: right, other.label: lambda index: None})
    person.signs_in("dana")
    pages = [*_pages(concluded(alone)), *_pages(single), reverse("assessments")]
    pages += [reverse(f"assessment-{step}", args=[draft.pk]) for step in ("options", "rules", "check")]
    assert _faults_at(person, pages, closely=True) == []
    person.presses("Start the test")
    person.sees("Choose at least one model to compare with the one you use today.")


def test_where_all_failed_and_no_price_is_known(person: Person) -> None:
    world = a_full_team()
    PriceQuote.objects.all().delete()
    nothing = {model.label: (lambda index: None) for model in world.models}
    run = finished(world.question(), nothing)
    person.signs_in("dana")
    assert _faults_at(person, _pages(run), closely=True) == []
    person.opens(reverse("results", args=[run.pk]))
    assert "$0" not in person.page.inner_text("main"), "what is unknown is not nothing"
    uncounted = replayed(world.question(name="Uncounted"), {model.label: right for model in world.models})
    unknown = dict.fromkeys(("input_tokens", "output_tokens", "cost_nanos"))
    Attempt.objects.filter(item__run=uncounted).update(**unknown)
    assert _faults_at(person, _pages(concluded(uncounted)), closely=True) == []
    person.opens(reverse("evidence", args=[uncounted.pk]))
    assert "unknown / unknown" in person.page.inner_text("main"), "nor is a count of tokens"


def _long(size: int, number: int = 0) -> str:
    """A name that fills its place in the database, told apart by its first letter."""
    return f"{number}{LONG_NAME}"[:size]


def _renamed(world: World) -> World:
    """Everybody and everything is called as much as its form lets it be called."""
    connection = world.models[0].connection
    for row, field, size in (
        (world.dana, "username", 150), (world.team, "name", 120), (world.workload, "name", 200),
        (world.workload, "source", 255), (connection, "name", 120),
    ):  # fmt: skip
        setattr(row, field, _long(size))
    world.workload.profile = {"categories": dict.fromkeys(TOPICS, 30)}
    for name, before in zip(TOPICS, ("routing", "sentiment"), strict=True):
        world.workload.samples.filter(category=before).update(category=name, external_id=name)
    for number, model in enumerate(world.models):
        model.label, model.model = _long(120, number), _long(200, number)
    for changed in (world.dana, world.team, world.workload, connection, *world.models):
        changed.save()
    return world


def _pages(run: Run) -> list[str]:
    return [reverse(name, args=[run.pk]) for name in PAGES]


def _faults(person: Person, run: Run) -> list[str]:
    person.signs_in("dana")
    return _faults_at(person, _pages(run))


def _faults_at(person: Person, addresses: list[str], *, closely: bool = False) -> list[str]:
    return [fault for address in addresses for fault in _faults_of(person, address, closely=closely)]


def _faults_of(person: Person, address: str, *, closely: bool = False) -> list[str]:
    """closely: on a desk as well, and with every text in sight."""
    page, watch = person.page, Watch(person.page)
    answer = page.goto(person.root + address, wait_until="load")
    found = [*watch.complaints, *too_wide(page)]
    if answer is None or answer.status != 200 or page.url != person.root + address:
        found.append(f"answered {answer and answer.status} at {page.url}")
    if page.evaluate("'broken' in window"):
        found.append("something ran")
    if closely:
        found += unreadable(page)
        page.set_viewport_size({"width": WIDE, "height": 900})
        found += [f"on a desk: {fault}" for fault in (*too_wide(page), *unreadable(page))]
        page.set_viewport_size({"width": NARROW, "height": 844})
    return [f"{address}: {fault}" for fault in found]
