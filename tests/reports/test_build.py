"""The frozen report says what the comparison found, in words that hold."""

from __future__ import annotations

import json
from typing import Any

import pytest

from migration_app.reports.build import freeze
from migration_app.reports.canonical import canonical_json, sha256_of

from .factories import baseline, candidate, comparison_data, option, token_price


def lead(report: dict[str, Any]) -> str:
    return "".join(piece["text"] for piece in report["verdict"]["lead"])


def row(report: dict[str, Any], label: str) -> dict[str, Any]:
    return next(row for row in report["table"]["rows"] if row["label"] == label)


def figure(report: dict[str, Any], index: int) -> dict[str, Any]:
    return report["figures"][index]


def all_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def test_a_candidate_that_holds_quality_for_less_is_recommended_with_its_saving() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen 70B", "switch", -0.005, cost="2.00")))
    assert report["verdict"]["headline"] == (
        "Move from Aurora Large to Lumen 70B: quality holds and cost falls by 80%."
    )
    assert report["verdict"]["recommended"] == 1
    assert "would save about $8,000 a month (80%) compared with Aurora Large" in lead(report)
    assert "−0.5\u00a0points with a 95% range of −3.5 to +2.5" in lead(report)
    assert "Your limit is a 5-point drop" in lead(report)
    assert figure(report, 0) | {"note": ""} == {
        "label": "Monthly saving",
        "value": "$8,000",
        "change": "80% less",
        "note": "",
        "known": True,
    }


def test_among_several_that_pass_the_cheapest_is_recommended() -> None:
    report = freeze(
        comparison_data(
            baseline(),
            candidate(1, "Dear", "switch", 0.01, cost="6"),
            candidate(2, "Cheap", "switch", -0.01, cost="1.5"),
            candidate(3, "Unpriced", "switch", 0.02, cost=None, price=None),
            candidate(4, "Weak", "keep", -0.2, cost="0.1"),
        )
    )
    assert report["verdict"]["recommended"] == 2
    assert "Dear and Unpriced passed too." in lead(report)
    assert "Weak did not pass." in lead(report)
    assert [r["label"] for r in report["table"]["rows"]][:2] == ["Aurora Large", "Cheap"]


@pytest.mark.parametrize(
    ("kind", "change", "label"),
    [
        ("switch", -0.005, "Monthly saving"),
        ("not_enough_evidence", -0.03, "Possible monthly saving"),
        ("keep", -0.2, "Monthly saving given up"),
    ],
)
def test_a_saving_that_nobody_is_advised_to_make_is_named_as_that(
    kind: str, change: float, label: str
) -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen 70B", kind, change)))
    assert figure(report, 0)["label"] == label


def test_a_candidate_that_costs_more_is_shown_to_cost_more() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Grand", "switch", -0.005, cost="12.5")))
    assert report["verdict"]["headline"] == "Grand can replace Aurora Large on quality, but it costs more."
    assert "would cost about $2,500 a month (25%) more than Aurora Large" in lead(report)
    assert figure(report, 0)["label"] == "Extra cost a month"
    assert row(report, "Grand")["saving"] == "25% more"
    assert "save" not in lead(report)
    assert figure(report, 0)["note"].endswith("$2,250 to $2,750 more (95% range)")


def test_conditions_name_the_part_that_moves_and_claim_only_its_saving() -> None:
    report = freeze(
        comparison_data(
            baseline(),
            candidate(
                1,
                "Lumen 70B",
                "switch_with_conditions",
                -0.04,
                spread=0.03,
                proven=("Billing", "Returns"),
                category_differences=(0.0, -0.2, 0.0),
                cost="2",
            ),
        )
    )
    assert (
        report["verdict"]["headline"]
        == "Move Billing and Returns to Lumen 70B. Keep the rest on Aurora Large."
    )
    # 64 of 96 samples move: two thirds of $8,000.
    assert "That part is 67% of the requests" in lead(report)
    assert "$5,330 a month (53%)" in lead(report)
    assert figure(report, 0)["value"] == "$5,330"
    assert report["conditions"]["items"][0]["title"] == "Route by category"
    avoided = next(risk for risk in report["risks"] if risk["title"] == "Delivery answers get worse")
    assert avoided["level"] == "low" and "it stays on Aurora Large" in avoided["text"]


def test_the_candidate_that_can_take_over_more_is_preferred_to_a_cheaper_one() -> None:
    part = {"kind": "switch_with_conditions", "difference": -0.06, "spread": 0.03}
    report = freeze(
        comparison_data(
            baseline(),
            candidate(1, "Cheap", **part, proven=("Returns",), cost="1"),
            candidate(2, "Broad", **part, proven=("Billing", "Delivery"), cost="2"),
        )
    )
    assert report["verdict"]["recommended"] == 2


