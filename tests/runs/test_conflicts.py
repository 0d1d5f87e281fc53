"""A rule on data or licences is seen before anything is sent, and whoever goes on is on record."""

from __future__ import annotations

import pytest

from migration_app.accounts.models import AuditEvent
from migration_app.candidates.terms.actions import set_policy, state_terms
from migration_app.runs.actions import CannotStart, start_run
from migration_app.runs.conflicts import conflicts_of
from migration_app.runs.drafts import choose_judges
from migration_app.runs.models import Run, RunEvent
from tests import builders
from tests.builders import a_candidate, a_connection, a_team, a_workload

pytestmark = pytest.mark.django_db
EU = {"places": ["eu"]}


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


def asked(parts, *labels, rules=EU):
    team = parts["today"].team
    return builders.a_question(
        team, a_workload(team, 4), parts["today"], *(parts[label] for label in labels), rules=rules
    )


def test_what_is_broken_and_what_is_unknown_are_told_apart(parts) -> None:
    found = {(one.candidate.label, one.is_broken) for one in conflicts_of(asked(parts, "far", "dark"))}
    assert found == {("far", True), ("dark", False)}


def test_a_run_that_breaks_a_rule_starts_only_when_somebody_says_so(parts) -> None:
    question = asked(parts, "far")
    with pytest.raises(CannotStart, match="far"):
        start_run(assessment=question, user=None)
    assert not Run.objects.exists()
    run = start_run(assessment=question, user=builders.person(), accepts_conflicts=True).run
    assert RunEvent.objects.filter(run=run, message__contains="rule on data or licences").exists()
    assert AuditEvent.objects.filter(verb="accepted broken rules of", subject="far").exists()


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
    run = start_run(assessment=asked(parts, "far"), user=None, accepts_conflicts=True).run
    state_terms(connection=parts["far"].connection, user=None, place="eu", source="a new contract")
    assert run.candidates.get(label="far").terms["place"] == "us"


def test_a_new_question_starts_with_the_teams_policy(parts) -> None:
    set_policy(team=parts["today"].team, user=None, places=["eu"], no_training=True)
    assert asked(parts, "far", rules=None).rules == {"places": ["eu"], "no_training": True}
