"""Whatever models and people write: it is text. Nothing runs, nothing is fetched, nothing overflows."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from migration_app.candidates.models import PriceQuote
from migration_app.runs.models import Run
from tests.browser.journeys import Person
from tests.browser.looking import Watch, too_wide
from tests.browser.places.team import World, a_full_team
from tests.builders import a_candidate
from tests.reports.finished import finished, right

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
    faults = _faults(person, run)
    samples = list(
        run.items.filter(run_candidate__position=1, sample__position__lt=5).values_list("sample_id")
    )
    for (sample,) in samples:
        address = reverse("samples", args=[run.pk]) + f"?show=all&option=1&sample={sample}"
        faults += _faults_of(person, address)
    assert len(samples) == 5
    assert faults == []


def test_names_of_hundreds_of_signs_and_eight_options(person: Person) -> None:
    world = _renamed(a_full_team())
    connection = world.models[0].connection
    more = [a_candidate(connection, f"m-{n}", label=f"{n}{LONG_NAME}"[:120], price=None) for n in range(5)]
    models = [*world.models, *more]
    run = finished(
        world.question(*models, name=LONG_NAME[:200]),
        {
            model.label: (lambda index, n=n: right(index) if index % (n + 2) else "no")
            for n, model in enumerate(models)
        },
    )
    assert run.candidates.count() == 8
    keyed = [reverse("workload", args=[world.workload.pk]), reverse("connection", args=[connection.pk])]
    keyed += [reverse("candidate", args=[models[0].pk]), reverse("prices-run", args=[run.pk])]
    lists = [
        reverse(name) for name in ("assessments", "workloads", "connections", "prices", "assessment-new")
    ]
    assert _faults(person, run) + _faults_at(person, [*lists, *keyed]) == []


def test_where_all_failed_and_no_price_is_known(person: Person) -> None:
    world = a_full_team()
    PriceQuote.objects.all().delete()
    nothing = {model.label: (lambda index: None) for model in world.models}
    run = finished(world.question(), nothing)
    assert _faults(person, run) == []
    person.opens(reverse("results", args=[run.pk]))
    assert "$0" not in person.page.inner_text("main"), "what is unknown is not nothing"


def _renamed(world: World) -> World:
    world.workload.name = LONG_NAME[:120]
    world.workload.save()
    world.team.name = LONG_NAME[:80]
    world.team.save()
    connection = world.models[0].connection
    connection.name = LONG_NAME[:80]
    connection.save()
    for number, model in enumerate(world.models):
        model.label = f"{number}{LONG_NAME}"[:100]
        model.save()
    return world


def _faults(person: Person, run: Run) -> list[str]:
    person.signs_in("dana")
    return _faults_at(person, [reverse(name, args=[run.pk]) for name in PAGES])


def _faults_at(person: Person, addresses: list[str]) -> list[str]:
    return [fault for address in addresses for fault in _faults_of(person, address)]


def _faults_of(person: Person, address: str) -> list[str]:
    page, watch = person.page, Watch(person.page)
    answer = page.goto(person.root + address, wait_until="load")
    found = [*watch.complaints, *too_wide(page)]
    if answer is None or answer.status != 200:
        found.append(f"answered {answer and answer.status}")
    if page.evaluate("'broken' in window"):
        found.append("something ran")
    return [f"{address}: {fault}" for fault in found]
