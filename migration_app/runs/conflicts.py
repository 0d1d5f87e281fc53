"""What stands against the rules on data and licences, told before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from migration_app.candidates.models import Candidate
from migration_app.candidates.terms.queries import facts_of
from migration_app.evaluation.reasons import RuleResult
from migration_app.evaluation.stated_rules import check_stated

from .judges import judges_of, needs_judge
from .models import Assessment

# A judge sees the data; what is bought or run in production is not the judge.
_OF_JUDGES = ("places", "max_retention_days", "no_training")


@dataclass(frozen=True, slots=True)
class Conflict:
    """One rule that one model does not keep, or of which it is unknown whether it does."""

    candidate: Candidate
    result: RuleResult
    judges: bool = False

    @property
    def is_broken(self) -> bool:
        return self.result.passed is False


def conflicts_of(assessment: Assessment) -> list[Conflict]:
    """Of every model that would get the requests: today's, the candidates, the judges."""
    chosen = assessment.candidates.select_related("connection").order_by("label")
    found = conflicts_among([assessment.baseline, *chosen], assessment.rules)
    if needs_judge(assessment):
        rules = {name: assessment.rules.get(name) for name in _OF_JUDGES}
        found += conflicts_among(judges_of(assessment), rules, judges=True)
    return found


def conflicts_among(
    candidates: Sequence[Candidate], rules: dict[str, Any], *, judges: bool = False
) -> list[Conflict]:
    return [
        Conflict(candidate, result, judges)
        for candidate in candidates
        for result in check_stated(rules, facts_of(candidate))
        if result.passed is not True
    ]
