"""Dana watches a run: it moves by itself, rests when told to, outlasts the web server, and tells its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from migration_app.accounts.models import User
from migration_app.pipeline import control
from migration_app.runs.models import Item, ItemState, Run
from tests.browser.journeys import Person
from tests.browser.looking import Watch
from tests.browser.places.team import dana as a_person
from tests.builders import a_candidate, a_connection, a_question, a_workload
from tests.pipeline.conftest import Workers, broker, patience, workers  # noqa: F401
from tests.servers.fixtures import ScriptedServer, scripted
from tests.servers.mail import MailServer, mail_server
from tests.servers.website import Website, website

# The browser's own notifications, and what was said in each.
LISTENING = """
  window.told = [];
  window.Notification = class extends Notification {
    constructor(title, options) { super(title, options); told.push([title, options.body]); }
  };
"""
AWAY = "Object.defineProperty(document, 'hidden', { get: () => true })"
SLOW, QUICK = {"tokens": 2, "first_token": 2.0}, {"tokens": 2, "first_token": 0.02}


@pytest.fixture
def vendor() -> Iterator[ScriptedServer]:
    with scripted({"today": SLOW, "other": SLOW}) as it:
        yield it


@pytest.fixture
def post(workers: Workers) -> Iterator[MailServer]:  # noqa: F811
    """Mail is set up, for the workers."""
    with mail_server() as server:
        workers.environment |= {"CROSSOVER_EMAIL_HOST": "127.0.0.1", "CROSSOVER_EMAIL_PORT": str(server.port)}
        workers.environment |= {"CROSSOVER_EMAIL_TLS": "0", "CROSSOVER_EMAIL_FROM": "desk@example.com"}
        yield server


@pytest.fixture
def site(workers: Workers, tmp_path: Path) -> Iterator[Website]:  # noqa: F811
    with website(workers.environment, tmp_path / "web.log") as it:
        workers.environment["CROSSOVER_PUBLIC_URL"] = it.url
        yield it


@pytest.fixture
def run(transactional_db: None, vendor: ScriptedServer, broker: str, settings: Any) -> Run:  # noqa: F811
    """Started, and nobody works at it yet."""
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    user = a_person()
    User.objects.filter(pk=user.pk).update(email="dana@example.com")
    team = user.teams.get()
    connection = a_connection(team, vendor.base_url)
    models = [a_candidate(connection, "today"), a_candidate(connection, "other")]
    return control.start(assessment=a_question(team, a_workload(team, 100), *models), user=user)


def test_a_run_moves_and_rests_when_it_is_told_to(
    page: Page,
    live_server: Any,
    run: Run,
    workers: Workers,  # noqa: F811
) -> None:
    dana = Person(page, live_server.url)
    dana.signs_in("dana")
    dana.opens(reverse("run", args=[run.pk]))
    workers.start()
    _moves(page, past=0)
    dana.presses("Pause")
    dana.sees("Paused")
    _settled(run.pk, page)
    page.reload()
    resting = _collected(page)
    page.wait_for_timeout(1_500)
    page.reload()
    assert _collected(page) == resting < 200, "a paused run asks nobody"
    dana.presses("Go on")
    _moves(page, past=resting)


def test_a_run_outlasts_a_restart_of_the_web_server_and_tells_its_end(
    page: Page,
    site: Website,
    run: Run,
    vendor: ScriptedServer,
    workers: Workers,  # noqa: F811
    post: MailServer,
) -> None:
    page.context.grant_permissions(["notifications"], origin=site.url)
    dana = _wishing_to_be_told(page, site.url, run)
    dana.sees("You will be told when it is over")
    page.evaluate("window.loadedOnce = true")
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    workers.start()
    _moves(page, past=0)

    site.stop()
    lost = page.get_by_text("This page could not be refreshed. It keeps trying")
    expect(lost).to_be_in_viewport()
    seen = _collected(page)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    with patience(60) as until:
        until(lambda: Item.objects.filter(run=run, state=ItemState.DONE).count() > seen)

    site.start()
    expect(lost).to_be_hidden()
    _moves(page, past=seen)

    page.evaluate(AWAY)
    vendor.behave(today=QUICK, other=QUICK)
    expect(page.get_by_role("link", name="See the results").first).to_be_visible(timeout=180_000)
    expect(page).to_have_title(re.compile("^✓ Finished"))
    expect(page.locator("#run-announce")).to_have_text("Finished. The results are ready.")
    assert page.evaluate("window.told") == [["Finished", "May we move?"]]
    assert page.evaluate("window.loadedOnce"), "nobody loaded the page again"
    assert broken == []
    with patience(60) as until:
        until(lambda: bool(post.received))
    (message,) = post.received
    assert (message["to"], message["subject"]) == ("dana@example.com", "May we move?: the verdict is in")
    assert site.url + reverse("results", args=[run.pk]) in message.get_content()  # type: ignore[attr-defined]


def test_whoever_forbids_notices_is_told_so_and_gets_none(page: Page, live_server: Any, run: Run) -> None:
    dana = _wishing_to_be_told(page, live_server.url, run)
    dana.sees("Your browser does not allow this page to notify you")
    page.evaluate(AWAY)
    watch = Watch(page)
    control.cancel(run=run, user=User.objects.get(username="dana"))
    expect(page).to_have_title(re.compile("^✓ Cancelled"))
    assert page.evaluate("window.told") == watch.complaints == []


def _wishing_to_be_told(page: Page, url: str, run: Run) -> Person:
    page.add_init_script(LISTENING)
    dana = Person(page, url)
    dana.signs_in("dana")
    dana.opens(reverse("run", args=[run.pk]))
    dana.presses("Tell me when it is over")
    return dana


def _collected(page: Page) -> int:
    found = re.search(r"([\d,]+) of [\d,]+ answers collected", page.locator("#live").inner_text())
    assert found is not None
    return int(found[1].replace(",", ""))


def _moves(page: Page, *, past: int) -> None:
    page.wait_for_function(
        "past => parseInt(document.querySelector('#live .sub.num')?.innerText) > past",
        arg=past,
        timeout=60_000,
    )


def _settled(run: Any, page: Page) -> None:
    """Calls that were under way come back; none is claimed after them."""
    for _ in range(240):
        if not Item.objects.filter(run_id=run, state=ItemState.LEASED).exists():
            return
        page.wait_for_timeout(250)
    raise AssertionError("calls are still under way after a minute")