def test_when_all_are_worse_the_answer_is_to_stay() -> None:
    inferior = [
        {
            "code": "inferior",
            "params": {"scope": None, "difference": -0.2, "margin": 0.05, "p_adjusted": 0.001},
        }
    ]
    report = freeze(comparison_data(baseline(), candidate(1, "Tern", "keep", -0.2, reasons=inferior)))
    assert report["verdict"]["headline"] == "Stay on Aurora Large: Tern answers worse."
    assert report["verdict"]["recommended"] is None
    assert report["verdict"]["reasons"] == [
        "Tern is worse overall: −20.0\u00a0points, beyond the 5-point drop you allow."
    ]
    assert report["conditions"]["title"] == "What would change this"
    assert not any(r["is_pick"] for r in report["table"]["rows"])
    assert not any(point["ring"] for point in report["charts"]["quality_cost"]["points"])


def test_a_broken_rule_is_named_as_the_reason_to_stay() -> None:
    rule = {"rule": "max_p95_seconds", "passed": False, "params": {"limit": "2", "measured": "3.04"}}
    reason = {"code": "rule_broken", "params": {"rule": "max_p95_seconds", **rule["params"]}}
    report = freeze(
        comparison_data(baseline(), candidate(1, "Slow", "keep", 0.0, broken_rules=[rule], reasons=[reason]))
    )
    assert report["verdict"]["headline"] == "Stay on Aurora Large: Slow breaks a must-have rule."
    assert report["verdict"]["reasons"] == [
        "Slow breaks your rule on the slowest 5% of answers: 3.0\u00a0s, at most 2.0\u00a0s allowed."
    ]
    assert report["risks"][0]["level"] == "high"


def test_where_many_requests_fail_that_comes_before_the_answers_it_makes_worse() -> None:
    failing = candidate(1, "Slow", "keep", -0.3, error_rate=0.33)
    report = freeze(comparison_data(baseline(), failing))
    assert report["conditions"]["items"][0]["title"] == "Requests that are answered"
    assert "33.0% of requests to Slow failed" in report["conditions"]["items"][0]["text"]
    assert report["risks"][0]["title"] == "Some requests fail"


def test_too_little_evidence_says_how_much_more_would_settle_it() -> None:
    report = freeze(
        comparison_data(
            baseline(), candidate(1, "Lumen", "not_enough_evidence", -0.03, spread=0.06, samples_needed=436)
        )
    )
    assert report["verdict"]["headline"] == "Not enough evidence yet to move from Aurora Large."
    assert report["verdict"]["confidence"]["label"] == "Low confidence"
    assert report["conditions"]["items"][0]["title"] == "Add about 340 samples"
    more = candidate(1, "Lumen", "not_enough_evidence", -0.03, spread=0.06, samples_needed=1240)
    report = freeze(comparison_data(baseline(), more))
    assert report["conditions"]["items"][0]["title"] == "Add about 1,200 samples"  # of 1,144


def test_one_candidate_still_open_keeps_the_whole_from_being_a_no() -> None:
    report = freeze(
        comparison_data(
            baseline(), candidate(1, "Weak", "keep", -0.2), candidate(2, "Open", "not_enough_evidence", -0.03)
        )
    )
    assert report["verdict"]["kind"] == "not_enough_evidence"
    assert report["verdict"]["featured"] == 2


def test_an_incomplete_run_says_so_first_and_decides_nothing() -> None:
    report = freeze(
        comparison_data(
            baseline(), candidate(1, "Lumen", "not_enough_evidence", 0.0), run={"complete": False}
        )
    )
    assert report["statements"][0]["text"].startswith("This run is incomplete")
    assert report["verdict"]["confidence"]["reason"] == "The run is incomplete."
    assert report["risks"][0]["title"] == "The run is incomplete"
    assert report["conditions"]["items"][0]["title"] == "Finish the run"


def test_an_unknown_price_is_unknown_everywhere_and_never_nothing() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen", "switch", 0.0, cost=None, price=None)))
    assert (
        report["verdict"]["headline"]
        == "Lumen can replace Aurora Large on quality. What that saves is unknown."
    )
    assert figure(report, 0)["value"] == "unknown"
    assert (row(report, "Lumen")["cost"], row(report, "Lumen")["saving"]) == ("unknown", "unknown")
    assert report["charts"]["quality_cost"] is None
    assert "no saving is claimed" in lead(report)
    assert "$0" not in all_text([report["verdict"], report["figures"], report["table"]])


