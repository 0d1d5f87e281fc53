"""From scores to a stored comparison with its verdicts."""

from __future__ import annotations

import json

import pytest

from migration_app.comparisons.actions import compare_run
from migration_app.comparisons.models import Verdict
from migration_app.runs.models import Attempt
from migration_app.scoring.actions import score_run


@pytest.fixture
def compared(started):
    def compare(*models: str, **fields):
        bench = started(*models, **fields)
        bench.replay()
        score_run(run=bench.run)
        return compare_run(run=bench.run)

    return compare


def option(comparison, label: str) -> dict:
    return next(option for option in comparison.data["options"] if option["label"] == label)


def test_a_much_weaker_model_is_not_recommended(compared):
    comparison = compared("weak", samples=60)
    assert Verdict.objects.get().kind == "keep"
    weak = option(comparison, "weak")
    assert weak["comparison"]["overall"]["difference"] < -0.3
    assert weak["comparison"]["overall"]["n"] == 60
    assert option(comparison, "good")["comparison"] is None


def test_an_equal_model_may_be_switched_to(compared, vendor):
    vendor.behave(good={"tokens": 4}, twin={"tokens": 4}, weak={"tokens": 4, "accuracy": 0.4})
    compared("twin", samples=60)
    assert Verdict.objects.get().kind == "switch"


def test_too_few_samples_are_not_enough_evidence(compared):
    compared("weak", samples=12)
    assert Verdict.objects.get().kind == "not_enough_evidence"


def test_a_broken_rule_lowers_a_switch(compared, vendor):
    vendor.behave(good={"tokens": 4}, twin={"tokens": 4})
    comparison = compared("twin", samples=60, rules={"max_cost_per_1000": "0.000001"})
    assert Verdict.objects.get().kind != "switch"
    (broken,) = option(comparison, "twin")["comparison"]["broken_rules"]
    assert broken["rule"] == "max_cost_per_1000"


def test_the_figures_are_those_of_the_attempts(compared):
    comparison = compared("weak", samples=10, requests_per_month=50_000)
    good = option(comparison, "good")
    attempts = Attempt.objects.filter(item__run_candidate__label="good")
    mean_nanos = sum(attempt.cost_nanos for attempt in attempts) / 10
    assert float(good["metrics"]["cost_per_1000"]["amount"]) == pytest.approx(mean_nanos * 1e-6)
    assert float(good["metrics"]["cost_per_month"]["amount"]) == pytest.approx(mean_nanos * 50e-6)
    totals = sorted(attempt.total for attempt in attempts)
    assert good["metrics"]["total"]["p50"]["value"] == pytest.approx(totals[4])
    assert good["metrics"]["quality"]["mean"] == 1.0


def test_an_unknown_price_gives_no_cost(compared):
    comparison = compared("weak", samples=4, price=None)
    metrics = option(comparison, "weak")["metrics"]
    assert metrics["cost_per_1000"]["amount"] is None
    assert metrics["spent"] is None
    assert metrics["cost_per_1000"]["unpriced_calls"] == 4


def test_a_run_without_any_answer_has_a_comparison_that_says_so(started):
    bench = started("weak", samples=3)
    comparison = compare_run(run=bench.run)
    weak = option(comparison, "weak")
    assert weak["comparison"]["kind"] == "not_enough_evidence"
    assert weak["metrics"]["quality"]["mean"] is None
    assert weak["metrics"]["quality"]["unanswered"] == 3
    assert not comparison.data["run"]["complete"]


def test_all_of_it_is_plain_json_and_comparing_again_gives_the_same(compared):
    comparison = compared("weak", samples=8)
    text = json.dumps(comparison.data, allow_nan=False, sort_keys=True)
    again = compare_run(run=comparison.run)
    assert json.dumps(again.data, allow_nan=False, sort_keys=True) == text


def test_the_worst_samples_are_losses_with_both_answers(compared):
    comparison = compared("weak", samples=30)
    worst = comparison.data["worst"]
    assert 0 < len(worst) <= 12
    for sample in worst:
        assert sample["difference"] < 0
        assert "answer" in sample["baseline_text"]
        assert sample["candidate_text"] and sample["question"] and sample["reference"]
