"""From which volume own servers pay: what the comparison finds, and what the report says of it."""

from __future__ import annotations

from typing import Any

import pytest

from migration_app.comparisons.break_even import break_evens
from migration_app.reports.build import freeze
from migration_app.reports.charts.plotly import figure
from tests.reports.factories import baseline, candidate, comparison_data


def plan(**changes: Any) -> dict[str, Any]:
    """One server of 730 hours at 2 dollars, that bears 4.03 million requests a month at most."""
    stated = {
        "name": "Lumen on L4", "model": "Lumen 8B", "precision": "16 bit", "gpu": "NVIDIA L4", "gpus": 1,
        "on_one": True, "replicas": 1, "requests_per_month": 1_000_000, "peak": 3.0, "utilisation": 0.7,
        "spare": 0, "replica_hour": "2", "monthly": "0",
        "rate": {"value": 6.572, "low": 3.286, "high": 9.858, "measured": False},
        "per_1000": {"amount": "1.46", "low": "1.46", "high": "1.46"},
    }  # fmt: skip
    return {
        "kind": "plan", "origin": "plan", "currency": "USD", "per_request": "0.00146",
        "source": "Plan for own servers: Lumen on L4", "as_of": "2026-11-20", "plan": stated | changes,
    }  # fmt: skip


def options(price: dict[str, Any]) -> list[dict[str, Any]]:
    """An API of 10 dollars per 1,000 requests (9 to 11), and a model by a plan."""
    return [baseline(), own(price)]


def own(price: dict[str, Any]) -> dict[str, Any]:
    return candidate(1, "Lumen 8B", cost="1.46") | {"price": price}


def test_a_server_of_1460_a_month_pays_from_146_000_requests_at_a_cent_each() -> None:
    [found] = break_evens(options(plan()), 1_000_000)
    assert found["first"] == pytest.approx(146_000) and found["always"] >= found["first"]
    assert (found["low"], found["high"]) == (pytest.approx(1460 / 0.011), pytest.approx(1460 / 0.009))
    assert found["at_volume"] == pytest.approx(1460) and found["paid"]["at_volume"] == pytest.approx(10_000)
    assert found["curve"][-1][0] == pytest.approx(1_500_000)


def test_a_dear_machine_never_pays_and_says_so() -> None:
    data = comparison_data(*options(plan(replica_hour="900")))
    data["break_even"] = break_evens(data["options"], 1_000_000)
    [found] = data["break_even"]
    assert (found["first"], found["always"]) == (None, None)
    [section] = freeze(data)["break_even"]
    assert "never becomes cheaper" in section["chart"]["headline"]
    assert section["chart"]["rows"][0][1] == "never" and section["chart"]["points"] == []


def test_other_currencies_and_unknown_costs_are_not_compared() -> None:
    euros = plan() | {"currency": "EUR"}
    assert break_evens(options(euros), 1000) == []
    assert break_evens([baseline(cost=None), own(plan())], 1000) == []
    assert break_evens([baseline(), candidate(1, "Lumen 8B")], 1000) == []


def test_many_steps_become_points_and_no_endless_list() -> None:
    [found] = break_evens(options(plan()), 10**10)
    assert 40 < len(found["curve"]) < 60


def test_the_report_says_from_which_volume_with_its_range_and_basis() -> None:
    data = comparison_data(*options(plan()))
    data["break_even"] = break_evens(data["options"], 1_000_000)
    report = freeze(data)
    [section] = report["break_even"]
    chart = section["chart"]
    assert "from 146,000 requests a month" in chart["headline"] and "estimated" in chart["subtitle"]
    assert "133,000" in chart["note"] and "162,000" in chart["note"] and "NVIDIA L4" in chart["note"]
    assert all(len(row) == len(chart["columns"]) for row in chart["rows"])
    figure(chart)
    cost = next(row for row in report["costs"] if row["label"] == "Lumen 8B")
    assert cost["price"] == "$1.46 per 1,000 requests on own servers, 1 × NVIDIA L4"


def test_a_report_without_a_plan_has_no_such_chart() -> None:
    assert freeze(comparison_data())["break_even"] == []
