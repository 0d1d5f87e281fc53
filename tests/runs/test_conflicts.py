"""A rule on data or licences is seen before anything is sent, and whoever goes on is on record."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from django.db.models import F

from migration_app.accounts.models import AuditEvent
from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.runs.actions import (
    CannotChange,
    CannotStart,
    InvalidAssessment,
    RuleBroken,
    cancel_run,
    pause_run,
    raise_cap,
    resume_run,
    start_run,
)
from migration_app.runs.actions.extend import add_candidate, ask_failed_again, extend_samples
from migration_app.runs.actions.trial import put_trial
from migration_app.runs.conflicts import conflicts_of
from migration_app.runs.drafts import choose_judges
from migration_app.runs.models import ItemState, Run, RunEvent, RunState
from tests import builders
from tests.builders import a_candidate, a_connection, a_team, a_workload

pytestmark = pytest.mark.django_db
EU = {"places": ["eu"]}
WHY = "Only made-up requests are sent."


@pytest.fixture
def parts():
    """Today's model in the EU, one in the US, one of which nobody knows."""
    team = a_team()
    found = {}
    for name, place in (("today", "eu"), ("far", "us"), ("dark", "")):
        connection = a_connection(team, "http://127.0.0.1:9/v1", name=name)
        if place:
            state_terms(connection=connection, user=None, place=place, source="a contract")
        found[name] = a_candidate(connection, name)
    return found


def asked(parts, *labels, rules=EU, **fields):
    team = parts["today"].team
    return builders.a_question(
        team, a_workload(team, 4), parts["today"], *(parts[label] for label in labels), rules=rules, **fields
    )


def test_what_is_broken_and_what_is_unknown_are_told_apart(parts) -> None:
    found = {(one.candidate.label, one.is_broken) for one in conflicts_of(asked(parts, "far", "dark"))}
    assert found == {("far", True), ("dark", False)}


def test_a_run_that_breaks_a_rule_starts_only_when_somebody_says_so(parts) -> None:
    question = asked(parts, "far")
    with pytest.raises(CannotStart, match="far"):
        start_run(assessment=question, user=None)
    with pytest.raises(CannotStart, match="in a sentence"):
        start_run(assessment=question, user=None, accepts_conflicts=" ok ")
    assert not Run.objects.exists()
    run = start_run(assessment=question, user=builders.person(), accepts_conflicts=WHY).run
    assert RunEvent.objects.filter(run=run, message__contains="rule on data or licences").exists()
    assert AuditEvent.objects.filter(verb="accepted broken rules of", subject="far").exists()
    (record,) = run.accepted
    assert (record["reason"], record["by"]) == (WHY, "alice")
    assert [(one["label"], one["rule"], one["measured"]) for one in record["conflicts"]] == [
        ("far", "places", "us")
    ]


def test_what_was_accepted_once_counts_for_the_next_run_of_the_question(parts) -> None:
    question = asked(parts, "far")
    first = start_run(assessment=question, user=None, accepts_conflicts=WHY).run
    cancel_run(run=first, user=None)
    assert start_run(assessment=question, user=None).run.accepted == first.accepted
    cancel_run(run=question.runs.get(number=2), user=None)
    state_terms(connection=parts["today"].connection, user=None, place="many", source="a new contract")
    with pytest.raises(CannotStart, match="today"):
        start_run(assessment=question, user=None)


def test_a_policy_counts_also_where_the_question_asks_for_less(parts) -> None:
    set_policy(team=parts["today"].team, user=None, places=["eu"])
    question = asked(parts, "far", rules={})
    (found,) = conflicts_of(question)
    assert found.by_policy and found.candidate.label == "far"
    with pytest.raises(CannotStart, match="far"):
        start_run(assessment=question, user=None)


def test_a_licence_is_no_matter_of_the_model_that_runs_today(parts) -> None:
    for part in parts.values():
        Candidate.objects.filter(pk=part.pk).update(licence_kind="research")
        part.refresh_from_db()
    found = conflicts_of(asked(parts, "far", rules={"licences": ["permissive"]}))
    assert [one.candidate.label for one in found] == ["far"]


def test_a_model_that_joins_later_is_held_against_the_rules_too(parts) -> None:
    run = start_run(assessment=asked(parts, "dark"), user=None).run
    with pytest.raises(CannotChange, match="far"):
        add_candidate(run=run, user=None, candidate=parts["far"])
    add_candidate(run=run, user=builders.person(), candidate=parts["far"], accepts_conflicts=WHY)
    run.refresh_from_db()
    assert [record["reason"] for record in run.accepted] == [WHY]


def test_more_of_a_run_is_held_against_the_policy_of_today(parts) -> None:
    run = start_run(assessment=asked(parts, "far", rules={}, sample_limit=2), user=None).run
    failed = run.items.filter(run_candidate__label="far").first()
    run.items.filter(pk=failed.pk).update(state=ItemState.FAILED, tries=3)
    run.candidates.filter(label="far").update(items_failed=1)
    set_policy(team=parts["today"].team, user=None, places=["eu"])
    for wish in (partial(ask_failed_again, run=run), partial(extend_samples, run=run, to=4)):
        with pytest.raises(CannotChange, match="far"):
            wish(user=None)
    assert not run.extensions.exists()
    assert ask_failed_again(run=run, user=builders.person(), accepts_conflicts=WHY)
    assert extend_samples(run=run, user=None, to=4), "what was accepted for the run is not asked again"
    run.refresh_from_db()
    assert [record["by"] for record in run.accepted] == ["alice"]