def test_without_todays_cost_there_is_no_saving_to_speak_of() -> None:
    report = freeze(comparison_data(baseline(cost=None, price=None), candidate(1, "Lumen", "switch", 0.0)))
    assert figure(report, 0)["value"] == "unknown"
    assert figure(report, 0)["note"] == "The cost of Aurora Large is unknown"
    assert any(
        item["title"] == "Enter what Aurora Large costs today" for item in report["conditions"]["items"]
    )


def test_without_a_volume_costs_are_told_per_thousand_requests() -> None:
    none = {"requests_per_month": None}
    report = freeze(
        comparison_data(baseline(**none), candidate(1, "Lumen", "switch", 0.0, **none), question=none)
    )
    assert "$8.00 per 1,000 requests (80%)" in lead(report)
    assert report["table"]["cost_heading"] == "Cost / 1,000"
    assert "month" not in lead(report)


def test_a_model_on_an_own_machine_is_said_to_be_priced_by_the_hour() -> None:
    report = freeze(
        comparison_data(
            baseline(), candidate(1, "Local", "switch", 0.0, price="machine"), run={"shared_machine": True}
        )
    )
    said = [statement["text"] for statement in report["statements"]]
    assert any("priced at $0.20 per machine hour" in text for text in said)
    assert any("shared one machine" in text for text in said)
    assert any("$0.20 per machine hour" in item["text"] for item in report["conditions"]["items"])


def test_when_nothing_could_be_answered_the_report_still_stands() -> None:
    dead = {"quality": None, "cost": None, "median": None, "error_rate": 1.0}
    reasons = [{"code": "no_samples", "params": {"samples": 96}}]
    failed = option(1, "Lumen", **dead, kind="not_enough_evidence", reasons=reasons)
    report = freeze(comparison_data(baseline(**dead), failed, worst=[]))
    assert (
        report["verdict"]["headline"]
        == "Nothing to compare yet: no answer could be set beside Aurora Large's."
    )
    assert report["charts"] == dict.fromkeys(["quality_cost", "quality_change", "latency", "payback"])
    assert report["heatmap"] is None
    assert row(report, "Lumen")["quality"] == "unknown"
    assert row(report, "Lumen")["failed"] == "100.0%"


def test_eight_options_keep_their_own_colours_and_a_curve_chart_stays_readable() -> None:
    options = [candidate(n, f"Model {n}", "keep", -0.02 * n, cost=str(n), median=n / 2) for n in range(1, 8)]
    report = freeze(comparison_data(baseline(), *options))
    assert sorted(r["style"] for r in report["table"]["rows"]) == list(range(8))
    latency = report["charts"]["latency"]
    assert len(latency["lines"]) == 4 and len(latency["rows"]) == 8
    assert latency["note"] == "Drawn: 4 of 8 options; the table has them all."


def test_risks_lead_to_the_samples_behind_them() -> None:
    report = freeze(
        comparison_data(
            baseline(), candidate(1, "Lumen", "switch", 0.0, category_differences=(0.0, -0.25, 0.0))
        )
    )
    worst = report["risks"][0]
    assert (worst["title"], worst["page"]) == ("Delivery answers get worse", "samples")
    assert worst["query"] == "option=1&show=worse&category=Delivery"


@pytest.mark.parametrize(
    ("difference", "bin_", "shade", "clear"),
    [(0.0, 0, "", False), (-0.03, -1, "down-1", False), (0.09, 2, "up-2", True), (-0.3, -3, "down-3", True)],
)
def test_the_heatmap_deepens_with_the_change_and_marks_what_is_not_chance(
    difference: float, bin_: int, shade: str, clear: bool
) -> None:
    data = comparison_data(
        baseline(), candidate(1, "Lumen", "switch", 0.0, category_differences=(difference, 0, 0))
    )
    cell = freeze(data)["heatmap"]["rows"][0]["cells"][0]
    assert (cell["bin"], cell["shade"], cell["clear"]) == (bin_, shade, clear)


def test_every_reason_the_verdict_can_give_has_a_sentence_of_its_own() -> None:
    from migration_app.evaluation.reasons import ReasonCode
    from migration_app.reports import reasons

    assert set(reasons._REASONS) == set(ReasonCode)


def test_the_same_data_gives_the_same_report_and_hash() -> None:
    data = comparison_data()
    first, second = freeze(data), freeze(json.loads(json.dumps(data)))
    assert canonical_json(first) == canonical_json(second)
    assert sha256_of(first) == sha256_of(json.loads(canonical_json(first)))
    assert sha256_of(freeze(comparison_data(samples={"total": 97}))) != sha256_of(first)


