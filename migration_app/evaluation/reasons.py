"""Why a verdict is what it is: codes with their figures. Whoever shows them makes the words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ReasonCode(StrEnum):
    """Each with the params it carries. `scope` is `None` for the whole workload."""

    NONINFERIOR = "noninferior"  # p_adjusted, alpha
    CATEGORIES_PROVEN = "categories_proven"  # categories
    INFERIOR = "inferior"  # scope, difference, margin, p_adjusted
    NOT_PROVEN = "not_proven"  # scope, difference, margin, p
    NOT_PROVEN_AMONG_MANY = "not_proven_among_many"  # p, p_adjusted, candidates
    ALL_CATEGORIES_BUT_NOT_OVERALL = "all_categories_but_not_overall"  # categories
    WIDE_INTERVAL = "wide_interval"  # scope, low, margin: the one-sided test holds, the 95% interval spans
    NO_SAMPLES = "no_samples"  # samples
    HIDDEN_ANSWERS = "hidden_answers"  # scope, hidden, margin, p: it holds only if unscored ones were right
    BASELINE_FAILED = "baseline_failed"  # scope, silent, n, margin, p: it holds only by today's failures
    LOW_TODAY = "low_today"  # scope, today, margin, p: the baseline itself scores next to nothing
    NO_MARKS = "no_marks"  # scope, n: no answer of the candidate got any mark
    TOO_FEW_SAMPLES = "too_few_samples"  # scope, n, minimum
    INCOMPLETE = "incomplete"  # n
    UNSCORED = "unscored"  # unscored, samples
    JUDGE_ALONE = "judge_alone"  # labels, more
    JUDGE_CONTRADICTS_ITSELF = "judge_contradicts_itself"  # consistency, low, n, steady
    JUDGE_UNSTEADY = "judge_unsteady"  # consistency, low, n, steady, labels, more
    RULE_BROKEN = "rule_broken"  # rule, and the rule's own params
    RULE_UNKNOWN = "rule_unknown"  # rule, and the rule's own params


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; `params` holds the figures listed beside its code."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A must-have rule checked for one candidate. `passed` is `None` where it could not be known.

    stated: it is about what somebody writes down, not about what a run measures, so that a person
    can settle it at any time.
    """

    rule: str
    passed: bool | None
    params: Mapping[str, Any] = field(default_factory=dict)
    stated: bool = False

    def as_reason(self) -> Reason:
        """Why this rule lowers a verdict."""
        code = ReasonCode.RULE_UNKNOWN if self.passed is None else ReasonCode.RULE_BROKEN
        return Reason(code, {"rule": self.rule, **self.params})
