"""Looks at a running run: what they see, who takes them, and what they stop."""

from __future__ import annotations

import pytest
from django.db.models import Max

from migration_app.comparisons.actions import compare_run
from migration_app.comparisons.due import claim, due_looks
from migration_app.comparisons.early import take_look
from migration_app.comparisons.looks import samples_of
from migration_app.comparisons.models import Look
from migration_app.pipeline import tasks
from migration_app.runs.models import Attempt, Item, ItemState, Run, RunState
from migration_app.scoring.actions import score_run
from tests import builders
from tests.reports.finished import a_question, every, replayed, right

pytestmark = pytest.mark.django_db


def running(speech, *, answered, samples=400, looks=True, **fields):
    """A run of which the plan's first `answered` requests have been answered, the rest not yet."""
    question = a_question(builders.a_team(), *speech, samples=samples, **fields)
    question.looks = looks
    question.save()
    run = replayed(question, speech)
    later = Item.objects.filter(run=run, order__gte=answered)
    Attempt.objects.filter(item__in=later).delete()
    later.update(state=ItemState.PENDING, tries=0)
    Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, replayed_at=None)
    run.refresh_from_db()
    return run


BAD = {"Today": right, "Weak": every(3)}  # in both categories
UNSETTLED = {"Today": every(9), "Weak": every(7)}


def test_a_look_is_due_when_the_last_of_its_samples_is_in():
    run = running(BAD, answered=199)
    assert due_looks() == []
    assert [look.samples for look in run.looks.all()] == [100, 200, 300]
    Item.objects.filter(run=run, order=199).update(state=ItemState.DONE)
    (due,) = due_looks()
    assert Look.objects.get(pk=due).number == 1


def test_it_sees_the_samples_that_the_plan_puts_first_and_no_other():
    run = running(BAD, answered=310)
    (due,) = due_looks()
    seen = samples_of(Look.objects.get(pk=due))
    ends = Item.objects.filter(run=run).values("sample").annotate(last=Max("order")).order_by("last")
    assert seen.tolist() == sorted(row["sample"] for row in ends[:100])


def test_a_clearly_worse_model_ends_the_run_there_and_the_verdict_counts_those_samples():
    run = running(BAD, answered=230)
    (due,) = due_looks()
    _run, stage = take_look(due)
    run.refresh_from_db()
    assert (stage, run.state) == (RunState.SCORING, RunState.SCORING)
    score_run(run=run)
    data = compare_run(run=run).data
    assert data["run"]["complete"]
    assert data["looks"]["stopped"] and data["samples"]["total"] == 100
    (weak,) = [one for one in data["options"] if not one["is_baseline"]]
    assert (weak["comparison"]["kind"], weak["comparison"]["overall"]["n"]) == ("keep", 100)
    assert weak["metrics"]["quality"]["scored"] == 100


def test_what_is_not_settled_goes_on_and_pays_for_the_look():
    run = running(UNSETTLED, answered=400)
    (due,) = due_looks()
    assert Look.objects.get(pk=due).number == 2  # the first was passed by: only the latest is taken
    assert take_look(due) is None
    run.refresh_from_db()
    assert run.state == RunState.RUNNING
    assert due_looks() == []
    look = Look.objects.get(pk=due)
    assert look.taken_at and not look.settled and not look.stopped
    shares = [row["share"] for row in compare_run(run=run).data["looks"]["taken"]]
    assert shares == [0.5]


def test_a_look_is_taken_once_by_whoever_claims_it():
    running(BAD, answered=230)
    (due,) = due_looks()
    assert claim(due)
    assert not claim(due)
    assert take_look(due) is None
    Look.objects.filter(pk=due).update(claimed_until=0)
    assert take_look(due) is not None
    assert take_look(due) is None


def test_a_run_that_was_paused_meanwhile_is_left_alone():
    run = running(BAD, answered=230)
    (due,) = due_looks()
    Run.objects.filter(pk=run.pk).update(state=RunState.PAUSED)
    assert take_look(due) is None
    run.refresh_from_db()
    assert run.state == RunState.PAUSED
    assert not Look.objects.get(pk=due).stopped


def test_a_finished_replay_needs_no_look():
    running(BAD, answered=800)
    assert due_looks() == []


def test_nobody_looks_where_it_was_not_asked_for():
    running(BAD, answered=500, looks=False)
    assert due_looks() == []


def test_nobody_looks_where_a_judge_scores():
    run = running(BAD, answered=500)
    run.assessment.scoring = {"default": {"name": "rubric_judge", "parameters": {}}}
    run.assessment.save()
    assert due_looks() == []


def test_small_runs_have_no_looks_that_could_decide_nothing():
    run = running(BAD, answered=100, samples=60)
    due_looks()
    assert [look.samples for look in run.looks.all()] == [30, 45]


def test_asked_twice_each_sample_counts_once_all_its_answers_are_in():
    run = running(BAD, answered=700, samples=200, repetitions=2)
    (due,) = due_looks()
    stopped = take_look(due)
    assert stopped is not None
    score_run(run=run)
    run.refresh_from_db()
    data = compare_run(run=run).data
    assert data["run"]["complete"]
    assert data["samples"]["total"] == Look.objects.get(pk=due).samples


def test_the_reconciler_hands_due_looks_to_a_worker(monkeypatch):
    running(BAD, answered=230)
    sent = []
    monkeypatch.setattr(tasks.look, "delay", sent.append)
    monkeypatch.setattr(tasks.feed, "delay", lambda _pk: None)
    monkeypatch.setattr(tasks.stage, "delay", lambda *_: None)
    tasks.reconcile()
    assert sent == [Look.objects.get(number=1).pk]
    woken = []
    monkeypatch.setattr(tasks.stage, "delay", lambda pk, name: woken.append(name))
    tasks.look(sent[0])
    assert woken == [RunState.SCORING]
