"""What a move risks by the terms that people wrote down."""

from __future__ import annotations

from typing import Any

import pytest

from migration_app.reports.build import freeze

from .factories import baseline, candidate, comparison_data

TODAY = {"place": "eu", "retention_days": 0, "training": "no", "licence_kind": "service"}


def titles(**known: Any) -> dict[str, str]:
    """Title → level of the risks that come from terms."""
    today, lumen = baseline() | {"terms": TODAY}, candidate(1, "Lumen") | {"terms": known}
    risks = freeze(comparison_data(today, lumen))["risks"]
    return {risk["title"]: risk["level"] for risk in risks if risk["anchor"] == "terms"}


def test_terms_that_are_todays_or_that_nobody_wrote_down_are_no_risk() -> None:
    assert titles() == {}
    assert titles(place="eu", retention_days=0, training="no") == {}
    assert titles(place="", retention_days=None, training="", licence_kind="") == {}


def test_data_that_goes_elsewhere_stays_longer_or_trains_models_is_named() -> None:
    assert titles(place="us", retention_days=30, training="yes") == {
        "Requests may be used for training": "high",
        "Requests are processed elsewhere": "medium",
        "Requests are kept longer": "medium",
    }


@pytest.mark.parametrize(
    ("licence", "risk"),
    [
        ("service", {"You would depend on one owner": "low"}),
        ("permissive", {"You would not be locked in": "low"}),
        ("conditions", {"Its licence has conditions": "low"}),
        ("research", {"Its licence forbids commercial use": "high"}),
    ],
)
def test_a_licence_says_whether_one_could_take_the_model_elsewhere(
    licence: str, risk: dict[str, str]
) -> None:
    assert titles(licence_kind=licence) == risk


def test_training_that_todays_model_allows_too_is_told_with_less_weight() -> None:
    today = baseline() | {"terms": {"training": "yes"}}
    lumen = candidate(1, "Lumen") | {"terms": {"training": "yes"}}
    (risk,) = [one for one in freeze(comparison_data(today, lumen))["risks"] if one["anchor"] == "terms"]
    assert risk["level"] == "medium" and "as today's are" in risk["text"]
