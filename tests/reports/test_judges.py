"""What a reader is told of the judges before their marks are trusted."""

from __future__ import annotations

from typing import Any

import pytest

from migration_app.reports.build import freeze

from .factories import baseline, candidate, comparison_data, interval

KIN = "Judge 9 judges its own kind: Lumen 70B. Judges tend to favour answers like theirs."


def risks(*, warning: str = "", correlation: float | None = 0.0, low: float = -0.1, high: float = 0.1) -> Any:
    judge = {
        "label": "Judge 9", "vendor": "Quarry Cloud", "model": "judge-9", "questions": 192, "unreadable": 0,
        "spent": "0.10", "currency": "USD", "consistency": None, "warning": warning, "terms": {},
    }  # fmt: skip
    length = {"correlation": correlation, "interval": interval(low, high), "n": 192}
    data = comparison_data(baseline(), candidate(1, "Lumen 70B"))
    data["judging"] = {"judges": [judge], "rubrics": [], "length": length}
    return {risk["title"]: risk["text"] for risk in freeze(data)["risks"]}


def test_a_judge_of_a_candidates_own_kind_is_a_risk_on_the_summary() -> None:
    assert risks(warning=KIN)["A judge may favour its own kind"] == KIN
    assert "A judge may favour its own kind" not in risks()


@pytest.mark.parametrize(
    ("correlation", "low", "high", "title"),
    [
        (0.5, 0.4, 0.6, "Longer answers get better marks"),
        (-0.4, -0.6, -0.2, "Shorter answers get better marks"),
    ],
)
def test_marks_that_go_with_length_are_told_with_their_range(correlation, low, high, title) -> None:
    assert f"{low:.2f}".lstrip("-") in risks(correlation=correlation, low=low, high=high)[title]


@pytest.mark.parametrize(("correlation", "low", "high"), [(0.5, -0.1, 0.9), (0.1, 0.05, 0.15), (None, 0, 0)])
def test_what_may_be_chance_or_matters_little_is_no_risk(correlation, low, high) -> None:
    assert not [one for one in risks(correlation=correlation, low=low, high=high) if "better marks" in one]
