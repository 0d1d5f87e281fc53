"""The split recommendation, and the baseline's own steadiness, in the report's words."""

from __future__ import annotations

from typing import Any

from migration_app.reports.build import freeze

from .factories import baseline, candidate, comparison_data, finding, interval


def split(*, amount: str = "6000", proven: bool = True, **changes: Any) -> dict[str, Any]:
    return {
        "assignment": {"Billing": 101, "Delivery": 102, "Returns": None},
        "finding": finding(None, -0.002, n=48),
        "p_value": 0.01,
        "proven": proven,
        "chosen_on": 48,
        "judged_on": 48,
        "saving": {"amount": amount, "low": "5000", "high": "7000", "today": "10000", "after": "4000"},
    } | changes


def report_with(found: dict[str, Any] | None, kind: str = "not_enough_evidence") -> dict[str, Any]:
    options = (baseline(), candidate(1, "Lumen", kind), candidate(2, "Borealis", kind, cost="8.00"))
    data = comparison_data(*options)
    data["split"] = found
    return freeze(data)


def test_a_split_that_holds_and_saves_is_recommended_with_its_range() -> None:
    card = report_with(split())["split"]
    assert card["headline"] == "A split of the traffic saves 60%"
    assert "Chosen on 48 requests and judged on the 48 others" in card["text"]
    assert card["saving"] == "$6,000 a month, 95% range $5,000 to $7,000"
    assert [row["option"]["label"] for row in card["rows"]] == ["Lumen", "Borealis", "Aurora Large"]


def test_where_only_a_split_can_take_over_the_answer_and_its_figures_are_the_split_s() -> None:
    report = report_with(split())
    assert report["verdict"]["headline"] == (
        "No single model can take over from Aurora Large yet, but a split of the traffic can."
    )
    lead = "".join(piece["text"] for piece in report["verdict"]["lead"])
    assert "A split by category holds quality and saves $6,000 a month, 95% range $5,000 to $7,000." in lead
    money, quality, moved, judged = report["figures"]
    assert (money["value"], money["change"]) == ("$6,000", "60% less")
    assert quality["value"] == "−0.2\u00a0pts" and moved["value"] == "75%" and judged["value"] == "48"
    first = report["conditions"]["items"][0]
    assert first["text"].startswith("Billing: Lumen, Delivery: Borealis and Returns: Aurora Large.")
    assert report_with(None)["verdict"]["headline"].startswith("Not enough evidence yet")


def test_a_split_is_not_worth_it_where_one_model_saves_nearly_as_much() -> None:
    assert report_with(split(amount="8200"), "switch")["split"] is None  # Lumen alone saves 8,000
    assert report_with(split(amount="8600"), "switch")["split"] is not None


def test_a_split_that_is_not_proven_or_not_priced_is_not_shown() -> None:
    assert report_with(split(proven=False))["split"] is None
    assert report_with(split(saving=None))["split"] is None
    assert report_with(None)["split"] is None


def steady(**found: Any) -> list[dict[str, str]]:
    data = comparison_data(baseline(), candidate(1, "Lumen"))
    data["steadiness"] = {"drift": None, "noise": None} | found
    return freeze(data)["steadiness"]


def test_drift_is_todays_models_own_finding_and_no_candidates_fault() -> None:
    (found,) = steady(drift={"finding": finding(None, -0.08), "changed": True, "recorded": 96})
    assert found["title"] == "Aurora Large has changed since it was recorded"
    assert "−8.0\u00a0points" in found["text"] and "no candidate's fault" in found["text"]
    (same,) = steady(drift={"finding": finding(None, -0.01), "changed": False, "recorded": 96})
    assert same["title"] == "Aurora Large answers as it did"


def test_a_few_recorded_answers_do_not_show_that_nothing_changed() -> None:
    wide = finding(None, -0.01) | {"interval": interval(-0.2, 0.18), "n": 6}
    (found,) = steady(drift={"finding": wide, "changed": False, "recorded": 6})
    assert (found["tone"], found["title"]) == ("info", "Whether Aurora Large has changed cannot be told")
    unknown = finding(None, 0.0) | {"interval": interval(None, None), "n": 1}
    (single,) = steady(drift={"finding": unknown, "changed": False, "recorded": 1})
    assert single["title"] == found["title"] and "not estimable" in single["text"]


def test_a_model_that_was_scored_alike_each_time_showed_no_noise() -> None:
    (found,) = steady(noise={"samples": 5, "repetitions": 2, "flips": 0.0, "reach": 0.0})
    assert found["text"].endswith("was scored alike each time: no noise of its own was seen.")


def test_recorded_answers_that_nothing_can_score_are_told() -> None:
    (found,) = steady(drift={"finding": None, "changed": False, "recorded": 12})
    assert "12 recorded answers" in found["text"]


def test_the_noise_floor_is_told_and_drawn() -> None:
    data = comparison_data(baseline(), candidate(1, "Lumen"))
    noise = {"samples": 96, "repetitions": 3, "flips": 0.25, "reach": 0.021}
    data["steadiness"] = {"drift": None, "noise": noise}
    report = freeze(data)
    assert "not scored alike on 25%" in report["steadiness"][0]["text"]
    (band,) = report["charts"]["quality_change"]["bands"]
    assert (band["axis"], band["low"], band["high"], band["tone"]) == ("x", -0.021, 0.021, "noise")
    assert report["charts"]["quality_cost"]["bands"][-1]["tone"] == "noise"
    assert "±2.1 points" in report["charts"]["quality_change"]["note"]


def test_without_either_nothing_is_said() -> None:
    assert steady() == []
