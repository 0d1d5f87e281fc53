"""Asking more on the run page: first what it would take, then the wish; and what a new edition leaves."""

from __future__ import annotations

import pytest
from django.urls import reverse

from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.reports.build import freeze
from migration_app.reports.canonical import sha256_of
from migration_app.reports.models import Report
from migration_app.runs.actions import start_run
from migration_app.runs.models import Assessment, Item, ItemState, Run, RunState
from tests.builders import a_candidate, a_connection
from tests.reports.factories import comparison_data
from tests.web.people import People


@pytest.fixture
def run(draft: Assessment) -> Run:
    """Finished: 4 of the 12 requests were asked of three models, and Bigger failed one of them."""
    draft.sample_limit = 4
    draft.save()
    run = start_run(assessment=draft, user=None).run
    Item.objects.filter(run=run).update(state=ItemState.DONE, tries=1)
    entry = run.candidates.get(label="Bigger")
    failed = Item.objects.filter(run_candidate=entry).first()
    assert failed is not None
    Item.objects.filter(pk=failed.pk).update(state=ItemState.FAILED, tries=3)
    run.candidates.update(items_done=4)
    run.candidates.filter(pk=entry.pk).update(items_done=3, items_failed=1)
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    return run


@pytest.fixture
def extra(people: People, models: list[Candidate]) -> Candidate:
    return a_candidate(models[0].connection, "model-d", label="Newcomer")


def test_more_requests_against_the_policy_of_today_take_a_sentence(people: People, run: Run) -> None:
    state_terms(connection=run.candidates.first().connection, user=None, place="us", source="their page")
    set_policy(team=people.team, user=None, places=["eu"])
    wish = {"what": "samples", "to": "8"}
    page = people.alice.get(address(run), wish).content.decode()
    assert "United States" in page and 'name="accepts_conflicts"' in page
    refused = people.alice.post(address(run), wish, follow=True).content.decode()
    assert "Say in a sentence" in refused and not run.extensions.exists()
    people.alice.post(address(run), wish | {"accepts_conflicts": "Only made-up requests are sent."})
    run.refresh_from_db()
    assert run.extensions.exists() and run.accepted[0]["by"] == "alice"


def a_report(run: Run, edition: int) -> Report:
    data = freeze(comparison_data())
    return Report.objects.create(
        run=run, team=run.team, edition=edition, data=data, sha256=f"{edition}" + sha256_of(data)[1:]
    )


def address(run: Run) -> str:
    return reverse("run-more", args=[run.pk])


def test_the_run_page_offers_what_may_be_asked(people: People, run: Run, extra: Candidate) -> None:
    page = people.alice.get(reverse("run", args=[run.pk])).content.decode()
    assert "1 request has no answer" in page
    assert "4 of the workload" in page and "Newcomer" in page
    assert "Ask more" not in people.vera.get(reverse("run", args=[run.pk])).content.decode()


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"what": "failures"}, "Ask 1 request"),
        ({"what": "samples", "to": "10"}, "Ask 18 requests"),
        ({"what": "candidate"}, "Ask 4 requests"),
    ],
)
def test_looking_says_what_it_would_take_and_sends_nothing(
    people: People, run: Run, extra: Candidate, wish: dict[str, str], sentence: str
) -> None:
    if wish["what"] == "candidate":
        wish = wish | {"model": str(extra.pk)}
    page = people.alice.get(address(run), wish).content.decode()
    assert sentence in page and "127.0.0.1" in page and "$" in page
    run.refresh_from_db()
    assert run.state == RunState.FINISHED and run.edition == 1


def test_confirming_reopens_the_run_once(people: People, run: Run, extra: Candidate) -> None:
    wish = {"what": "samples", "to": "10"}
    for _ in range(2):
        people.bob.post(address(run), wish)
    run.refresh_from_db()
    assert (run.state, run.edition, run.items_total) == (RunState.RUNNING, 2, 30)
    people.bob.post(address(run), {"what": "candidate", "model": str(extra.pk)})
    run.refresh_from_db()
    assert (run.edition, run.items_total, run.candidates.count()) == (2, 40, 4)


def test_a_viewer_may_look_but_not_ask(people: People, run: Run) -> None:
    assert people.vera.post(address(run), {"what": "failures"}).status_code == 403
    assert people.charlie.get(address(run), {"what": "failures"}).status_code == 404


def test_a_stranger_s_model_is_nobody_s(people: People, run: Run) -> None:
    spy = a_candidate(a_connection(people.other_team, "http://127.0.0.1:9/v1"), "spy")
    wish = {"what": "candidate", "model": str(spy.pk)}
    assert people.alice.get(address(run), wish).status_code == 404
    assert people.alice.post(address(run), wish).status_code == 404


@pytest.mark.parametrize(
    "wish", [{}, {"what": "all"}, {"what": "samples", "to": "many"}, {"what": "samples"}]
)
def test_a_wish_that_makes_no_sense_leads_back(people: People, run: Run, wish: dict[str, str]) -> None:
    answer = people.alice.get(address(run), wish)
    assert answer.status_code == 302 and answer["Location"] == reverse("run", args=[run.pk])


def test_an_earlier_edition_stays_and_says_that_it_was_replaced(people: People, run: Run) -> None:
    old, _new = (a_report(run, edition) for edition in (1, 2))
    page = people.vera.get(reverse("results", args=[run.pk])).content.decode()
    assert "Edition 2" in page and "?edition=1" in page
    earlier = people.vera.get(reverse("results", args=[run.pk]), {"edition": 1}).content.decode()
    assert "This is edition 1" in earlier and old.sha256[:12] in earlier
    assert people.vera.get(reverse("method", args=[run.pk]), {"edition": 9}).status_code == 200
