"""Savings, payback, speed and headroom in the report."""

from __future__ import annotations

from typing import Any

import pytest

from migration_app.reports.build import freeze
from migration_app.reports.charts.lettering import text_width

from .factories import baseline, candidate, comparison_data, move

PAYBACK = {
    "one_off": "12000",
    "months": 1.5,
    "low": 1.36,
    "high": 1.67,
    "first_year": "84000",
    "first_year_low": "74400",
    "first_year_high": "93600",
}


def report(kind: str = "switch", **changes: Any) -> dict[str, Any]:
    today, other = baseline(), candidate(1, "Lumen", kind)
    other["move"] = move(today, other, **changes)
    return freeze(comparison_data(today, other))


def test_the_saving_has_a_range_and_the_year_a_net() -> None:
    found = report(payback=PAYBACK)
    assert found["figures"][0]["note"].endswith("saving $7,200 to $8,800 (95% range)")
    year = found["figures"][3]
    assert (year["label"], year["value"], year["note"]) == (
        "First-year net",
        "$84,000",
        "$12,000 to move, repaid in 6 weeks",
    )
    (row,) = found["changes"]
    assert row["payback"] == {"value": "6 weeks", "range": "6 weeks to 7 weeks"}
    assert row["first_year"] == {"value": "$84,000", "range": "$74,400 to $93,600"}
    assert row["slowest"] == {"value": "−1.0\u00a0s", "range": "not estimable"}


def test_the_running_cost_is_drawn_with_the_place_where_it_pays_back() -> None:
    chart = report(payback=PAYBACK)["charts"]["payback"]
    assert chart["headline"] == "Moving to Lumen pays back in 6 weeks"
    assert chart["points"][0]["x"] == 1.5
    assert chart["rows"][1] == ["Lumen", "$12,000", "$2,000", "$36,000"]
    assert report()["charts"]["payback"]["note"].startswith("The one-off cost of moving was not given")


@pytest.mark.parametrize("months", [0.4, 1.5, 5.0, 11.0])
def test_where_it_pays_back_is_told_clear_of_both_lines(months: float) -> None:
    chart = report(payback=PAYBACK | {"months": months})["charts"]["payback"]
    label = chart["labels"]["print"][-1]
    width, height = 462 / chart["x"]["high"], 154 / chart["y"]["high"]
    end = label["dx"] + text_width(label["lines"][0]["text"], 8.5)
    for (_x, start), (_end, last) in (line["points"] for line in chart["lines"]):
        rise = (last - start) / 12 * end / width * height
        assert label["dy"] > 6 or label["dy"] < -rise - 6, "under both, or above what rises beside it"


def test_what_never_pays_back_says_so() -> None:
    never = PAYBACK | {"months": None, "low": 20.0, "high": None}
    found = report(payback=never)
    assert found["charts"]["payback"]["headline"] == "Moving to Lumen does not pay for itself"
    assert found["figures"][3]["note"] == "$12,000 to move, never repaid at this saving"
    assert found["changes"][0]["payback"]["range"] == "20 months to never"


def test_a_saving_without_a_range_is_repaid_in_a_time_without_one() -> None:
    unknown = {"low": None, "high": None, "first_year_low": None, "first_year_high": None}
    row = report(payback=PAYBACK | unknown)["changes"][0]["payback"]
    assert row["value"] != "never" and row["range"] == "not estimable"


def test_a_rate_limit_that_is_too_tight_is_a_condition_and_a_risk() -> None:
    tight = {"requests": {"limit": 600, "peak": 540.0, "share": 0.9}}
    found = report(headroom=tight)
    titles = [item["title"] for item in found["conditions"]["items"]]
    assert "Get a higher rate limit from Quarry Cloud" in titles
    assert "The rate limit leaves little room" in [risk["title"] for risk in found["risks"]]
    assert found["changes"][0]["headroom"] == "busiest minute 540 requests, 90% of the 600 allowed"
    roomy = report(headroom={"requests": {"limit": 6000, "peak": 540.0, "share": 0.09}})
    assert "The rate limit leaves little room" not in [risk["title"] for risk in roomy["risks"]]


