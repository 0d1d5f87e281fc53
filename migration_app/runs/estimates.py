"""What a run will take, said before it starts: requests, money and minutes, each with a range.

What earlier runs measured on the same workload comes first. Where nothing was measured,
the workload's own tokens are counted and the range is wide; where nothing can be guessed, the
answer is None: unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Avg, Count, F, QuerySet

from migration_app.candidates.exchange.queries import Rates, rates_of
from migration_app.candidates.models import Candidate
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.pricing import cost_of_call
from migration_app.workloads.models import Workload

from .models import Assessment, Attempt, AttemptState
from .plans import Plan, plan_of
from .priced import partly_unknown, price_today, untimed
from .token_guess import guess_tokens

MEASURED_SPREAD = (0.85, 1.2)
LEAST_MEASURED = 10


@dataclass(frozen=True, slots=True)
class CandidateEstimate:
    """One candidate's share. Money in the plan's currency; None is unknown.

    why_unknown: a sentence when the cost is unknown. capped: whether a cap can be kept.
    exchange: the rate that its price was converted at, as `candidates.prices.frozen_rate` has it.
    """

    candidate: Candidate
    requests: int
    low: Decimal | None
    high: Decimal | None
    month_low: Decimal | None
    month_high: Decimal | None
    seconds_low: float | None
    seconds_high: float | None
    measured: bool
    capped: bool
    why_unknown: str
    exchange: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The whole. low, high: None as soon as one part is unknown; `known_*` sum the parts that are not."""

    requests: int
    low: Decimal | None
    high: Decimal | None
    known_low: Decimal
    known_high: Decimal
    minutes_low: float | None
    minutes_high: float | None
    currency: str
    per_candidate: Sequence[CandidateEstimate]

    @property
    def unknown(self) -> Sequence[CandidateEstimate]:
        return [part for part in self.per_candidate if part.low is None]

    @property
    def uncapped(self) -> Sequence[CandidateEstimate]:
        """Those whose spending no cap can bound, because their price is unknown."""
        return [part for part in self.per_candidate if not part.capped]


@dataclass(frozen=True, slots=True)
class _Call:
    """The mean call of a candidate, at one end of the range. seconds: None when never timed."""

    usage: Usage
    seconds: float | None


def estimate(question: Assessment | Plan) -> Estimate:
    """What the question will take to answer. Reads only."""
    plan = plan_of(question) if isinstance(question, Assessment) else question
    rates = rates_of(plan.workload.team_id)
    measured = _measured_calls(plan)
    parts = [_part(plan, candidate, rates, measured.get(candidate.pk)) for candidate in plan.candidates]
    known = [part for part in parts if part.low is not None and part.high is not None]
    low = sum((part.low for part in known if part.low is not None), Decimal(0))
    high = sum((part.high for part in known if part.high is not None), Decimal(0))
    complete = len(known) == len(parts)
    return Estimate(
        requests=plan.calls * len(plan.candidates),
        low=low if complete else None,
        high=high if complete else None,
        known_low=low,
        known_high=high,
        minutes_low=_minutes(plan, parts, "seconds_low"),
        minutes_high=_minutes(plan, parts, "seconds_high"),
        currency=plan.currency,
        per_candidate=parts,
    )


def _part(
    plan: Plan, candidate: Candidate, rates: Rates, measured: tuple[_Call, _Call] | None
) -> CandidateEstimate:
    guess = measured or _guessed_calls(plan, candidate)
    priced = price_today(candidate, plan.currency, rates)
    price, why = priced.price, priced.why_unknown
    if priced.is_by_time and measured is None:
        why = untimed()
    ends = [None if why or price is None else cost_of_call(price, call.usage, call.seconds) for call in guess]
    low, high = (None if cost is None else cost * plan.calls for cost in ends)
    monthly = plan.requests_per_month
    if low is None or high is None:
        why = why or partly_unknown()
        low = high = None
    seconds = [call.seconds for call in guess]
    return CandidateEstimate(
        candidate=candidate,
        requests=plan.calls,
        low=low,
        high=high,
        month_low=ends[0] * monthly if monthly and low is not None and ends[0] is not None else None,
        month_high=ends[1] * monthly if monthly and high is not None and ends[1] is not None else None,
        seconds_low=None if seconds[0] is None else seconds[0] * plan.calls,
        seconds_high=None if seconds[1] is None else seconds[1] * plan.calls,
        measured=measured is not None,
        capped=price is not None,
        why_unknown=why,
        exchange=priced.exchange,
    )


def _minutes(plan: Plan, parts: Sequence[CandidateEstimate], end: str) -> float | None:
    """Minutes until the last lane is done; None when some candidate was never timed.

    A schedule lasts as long as it says, whatever the answers do.
    """
    if plan.peak_per_minute:
        return plan.calls / plan.peak_per_minute
    lanes: dict[str, float] = {}
    for part in parts:
        seconds = getattr(part, end)
        if seconds is None:
            return None
        connection = part.candidate.connection
        slots = 1 if connection.machine else max(1, connection.max_concurrency)
        lanes[connection.lane] = lanes.get(connection.lane, 0.0) + seconds / slots
    return max(lanes.values(), default=0.0) / 60


def _measured_calls(plan: Plan) -> dict[UUID, tuple[_Call, _Call]]:
    """The mean call in earlier runs of this workload, widened a little, where enough of a model is known."""
    facts = (
        _earlier(plan.workload, plan.candidates)
        .order_by()
        .values_list("item__run_candidate__candidate")
        .annotate(Count("pk"), Avg("input_tokens"), Avg("output_tokens"), Avg("total"))
    )
    return {
        key: _widened(asked, answered, seconds)
        for key, count, asked, answered, seconds in facts
        if count >= LEAST_MEASURED and None not in (asked, answered, seconds)
    }


def _widened(asked: float, answered: float, seconds: float) -> tuple[_Call, _Call]:
    low, high = (
        _Call(_usage(asked * factor, answered * factor), seconds * factor) for factor in MEASURED_SPREAD
    )
    return low, high


def _earlier(workload: Workload, candidates: Sequence[Candidate]) -> QuerySet[Attempt]:
    """Answers of these models, as they are reached today."""
    entry, model = "item__run_candidate__", "item__run_candidate__candidate__"
    as_today = {f"{entry}model": F(f"{model}model"), f"{entry}connection": F(f"{model}connection")}
    return Attempt.objects.filter(
        state=AttemptState.COMPLETED,
        item__sample__workload=workload,
        item__run_candidate__candidate__in=candidates,
        item__run__parent=None,  # what a model says as a judge tells nothing of its answers here
        **as_today,
    )


def _guessed_calls(plan: Plan, candidate: Candidate) -> tuple[_Call, _Call]:
    """The mean call by the tokens of the workload itself, as far as a tokenizer can say."""
    guess = guess_tokens(plan.workload, candidate.model)
    shortest, longest = guess.output_low, guess.output_high
    if plan.max_output_tokens is not None:
        shortest, longest = min(shortest, plan.max_output_tokens), min(longest, plan.max_output_tokens)
    low = _Call(_usage(guess.input_low, shortest), None)
    return low, _Call(_usage(guess.input_high, longest), None)


def _usage(asked: float, answered: float) -> Usage:
    return Usage(input_tokens=round(asked), output_tokens=round(answered), estimated=True)
