"""The run page: moves by itself, stops when the run has ended, and obeys those who may."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.accounts.models import AuditEvent
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.runs.actions import start_run
from migration_app.runs.models import Assessment, Run, RunEvent, RunState
from tests.web.people import People


@pytest.fixture
def run(draft: Assessment) -> Run:
    return start_run(assessment=draft, user=None).run


def part(browser: Client, run: Run, state: str = "running") -> str:
    return browser.get(reverse("run-progress", args=[run.pk]), {"state": state}).content.decode()


def test_the_page_and_its_live_part_show_the_same(people: People, run: Run) -> None:
    run.candidates.filter(position=1).update(items_done=7, items_failed=2)
    page = people.vera.get(reverse("run", args=[run.pk])).content.decode()
    live = part(people.vera, run)
    bars = live.split('role="rowgroup">')[2].split("</section>")[0]
    assert bars in page and "9 of 12" in bars
    assert 'hx-trigger="every 1500ms"' in live


def test_an_ended_run_asks_no_more_and_announces_itself_once(people: People, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    told = part(people.alice, run)
    assert "hx-trigger" not in told and "The results are ready." in told
    assert reverse("results", args=[run.pk]) in told and 'hx-swap-oob="true"' in told
    assert "run-announce" not in part(people.alice, run, state="finished")


def test_an_ended_session_leads_to_the_door_as_a_whole_page(people: People, run: Run) -> None:
    answer = Client().get(reverse("run-progress", args=[run.pk]), headers={"HX-Request": "true"})
    assert answer.status_code == 204 and answer["HX-Redirect"].startswith(reverse("login"))


def test_pausing_going_on_and_cancelling(people: People, run: Run) -> None:
    for verb, state in (("pause", "paused"), ("resume", "running"), ("cancel", "cancelled")):
        people.bob.post(reverse(f"run-{verb}", args=[run.pk]))
        run.refresh_from_db()
        assert run.state == state


def test_going_on_against_the_policy_of_today_takes_a_sentence(people: People, run: Run) -> None:
    people.bob.post(reverse("run-pause", args=[run.pk]))
    state_terms(connection=run.candidates.first().connection, user=None, place="us", source="their page")
    set_policy(team=people.team, user=None, places=["eu"])
    page = people.bob.get(reverse("run", args=[run.pk])).content.decode()
    assert "Before it goes on" in page and "United States" in page
    assert 'name="accepts_conflicts" form="resume"' in page and 'id="resume"' in page
    assert 'name="accepts_conflicts"' not in people.vera.get(reverse("run", args=[run.pk])).content.decode()
    address = reverse("run-resume", args=[run.pk])
    refused = people.bob.post(address, follow=True).content.decode()
    assert "A rule is broken by" in refused and "where requests are processed" in refused
    people.bob.post(address, {"accepts_conflicts": "Only made-up requests are sent."})
    run.refresh_from_db()
    assert run.state == "running" and run.accepted[0]["by"] == "bob"
    assert "Before it goes on" not in people.bob.get(reverse("run", args=[run.pk])).content.decode()


def test_a_verb_that_comes_too_late_is_answered_with_a_sentence(people: People, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    page = people.alice.post(reverse("run-pause", args=[run.pk]), follow=True).content.decode()
    assert "The run is finished, so it cannot be changed like this." in page


def test_a_cap_can_only_be_raised(people: People, run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(cap_nanos=2 * 10**9)
    address = reverse("run-cap", args=[run.pk])
    assert "must be above" in people.alice.post(address, {"cap": "1"}, follow=True).content.decode()
    assert "was not changed" in people.alice.post(address, {"cap": "much"}, follow=True).content.decode()
    people.alice.post(address, {"cap": "3.5"})
    run.refresh_from_db()
    assert run.cap_nanos == 3_500_000_000
    raised = AuditEvent.objects.get(verb="raised the spending cap of")
    assert raised.user is not None and raised.user.username == "alice" and raised.subject.endswith(": 3.5")


def test_what_a_vendor_said_is_shown_as_text(people: People, run: Run) -> None:
    RunEvent.objects.create(run=run, message="<img src=x onerror=alert(1)>")
    assert "<img" not in part(people.alice, run)


def test_vera_sees_progress_and_no_buttons(people: People, run: Run) -> None:
    page = people.vera.get(reverse("run", args=[run.pk])).content.decode()
    assert "Cancel run" not in page and "Progress by model" in page
