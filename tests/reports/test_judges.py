"""What a reader is told of the judges before their marks are trusted."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from migration_app.comparisons.data import plain
from migration_app.evaluation.judging import Preference, swap_consistency
from migration_app.reports.build import freeze

from .factories import baseline, candidate, comparison_data, interval

FIRST, SECOND = Preference.FIRST, Preference.SECOND
KIN = "Judge 9 judges its own kind: Lumen 70B. Judges tend to favour answers like theirs."


FAVOURS = {"by": "kind", "judge": "Judge 9", "models": ["Lumen 70B"]}


def risks(*, correlation: float | None = 0.0, low: float = -0.1, high: float = 0.1, **fields: Any) -> Any:
    judge = {
        "label": "Judge 9", "vendor": "Quarry Cloud", "model": "judge-9", "questions": 192, "unreadable": 0,
        "spent": "0.10", "currency": "USD", "consistency": None, "favours": None, "terms": {},
    } | fields  # fmt: skip
    length = {"correlation": correlation, "interval": interval(low, high), "n": 192}
    data = comparison_data(baseline(), candidate(1, "Lumen 70B"))
    data["judging"] = {"judges": [judge], "rubrics": [], "length": length}
    return {risk["title"]: risk["text"] for risk in freeze(data)["risks"]}


def test_a_judge_of_a_candidates_own_kind_is_a_risk_on_the_summary() -> None:
    assert risks(favours=FAVOURS)["A judge may favour its own kind"] == KIN
    assert "A judge may favour its own kind" not in risks()


def test_whom_a_judge_favours_is_told_in_the_readers_language_also_where_a_sentence_was_stored() -> None:
    with translation.override("pt-br"):
        told, stored = risks(favours=FAVOURS), risks(warning=KIN)
    assert told == stored
    assert "Judge 9" in str(told) and "own kind" not in str(told)


def consistency(consistent: int, n: int) -> Any:
    return {
        "consistency": plain(
            swap_consistency([(FIRST, SECOND)] * consistent + [(FIRST, FIRST)] * (n - consistent))
        )
    }


@pytest.mark.parametrize(
    ("consistent", "n", "title", "words"),
    [
        (51, 100, "A judge is hardly steadier than a coin", "51% of the time (41% to 61%, 100 pairs)"),
        (14, 20, "A judge is hardly steadier than a coin", "70% of the time"),
        (690, 1000, "A judge often contradicts itself", "69% of the time"),
        (0, 0, "A judge never chose", "tell nothing"),
    ],
)
def test_a_judge_whose_choice_turns_with_the_order_is_a_risk_on_the_summary(
    consistent, n, title, words
) -> None:
    assert words in risks(**consistency(consistent, n))[title]


def test_a_steady_judge_is_no_risk() -> None:
    assert not [title for title in risks(**consistency(95, 100)) if title.startswith("A judge")]


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
