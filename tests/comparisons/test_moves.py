"""Money, speed, drift and noise, from real rows."""

from __future__ import annotations

from decimal import Decimal

import pytest

from migration_app.comparisons.actions import compare_run
from migration_app.reports.build import freeze
from migration_app.runs.drafts import choose_judges
from migration_app.runs.models import Assessment, Item
from migration_app.scoring.actions import score_run
from migration_app.workloads.models import Sample
from tests import builders
from tests.reports.finished import a_question, every, judges_say, replayed, right, wrong_on

pytestmark = pytest.mark.django_db


def compared(speech, *, samples=60, logged=None, migration_cost_nanos=None, **fields):
    question = a_question(builders.a_team(), *speech, samples=samples, **fields)
    question.migration_cost_nanos = migration_cost_nanos
    question.save()
    for sample in Sample.objects.filter(workload=question.workload) if logged else ():
        sample.logged = logged(sample.position)
        sample.save()
    run = replayed(question, speech)
    score_run(run=run)
    return compare_run(run=run).data


def option(data, label):
    return next(one for one in data["options"] if one["label"] == label)


SAME = {"Today": right, "Twin": right}


def test_the_saving_is_of_the_same_requests_at_the_monthly_volume():
    data = compared(SAME, requests_per_month=90_000)
    saving = option(data, "Twin")["move"]["saving"]
    # 56,000 nanos against 28,000 a call: 0.000028 a request.
    assert Decimal(saving["amount"]) == pytest.approx(Decimal("2.52"))
    assert Decimal(saving["today"]) - Decimal(saving["after"]) == pytest.approx(Decimal(saving["amount"]))
    assert Decimal(saving["low"]) == Decimal(saving["high"]) == pytest.approx(Decimal("2.52"))
    assert set(saving["by_category"]) == {"routing", "sentiment"}
    assert data["traffic"]["monthly"] and data["question"]["requests_per_month"] == 90_000


def test_without_a_volume_it_is_told_for_1000_requests_and_nothing_is_paid_back():
    move = option(compared(SAME, migration_cost_nanos=10**9), "Twin")["move"]
    assert Decimal(move["saving"]["amount"]) == pytest.approx(Decimal("0.028"))
    assert move["payback"] is None


def test_the_one_off_cost_is_repaid_from_the_monthly_saving():
    question = {"requests_per_month": 90_000, "migration_cost_nanos": 5_040_000_000}
    payback = option(compared(SAME, **question), "Twin")["move"]["payback"]
    assert payback["months"] == pytest.approx(2.0)
    assert Decimal(payback["first_year"]) == pytest.approx(Decimal("25.2"))


def test_an_unknown_price_saves_nothing_that_anybody_knows():
    question = a_question(builders.a_team(), "Today", "Twin", samples=40)
    run = replayed(question, SAME)
    run.candidates.filter(label="Twin").update(price=None)
    score_run(run=run)
    move = option(compare_run(run=run).data, "Twin")["move"]
    assert move["saving"] is None and move["payback"] is None
    assert move["typical"]["value"] > 0


def test_the_change_in_speed_is_paired_and_has_a_range():
    typical = option(compared(SAME), "Twin")["move"]["typical"]
    assert typical["interval"]["low"] < typical["value"] < typical["interval"]["high"]
    assert typical["n"] == 60


def test_recorded_answers_that_were_better_are_todays_models_drift():
    found = compared(
        {"Today": every(4), "Twin": right},
        samples=120,
        logged=lambda index: {"text": f"answer{index}x"} if index % 2 else None,
    )["steadiness"]["drift"]
    assert (found["recorded"], found["finding"]["n"], found["changed"]) == (60, 60, False)
    speech = {"Today": every(4), "Twin": right}
    worse = compared(speech, samples=120, logged=lambda index: {"text": right(index)})
    assert worse["steadiness"]["drift"]["changed"]
    assert worse["steadiness"]["drift"]["finding"]["difference"] == pytest.approx(-0.25)
    assert option(worse, "Twin")["comparison"]["overall"]["difference"] == pytest.approx(0.25)


