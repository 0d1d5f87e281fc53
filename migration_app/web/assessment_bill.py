"""What a test may cost in all: the models' answers, and what judges ask for reading them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from migration_app.runs.estimates import Estimate
from migration_app.runs.judge_estimates import JudgeEstimate


@dataclass(frozen=True, slots=True)
class Bill:
    """Money in `currency`. low, high: None as soon as one part is unknown; `known_*` sum the others."""

    low: Decimal | None
    high: Decimal | None
    known_low: Decimal
    known_high: Decimal
    currency: str


def bill_of(costs: Estimate, judging: Sequence[JudgeEstimate]) -> Bill:
    """The whole: each end of the range is the sum of the parts' ends."""
    judges = judging_bill(costs, judging)
    known = (costs.known_low + judges.known_low, costs.known_high + judges.known_high)
    low, high = _sum(costs.low, judges.low), _sum(costs.high, judges.high)
    return Bill(low, high, *known, costs.currency)


def judging_bill(costs: Estimate, judging: Sequence[JudgeEstimate]) -> Bill:
    """The judges' part alone."""
    lows = [part.low for part in judging if part.low is not None]
    highs = [part.high for part in judging if part.high is not None]
    low, high = sum(lows, Decimal(0)), sum(highs, Decimal(0))
    whole = len(lows) == len(highs) == len(judging)
    return Bill(low if whole else None, high if whole else None, low, high, costs.currency)


def _sum(one: Decimal | None, other: Decimal | None) -> Decimal | None:
    return None if one is None or other is None else one + other
