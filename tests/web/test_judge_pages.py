"""Choosing judges. Alice may, Vera may only look, Charlie sees nothing."""

import pytest
from django.urls import reverse

from migration_app.runs.models import Assessment
from tests.builders import a_candidate, a_connection, a_question, a_workload
from tests.web.people import the_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return the_people()


@pytest.fixture
def connection(people):
    return a_connection(people.team, "https://api.example.com/v1")


@pytest.fixture
def judge(connection):
    return a_candidate(connection, "judge-1", price=("1", "4"))


@pytest.fixture
def draft(people, connection):
    models = [a_candidate(connection, name) for name in ("gpt-today", "gpt-next")]
    scoring = {"default": {"name": "pairwise_judge", "parameters": {}}}
    return a_question(people.team, a_workload(people.team, 10), *models, scoring=scoring)


def address(draft, page="assessment-judges"):
    return reverse(page, args=[draft.pk])


def test_without_a_judge_the_check_says_so_and_nothing_starts(people, draft):
    page = people.alice.get(address(draft, "assessment-check")).content.decode()
    assert "No judge is chosen yet" in page
    people.alice.post(address(draft, "assessment-start"), {"runs": "0"})
    assert not draft.runs.exists()


def test_alice_chooses_a_judge_and_sees_what_it_may_cost(people, draft, judge):
    answer = people.alice.post(address(draft), {"judges": [str(judge.pk)], "cap": "2.5"})
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.judging == {"judges": [str(judge.pk)], "cap_nanos": 2_500_000_000}
    page = people.alice.get(address(draft, "assessment-check")).content.decode()
    assert "judge-1" in page
    # Ten samples, one alternative, both orders.
    assert 'data-label="Questions">20<' in page
    assert "Judging stops at $2.50" in page


def test_the_judges_part_is_in_the_sum_that_the_test_costs(people, draft, judge):
    draft.judging = {"judges": [str(judge.pk)]}
    draft.save()
    found = people.alice.get(address(draft, "assessment-check")).context
    parts, judges, bill = found["estimate"], found["judging_bill"], found["bill"]
    assert judges.low > 0 and bill.low == parts.low + judges.low and bill.high == parts.high + judges.high
    page = people.alice.get(address(draft, "assessment-check")).content.decode()
    assert "Judging them" in page and page.count('id="bar-cost"') == 1


def test_a_judge_without_a_price_makes_the_sum_unknown(people, draft, connection):
    free = a_candidate(connection, "judge-2", price=None)
    draft.judging = {"judges": [str(free.pk)]}
    draft.save()
    bill = people.alice.get(address(draft, "assessment-check")).context["bill"]
    assert bill.low is None and bill.known_low > 0


def test_a_judge_of_the_same_family_comes_with_a_warning(people, draft, connection):
    kin = a_candidate(connection, "gpt-judge")
    page = people.alice.get(address(draft)).content.decode()
    assert f"{kin.label} judges its own kind: gpt-today, gpt-next" in page


def test_six_judges_are_refused_with_a_sentence(people, draft, connection):
    judges = [a_candidate(connection, f"j-{number}") for number in range(6)]
    answer = people.alice.post(address(draft), {"judges": [str(one.pk) for one in judges]})
    assert "at most 5 judges" in answer.content.decode()


def test_another_team_s_model_cannot_judge(people, draft):
    foreign = a_candidate(a_connection(people.other_team, "https://api.example.com/v1"), "foreign")
    people.alice.post(address(draft), {"judges": [str(foreign.pk)]})
    assert Assessment.objects.get(pk=draft.pk).judging == {}


def test_vera_may_look_but_not_choose_and_charlie_sees_nothing(people, draft, judge):
    assert people.vera.get(address(draft)).status_code == 200
    assert people.vera.post(address(draft), {"judges": [str(judge.pk)]}).status_code == 403
    assert people.charlie.get(address(draft)).status_code == 404


def test_whoever_asks_for_early_looks_is_told_before_the_start_that_a_judge_takes_none(people, draft, judge):
    field = people.alice.get(address(draft, "assessment-rules")).content.decode()
    assert "Not where a judge scores" in field
    people.alice.post(address(draft), {"judges": [str(judge.pk)]})
    Assessment.objects.filter(pk=draft.pk).update(looks=True)
    page = people.alice.get(address(draft, "assessment-check")).content.decode()
    assert "no: judges read once all answers are in" in page
    Assessment.objects.filter(pk=draft.pk).update(scoring={"default": {"name": "contains", "parameters": {}}})
    page = people.alice.get(address(draft, "assessment-check")).content.decode()
    assert "where a quarter, a half or three quarters of the requests settle every model" in page