def test_requests_that_fail_today_are_no_change_of_todays_model():
    down = {"Today": every(4, None), "Twin": right}
    found = compared(down, samples=120, logged=lambda index: {"text": right(index)})["steadiness"]["drift"]
    assert (found["finding"]["n"], found["finding"]["difference"], found["changed"]) == (90, 0.0, False)


def test_a_free_move_has_nothing_to_repay():
    assert (
        option(compared(SAME, requests_per_month=90_000, migration_cost_nanos=0), "Twin")["move"]["payback"]
        is None
    )


ODD = [{}, {"text": None}, {"tool_calls": [{"function": "x"}, 3]}, {"text": "\ufffd"}]


@pytest.mark.parametrize("logged", ODD)
def test_recorded_answers_of_any_shape_are_scored_or_left_out(logged):
    found = compared(SAME, samples=40, logged=lambda _index: logged)["steadiness"]["drift"]
    assert found is None or found["finding"]["difference"] == 1.0


def test_asked_twice_todays_model_shows_its_own_noise():
    question = a_question(builders.a_team(), "Today", "Twin", samples=40, repetitions=2)
    run = replayed(question, SAME)
    second = Item.objects.filter(run=run, run_candidate__is_baseline=True, repetition=1)
    for item in second.filter(sample__position__lt=10):
        item.attempts.update(text="I do not know")
    score_run(run=run)
    noise = compare_run(run=run).data["steadiness"]["noise"]
    assert (noise["samples"], noise["repetitions"], noise["flips"]) == (40, 2, 0.25)
    assert 0 < noise["reach"] < 0.2
    assert compared(SAME)["steadiness"]["noise"] is None


def test_categories_go_to_the_cheapest_that_holds_there():
    """Twin costs half and fails in *routing* (the even samples) only."""
    speech = {"Today": right, "Twin": lambda i: right(i) if i % 2 else "I do not know"}
    data = compared(speech, samples=400, requests_per_month=10_000)
    twin = option(data, "Twin")["id"]
    assert data["split"]["assignment"] == {"routing": None, "sentiment": twin}
    assert data["split"]["proven"]
    assert data["split"]["finding"]["n"] == data["split"]["judged_on"] == 200


def test_a_judge_that_nobody_reviewed_moves_no_category():
    speech = {"Today": right, "Twin": lambda i: f"It is {right(i)}." if i % 2 else "I do not know"}
    scoring = {"default": {"name": "rubric_judge", "parameters": {}}}
    question = a_question(builders.a_team(), *speech, samples=200, scoring=scoring)
    judge = builders.a_candidate(question.baseline.connection, "fair")
    choose_judges(assessment=question, judges=[judge], cap=None)
    run = replayed(question, speech)
    judges_say(run, "fair")
    data = compare_run(run=run).data
    assert data["split"]["assignment"] == {"routing": None, "sentiment": option(data, "Twin")["id"]}
    assert data["split"]["p_value"] < 0.05
    assert not data["split"]["proven"]
    assert freeze(data)["split"] is None


def test_a_candidate_that_breaks_a_rule_gets_no_part_of_the_traffic():
    speech = {"Today": right, "Twin": lambda i: right(i) if i % 2 else "I do not know"}
    assert compared(speech, samples=400, rules={"max_cost_per_1000": "0.000001"})["split"] is None


def test_incomplete_runs_recommend_no_split():
    question = a_question(builders.a_team(), "Today", "Twin", samples=200)
    run = replayed(question, {"Today": right, "Twin": wrong_on(0)})
    Item.objects.filter(run=run, sample__position=3).update(state="pending")
    score_run(run=run)
    data = compare_run(run=run).data
    assert data["split"] is None and not data["run"]["complete"]
    assert Assessment.objects.get().name == "Support desk"