def test_a_judges_switch_waits_for_reviews_and_speaks_of_the_whole_workload() -> None:
    today, other = baseline(), candidate(1, "Lumen", "switch_with_conditions", proven=("Billing",))
    other["comparison"] |= {
        "settled": True,
        "reviews_needed": 80,
        "reasons": [{"code": "judge_alone", "params": {"labels": 20, "more": 80}}],
    }
    found = freeze(comparison_data(today, other))
    assert found["verdict"]["headline"].endswith("only once its conditions are met.")
    assert found["conditions"]["items"][0]["title"] == "Have 80 answers reviewed"
    assert "have 80 more answers" in found["verdict"]["reasons"][0]
    assert "Billing" not in found["figures"][1]["label"]


def test_a_part_that_only_a_judge_found_proven_waits_for_reviews_and_speaks_of_that_part() -> None:
    today, other = baseline(), candidate(1, "Lumen", "switch_with_conditions", proven=("Billing",))
    other["comparison"] |= {"settled": False, "reviews_needed": 80}
    found = freeze(comparison_data(today, other))
    assert found["verdict"]["headline"] == (
        "Move Billing to Lumen only once the conditions are met. Keep the rest on Aurora Large."
    )
    titles = [item["title"] for item in found["conditions"]["items"]]
    assert titles[:2] == ["Have 80 answers reviewed", "Route by category"]
    assert "Billing" in found["figures"][1]["label"]


def test_a_part_that_moves_saves_what_that_part_saves() -> None:
    today, other = baseline(), candidate(1, "Lumen", "switch_with_conditions", proven=("Billing",))
    other["move"] = move(today, other)
    other["move"]["saving"]["by_category"] = {"Billing": "500", "Delivery": "4000", "Returns": "3500"}
    found = freeze(comparison_data(today, other))
    assert found["figures"][0]["value"] == "$500"
    assert found["charts"]["payback"] is None  # what the whole would repay is not what the part does
    assert any(piece["text"] == "$500 a month (5%)" for piece in found["verdict"]["lead"])


def test_looks_stand_on_the_method_page_and_an_early_stop_is_told() -> None:
    data = comparison_data(baseline(), candidate(1, "Lumen"))
    taken = [
        {"number": 1, "share": 0.25, "samples": 96, "settled": False},
        {"number": 2, "share": 0.5, "samples": 192, "settled": True},
    ]
    data["looks"] = {"planned": 384, "stopped": True, "taken": taken}
    found = freeze(data)
    rows = found["method"]["looks"]["rows"]
    assert [row["level"] for row in rows] == ["<0.001", "0.006"]
    assert any("after 192 of 384 planned requests" in item["text"] for item in found["statements"])
    data["looks"]["stopped"] = False
    assert [row["look"] for row in freeze(data)["method"]["looks"]["rows"]] == ["1", "2", "end"]


def test_reviews_that_are_weighed_again_are_looks_that_nothing_pays_for() -> None:
    def notes(times: int) -> str:
        data = comparison_data(baseline(), candidate(1, "Lumen"))
        one = {"kind": "reviews", "requests": 40, "subject": "", "after_report": False, "at": "2026-11-24"}
        data["run"]["extensions"] = [one] * times
        return " ".join(note["text"] for note in freeze(data)["statements"])

    assert "weighed" not in notes(1)
    assert "weighed 3 times" in notes(3)


def test_weights_that_the_test_does_not_count_are_told() -> None:
    data = comparison_data(baseline(), candidate(1, "Lumen"))
    assert "weights" not in str(freeze(data)["statements"])
    data["question"]["weighted"] = True
    assert "counts each request once" in freeze(data)["statements"][0]["text"]