def test_hostile_names_pass_through_as_they_are() -> None:
    name = "{0} %s <b>&</b> {label}"
    report = freeze(comparison_data(baseline(), candidate(1, name, "switch", 0.0)))
    assert name in report["verdict"]["headline"]


def test_a_price_in_euros_is_told_as_stated_with_the_rate_and_its_day() -> None:
    rate = {"currency": "EUR", "into": "USD", "rate": "1.0834", "as_of": "2026-11-24", "source": "ECB"}
    stated = token_price("2.5", "10") | {"currency": "EUR"}
    price = token_price("2.7085", "10.834") | {"exchange": rate, "stated": stated}
    lumen = candidate(1, "Lumen 70B", "switch") | {"price": price}
    report = freeze(comparison_data(baseline(), lumen))
    [cost] = [cost for cost in report["costs"] if cost["label"] == "Lumen 70B"]
    assert cost["price"] == "€2.50 in, €10.00 out per million tokens"
    assert cost["source"].endswith("; converted at 1 EUR = 1.0834 USD (ECB, 24 Nov 2026)")
    assert report["method"]["prices"][1]["exchange"] == "1 EUR = 1.0834 USD (ECB, 24 Nov 2026)"
    assert any("were converted at 1 EUR = 1.0834 USD" in one["text"] for one in report["statements"])


def dead(position: int, label: str, **changes: Any) -> dict[str, Any]:
    """A candidate of which every request failed: scored 0, as a failure is."""
    nothing = {"quality": 0.0, "cost": None, "median": None, "error_rate": 1.0, "difference": 0.0}
    return candidate(position, label, **(nothing | {"kind": "not_enough_evidence"} | changes))


def test_where_both_sides_only_failed_nothing_is_said_of_quality() -> None:
    today = baseline(quality=0.0, cost=None, median=None, error_rate=1.0)
    report = freeze(comparison_data(today, dead(1, "Lumen"), worst=[]))
    assert lead(report) == (
        "Every request failed: neither Aurora Large nor Lumen answered one, so nothing can be said of their "
        "quality. "
    )
    assert report["verdict"]["headline"].startswith("Nothing to compare yet")
    assert report["verdict"]["confidence"]["reason"] == "No answers could be compared."
    assert figure(report, 1) | {"note": ""} == {
        "label": "Answer quality", "value": "unknown", "change": "", "note": "", "known": False,
    }  # fmt: skip
    assert [row["quality"] for row in report["table"]["rows"]] == ["unknown", "unknown"]
    assert report["table"]["rows"][1]["split"] is None
    assert report["charts"]["quality_change"] is None and report["heatmap"] is None
    titles = [item["title"] for item in report["conditions"]["items"]]
    assert titles == ["Get answers from Aurora Large", "Get answers from Lumen"]


def test_a_candidate_that_only_failed_is_said_to_have_answered_nothing() -> None:
    report = freeze(comparison_data(baseline(), dead(1, "Lumen", difference=-0.91, kind="keep"), worst=[]))
    assert "Lumen answered no request: every one failed" in lead(report)
    assert "changed quality" not in lead(report)


def test_a_baseline_that_failed_is_a_risk_since_it_flatters_the_others() -> None:
    report = freeze(comparison_data(baseline(error_rate=0.4), candidate(1, "Lumen")))
    (risk,) = [one for one in report["risks"] if one["title"] == "Today's model failed in this test"]
    assert risk["level"] == "high" and "40.0% of requests to Aurora Large failed" in risk["text"]
    assert {"tone": "bad", "text": risk["text"]} in report["statements"]
    assert "Today's model failed on 40.0% of the requests." in report["verdict"]["confidence"]["reason"]
    silent = freeze(comparison_data(baseline(error_rate=1.0), candidate(1, "Lumen")))
    assert silent["verdict"]["confidence"]["label"] == "Low confidence"


def test_each_row_of_the_table_has_its_figures_as_numbers_too() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen", difference=-0.007, cost="2.13")))
    numbers = row(report, "Lumen")["numbers"]
    assert (numbers["cost"], numbers["saving"], numbers["saved_share"]) == (2130.0, 7870.0, 0.787)
    assert (numbers["change_points"], numbers["change_points_low"]) == (-0.7, -3.7)
    assert row(report, "Aurora Large")["numbers"]["saving"] is None
    assert report["table"]["currency"] == "USD"
