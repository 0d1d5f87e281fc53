"""Dana watches a run: it moves by itself, rests when she says so, and outlasts a server that is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from migration_app.accounts.models import User
from migration_app.pipeline import control
from migration_app.runs.models import Item, ItemState
from tests.browser.journeys import Person
from tests.browser.places.team import dana as a_person
from tests.builders import a_candidate, a_connection, a_question, a_workload
from tests.pipeline.conftest import Workers, broker, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    with scripted(
        {"today": {"tokens": 2, "first_token": 0.4}, "other": {"tokens": 2, "first_token": 0.4}}
    ) as it:
        yield it


@pytest.fixture
def dana(transactional_db: None, page: Page, live_server: Any, settings: Any) -> Person:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    a_person()
    person = Person(page, live_server.url)
    person.signs_in("dana")
    return person


def test_a_run_moves_rests_and_ends_before_our_eyes(
    dana: Person,
    vendor: ScriptedServer,
    workers: Workers,  # noqa: F811
    broker: str,  # noqa: F811
) -> None:
    page, user = dana.page, User.objects.get(username="dana")
    team = user.teams.get()
    connection = a_connection(team, vendor.base_url)
    models = [a_candidate(connection, "today"), a_candidate(connection, "other")]
    run = control.start(assessment=a_question(team, a_workload(team, 60), *models), user=user)
    dana.opens(reverse("run", args=[run.pk]))
    page.evaluate("window.loadedOnce = true")
    workers.start()
    _moves(page, past=0)
    page.route("**/progress/**", lambda route: route.abort())  # the web server is being restarted
    page.wait_for_timeout(2_000)
    page.unroute("**/progress/**")
    _moves(page, past=_collected(page))
    assert page.evaluate("window.loadedOnce"), "nobody loaded the page again"

    dana.presses("Pause")
    dana.sees("Paused")
    _settled(run.pk, page)
    page.reload()
    resting = _collected(page)
    page.wait_for_timeout(1_500)
    page.reload()
    assert _collected(page) == resting < 120, "a paused run asks nobody"
    dana.presses("Go on")
    expect(page.get_by_role("link", name="See the results").first).to_be_visible(timeout=90_000)


def _collected(page: Page) -> int:
    found = re.search(r"([\d,]+) of [\d,]+ answers collected", page.locator("#live").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def _moves(page: Page, *, past: int) -> None:
    page.wait_for_function(
        "past => parseInt(document.querySelector('#live .sub.num').innerText) > past",
        arg=past,
        timeout=60_000,
    )


def _settled(run: Any, page: Page) -> None:
    """Calls that were under way come back; none is claimed after them."""
    for _ in range(60):
        if not Item.objects.filter(run_id=run, state=ItemState.LEASED).exists():
            return
        page.wait_for_timeout(250)
    raise AssertionError("calls are still under way after a quarter of a minute")