def paused_before_the_policy(parts, **fields) -> Run:
    """A run that began when anything was allowed, was paused, and finds requests kept within the EU."""
    run = start_run(assessment=asked(parts, "far", rules={}, **fields), user=None).run
    pause_run(run=run, user=None)
    set_policy(team=parts["today"].team, user=None, places=["eu"])
    return run


def test_a_paused_run_goes_on_only_by_the_policy_of_today_or_a_sentence(parts) -> None:
    run = paused_before_the_policy(parts)
    with pytest.raises(RuleBroken, match="far: where requests are processed"):
        resume_run(run=run, user=None)
    run.refresh_from_db()
    assert run.state == RunState.PAUSED and not run.accepted
    assert resume_run(run=run, user=builders.person(), accepts_conflicts=WHY)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING and [record["by"] for record in run.accepted] == ["alice"]
    assert AuditEvent.objects.filter(verb="accepted broken rules of", subject="far").exists()
    pause_run(run=run, user=None)
    assert resume_run(run=run, user=None), "what was accepted for the run is not asked again"


def test_a_model_that_has_answered_all_keeps_nobody_from_going_on(parts) -> None:
    run = paused_before_the_policy(parts)
    run.candidates.filter(label="far").update(items_done=F("items_total"))
    assert resume_run(run=run, user=None)


def test_a_higher_cap_is_kept_and_does_not_lead_around_the_policy(parts) -> None:
    run = paused_before_the_policy(parts, budget=Decimal(1))
    Run.objects.filter(pk=run.pk).update(state=RunState.BUDGET_REACHED)
    with pytest.raises(RuleBroken, match="far"):
        raise_cap(run=run, user=None, cap=Decimal(2))
    run.refresh_from_db()
    assert (run.state, run.cap_nanos) == (RunState.BUDGET_REACHED, 2 * 10**9)


def test_judges_that_were_paused_are_held_against_the_policy_too(parts) -> None:
    judged = {"default": {"name": "rubric_judge", "parameters": {}}, "by_category": {}}
    question = asked(parts, "dark", rules={}, scoring=judged)
    choose_judges(assessment=question, judges=[parts["far"]], cap=None)
    run = start_run(assessment=question, user=None).run
    Run.objects.filter(pk=run.pk).update(state=RunState.JUDGING)
    judging = Run.objects.create(
        team=run.team, assessment=question, parent=run, number=0, state=RunState.PAUSED
    )
    set_policy(team=run.team, user=None, places=["eu"])
    with pytest.raises(RuleBroken, match="far"):
        resume_run(run=judging, user=None)
    resume_run(run=judging, user=None, accepts_conflicts=WHY)
    run.refresh_from_db()
    assert run.accepted[0]["reason"] == WHY, "the reason stands with the run that the report is about"


def test_a_reason_with_a_sign_that_no_database_holds_is_kept_without_it(parts) -> None:
    run = start_run(assessment=asked(parts, "far"), user=None, accepts_conflicts=f"\0{WHY}\0").run
    assert run.accepted[0]["reason"] == WHY
    assert not any("\0" in event.message for event in run.events.all())


def test_only_the_models_that_are_asked_again_count(parts) -> None:
    run = start_run(assessment=asked(parts, "far", rules={}), user=None).run
    failed = run.items.filter(run_candidate__label="today").first()
    run.items.filter(pk=failed.pk).update(state=ItemState.FAILED, tries=3)
    run.candidates.filter(label="today").update(items_failed=1)
    set_policy(team=parts["today"].team, user=None, places=["eu"])
    assert ask_failed_again(run=run, user=None)


def test_a_trial_keeps_the_rules_of_its_question(parts) -> None:
    trial = put_trial(draft=asked(parts, "far"), user=None)
    with pytest.raises(CannotStart, match="far"):
        start_run(assessment=trial, user=None)


def test_what_is_only_unknown_does_not_stand_in_the_way(parts) -> None:
    start_run(assessment=asked(parts, "dark"), user=None)


def test_a_judge_sees_the_data_too(parts) -> None:
    question = asked(parts, "dark")
    question.scoring = {"default": {"name": "rubric_judge", "parameters": {}}, "by_category": {}}
    question.save()
    choose_judges(assessment=question, judges=[parts["far"]], cap=None)
    question.refresh_from_db()
    assert [one.candidate.label for one in conflicts_of(question) if one.judges] == ["far"]


def test_the_facts_are_frozen_with_the_run(parts) -> None:
    run = start_run(assessment=asked(parts, "far"), user=None, accepts_conflicts=WHY).run
    state_terms(connection=parts["far"].connection, user=None, place="eu", source="a new contract")
    assert run.candidates.get(label="far").terms["place"] == "us"


def test_a_new_question_starts_with_the_teams_policy(parts) -> None:
    set_policy(team=parts["today"].team, user=None, places=["eu"], no_training=True)
    assert asked(parts, "far", rules=None).rules == {"places": ["eu"], "no_training": True}


@pytest.mark.parametrize("limit", ["cheap", "nan"])
def test_a_limit_that_is_no_number_is_refused_and_not_dropped(parts, limit: str) -> None:
    with pytest.raises(InvalidAssessment, match=limit):
        asked(parts, "far", rules={"max_cost_per_1000": limit})
