"""Rules on what is stated: kept, broken, or unknown."""

from __future__ import annotations

import pytest

from migration_app.evaluation.stated_rules import check_stated

FACTS = {"place": "us", "retention_days": 30, "training": "no", "licence_kind": "conditions"}


@pytest.mark.parametrize(
    ("rule", "asked", "passed"),
    [
        ("places", ["eu", "us"], True),
        ("places", ["eu"], False),
        ("max_retention_days", 30, True),
        ("max_retention_days", 0, False),
        ("no_training", True, True),
        ("licences", ["permissive", "conditions"], True),
        ("licences", ["service"], False),
    ],
)
def test_a_fact_keeps_a_rule_or_breaks_it(rule: str, asked: object, passed: bool) -> None:
    (result,) = check_stated({rule: asked}, FACTS)
    assert (result.rule, result.passed, result.params["limit"]) == (rule, passed, asked)


@pytest.mark.parametrize(
    "rule", [{"places": ["eu"]}, {"max_retention_days": 3}, {"no_training": True}, {"licences": ["service"]}]
)
def test_what_nobody_stated_is_unknown_and_not_broken(rule: dict[str, object]) -> None:
    unstated = {"place": "", "retention_days": None, "training": "", "licence_kind": ""}
    for facts in (unstated, {}):
        (result,) = check_stated(rule, facts)
        assert result.passed is None and result.params["measured"] is None


def test_nothing_asked_is_nothing_checked() -> None:
    assert check_stated({"places": [], "no_training": False, "max_cost_per_1000": "1"}, FACTS) == ()


def test_nothing_kept_is_known_and_the_least() -> None:
    (result,) = check_stated({"max_retention_days": 0}, FACTS | {"retention_days": 0})
    assert result.passed is True
