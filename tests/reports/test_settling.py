"""What would settle an open question, and what surely would not."""

from __future__ import annotations

from typing import Any

from migration_app.reports.build import freeze

from .factories import baseline, candidate, comparison_data

UNSURE = "not_enough_evidence"
LOW = {"consistency": 0.53, "low": 0.51, "n": 900, "steady": 0.7, "labels": 0, "more": 100}


def settle(reasons: Any = (), **verdict: Any) -> dict[str, Any]:
    other = candidate(1, "Lumen", UNSURE)
    other["comparison"] |= {"reasons": list(reasons), "settled": False} | verdict
    return freeze(comparison_data(baseline(), other))


def titles(report: dict[str, Any]) -> list[str]:
    return [item["title"] for item in report["conditions"]["items"]]


def test_a_rule_that_is_broken_asks_for_no_more_samples() -> None:
    broken = {
        "rule": "places",
        "passed": False,
        "stated": True,
        "params": {"limit": ["eu"], "measured": "us"},
    }
    found = settle(broken_rules=[broken], samples_needed=900, more_samples_needed=800)
    assert titles(found) == ["A rule met or changed"]
    assert "No more samples would change that" in found["conditions"]["items"][0]["text"]


def test_a_figure_that_is_unknown_is_asked_for_by_name() -> None:
    params = {"limit": "5", "measured": None}
    unknown = {"rule": "max_cost_per_1000", "passed": None, "stated": False, "params": params}
    found = settle(unknown_rules=[unknown], settled=True)
    assert len(titles(found)) == 1 and titles(found)[0].startswith("A figure for your rule on")
    both = settle(unknown_rules=[unknown], more_samples_needed=800)
    assert titles(both)[0] == "Add about 800 samples" and len(titles(both)) == 2


def test_an_unsteady_judge_is_told_with_its_figures_and_what_to_do() -> None:
    found = settle([{"code": "judge_unsteady", "params": LOW}], settled=True, reviews_needed=100)
    assert titles(found) == ["Have answers reviewed, or choose a steadier judge"]
    text = found["conditions"]["items"][0]["text"]
    assert "in only 53% of 900 pairs; from 70% on it counts as steady" in text and "100 more answers" in text
    few = settle([{"code": "judge_unsteady", "params": LOW | {"consistency": 0.8, "low": 0.4, "n": 5}}])
    assert "too few to tell it from a coin (95% range from 40%)" in few["verdict"]["reasons"][0]


def test_a_judge_worth_nothing_is_to_be_replaced() -> None:
    params = {"consistency": 0.0, "low": 0.0, "n": 40, "steady": 0.7}
    found = settle([{"code": "judge_contradicts_itself", "params": params}], settled=True)
    assert titles(found) == ["Choose a steadier judge"]


def test_a_candidate_that_is_refused_needs_nothing_to_be_settled() -> None:
    other, kept = candidate(1, "Lumen", UNSURE), candidate(2, "Borealis", "keep")
    other["comparison"] |= {"more_samples_needed": 500}
    kept["comparison"] |= {"more_samples_needed": None}
    assert titles(freeze(comparison_data(baseline(), other, kept))) == ["Add about 500 samples"]
