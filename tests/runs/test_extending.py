"""Asking more in a run that is there, without asking again what was answered."""

from __future__ import annotations

from collections import Counter

import pytest

from migration_app.runs import actions
from migration_app.runs.models import Attempt, Item, ItemState, Run, RunState
from tests.builders import a_candidate


def finish(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(state=RunState.FINISHED)
    run.refresh_from_db()
    return run


def prompts(bench) -> Counter:
    return Counter((request["model"], request["prompt"]) for request in bench.asked())


def test_what_failed_gets_three_new_tries_and_what_was_answered_none(started, vendor):
    bench = started("broken", samples=4)
    bench.replay()
    run = finish(bench.run)
    vendor.behave(broken={"tokens": 4})
    vendor.reset()
    assert actions.ask_failed_again(run=run, user=None)
    bench.replay()
    assert {model for model, _ in prompts(bench)} == {"broken"} and len(bench.asked()) == 4
    broken = run.candidates.get(label="broken")
    assert (broken.items_done, broken.items_failed) == (4, 0)
    assert Item.objects.filter(run=run, state=ItemState.DONE).count() == 8
    assert Attempt.objects.filter(item__run_candidate=broken).count() == 16, "the earlier tries are kept"


def test_asking_again_makes_a_new_edition_once(started):
    bench = started("broken", samples=2)
    bench.replay()
    run = finish(bench.run)
    assert actions.ask_failed_again(run=run, user=None)
    assert actions.ask_failed_again(run=run, user=None) == (), "a second click asks nothing more"
    run.refresh_from_db()
    assert (run.edition, run.state) == (2, RunState.RUNNING)
    assert [extension.requests for extension in run.extensions.all()] == [2]
    assert run.extensions.get().after_report


def test_a_run_without_failures_has_nothing_to_ask_again(started):
    bench = started("weak", samples=2)
    bench.replay()
    assert actions.ask_failed_again(run=finish(bench.run), user=None) == ()
    assert Run.objects.get(pk=bench.run.pk).state == RunState.FINISHED


def test_what_an_early_end_left_out_is_asked_too(started):
    bench = started("weak", samples=5)
    actions.finish_early(run=bench.run, user=None)
    run = finish(bench.run)
    assert actions.ask_failed_again(run=run, user=None)
    bench.replay()
    assert len(bench.asked()) == 10


def test_more_samples_are_those_a_larger_plan_would_have_drawn(started):
    bench = started("weak", samples=12, sample_limit=4, seed=7)
    bench.replay()
    first = prompts(bench)
    run = finish(bench.run)
    assert actions.extend_samples(run=run, user=None, to=9)
    assert actions.extend_samples(run=run, user=None, to=9) == ()
    bench.replay()
    assert len(prompts(bench)) == 18 and set(prompts(bench).values()) == {1}
    assert set(first) <= set(prompts(bench))
    entry = run.candidates.first()
    assert (entry.items_total, entry.items_done) == (9, 9)
    bench.run.assessment.refresh_from_db()
    actions.cancel_run(run=Run.objects.get(pk=run.pk), user=None)
    again = actions.start_run(assessment=bench.run.assessment, user=None).run
    of_run = Item.objects.values_list("sample_id", flat=True)
    assert set(of_run.filter(run=again)) == set(of_run.filter(run=run))


def test_one_more_model_is_asked_the_same_samples_and_the_others_nothing(started):
    bench = started("weak", samples=6, sample_limit=3)
    bench.replay()
    run = finish(bench.run)
    third = a_candidate(run.candidates.first().connection, "slow")
    assert actions.add_candidate(run=run, user=None, candidate=third)
    assert actions.add_candidate(run=run, user=None, candidate=third) == ()
    bench.replay()
    asked = prompts(bench)
    assert len(asked) == 9 and set(asked.values()) == {1}
    assert {prompt for model, prompt in asked if model == "slow"} == {
        prompt for model, prompt in asked if model == "good"
    }
    entry = run.candidates.get(label="slow")
    assert (entry.position, entry.edition, entry.items_total, entry.is_baseline) == (2, 2, 3, False)
    assert third in run.assessment.candidates.all()


def test_a_model_that_joins_a_running_lane_is_left_to_a_feed_that_knows_it(started):
    from migration_app.runs.claims import claim

    bench = started("weak", samples=3)
    known = set(bench.run.candidates.values_list("pk", flat=True))
    third = a_candidate(bench.run.candidates.first().connection, "slow")
    actions.add_candidate(run=bench.run, user=None, candidate=third)
    lane = bench.run.lanes.get()
    claimed = claim(lane.pk, bench.run.pk, 50, known).items
    assert {item.run_candidate_id for item in claimed} == known
    assert claim(lane.pk, bench.run.pk, 50, known).nothing_left
    assert len(claim(lane.pk, bench.run.pk, 50).items) == 3


def test_a_run_that_is_judged_just_now_is_left_alone(started):
    bench = started("weak", samples=2)
    Run.objects.filter(pk=bench.run.pk).update(state=RunState.SCORING)
    with pytest.raises(actions.CannotChange, match="Wait for the report"):
        actions.extend_samples(run=bench.run, user=None, to=5)


def test_a_finished_run_stays_finished_while_another_of_its_assessment_is_open(started):
    bench = started("broken", samples=2)
    bench.replay()
    run = finish(bench.run)
    actions.start_run(assessment=run.assessment, user=None)
    with pytest.raises(actions.CannotChange, match="Another run"):
        actions.ask_failed_again(run=run, user=None)
    assert Item.objects.filter(run=run, state=ItemState.FAILED).count() == 2, "nothing was changed"


def test_a_model_without_a_price_cannot_join_a_run_with_a_cap(started):
    bench = started("weak", samples=2, budget=1)
    bench.replay()
    run = finish(bench.run)
    free = a_candidate(run.candidates.first().connection, "slow", price=None)
    with pytest.raises(actions.CannotChange, match="price of slow is unknown"):
        actions.add_candidate(run=run, user=None, candidate=free)


def test_a_stranger_s_model_cannot_join(started):
    from tests.builders import a_connection, a_team

    bench = started("weak", samples=2)
    other = a_candidate(a_connection(a_team("Rivals", "charlie"), "http://127.0.0.1:9/v1"), "spy")
    with pytest.raises(actions.CannotChange, match="your own team"):
        actions.add_candidate(run=bench.run, user=None, candidate=other)


def test_the_speed_shown_is_that_of_the_edition(started):
    from datetime import timedelta

    from django.utils import timezone

    from migration_app.runs.queries import progress

    bench = started("broken", samples=4)
    bench.replay()
    Run.objects.filter(pk=bench.run.pk).update(started_at=timezone.now() - timedelta(days=3))
    run = finish(bench.run)
    actions.ask_failed_again(run=run, user=None)
    run.refresh_from_db()
    assert progress(run).answers_per_minute is None, "nothing has ended since it was reopened"
    assert progress(run).done == 4
