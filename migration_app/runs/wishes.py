"""What more may be asked in a run, and what that would take. Reads only; `actions.extend` does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.functional import cached_property

from migration_app.candidates.models import Candidate

from .estimates import CandidateEstimate, estimate
from .models import ExtensionKind, Run, RunCandidate, RunState
from .money import from_nanos
from .plans import Plan, plan_of


@dataclass(frozen=True)
class More:
    """An extension before it is wished for. Money in the run's currency; None is unknown.

    to: for more samples, how many there would be in all. candidate: the model that would join.
    """

    kind: ExtensionKind
    parts: Sequence[CandidateEstimate]
    room: Decimal | None  # under the run's cap
    currency: str
    to: int = 0
    candidate: Candidate | None = None

    @property
    def requests(self) -> int:
        return sum(part.requests for part in self.parts)

    @cached_property
    def low(self) -> Decimal | None:
        return _sum([part.low for part in self.parts])

    @cached_property
    def high(self) -> Decimal | None:
        return _sum([part.high for part in self.parts])

    @property
    def unknown(self) -> Sequence[CandidateEstimate]:
        return [part for part in self.parts if part.low is None]

    @property
    def is_above_cap(self) -> bool:
        return self.room is not None and self.high is not None and self.high > self.room


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def samples_asked(run: Run) -> int:
    """How many samples the run asks about, from its counts."""
    entry = run.candidates.order_by("position").first()
    return entry.items_total // run.assessment.repetitions if entry else 0


def to_ask_again(run: Run) -> dict[int, int]:
    """Items that failed, or that an early end left out, by candidate; from the counts."""
    ended = run.state == RunState.FINISHED
    return {
        entry.pk: count
        for entry in run.candidates.all()
        if (count := entry.items_failed + (entry.items_total - entry.items_ended if ended else 0))
    }


def failures_again(run: Run) -> More:
    counts = to_ask_again(run)
    entries = [entry for entry in _entries(run) if entry.pk in counts]
    plans = [_plan(run, [entry.candidate], counts[entry.pk], repetitions=1) for entry in entries]
    return _more(run, ExtensionKind.FAILURES, plans)


def more_samples(run: Run, to: int) -> More:
    candidates = [entry.candidate for entry in _entries(run)]
    to = min(to, run.assessment.workload.sample_count)
    plan = _plan(run, candidates, max(0, to - samples_asked(run)), repetitions=run.assessment.repetitions)
    return _more(run, ExtensionKind.SAMPLES, [plan], to=to)


def one_more_model(run: Run, candidate: Candidate) -> More:
    plan = _plan(run, [candidate], samples_asked(run), repetitions=run.assessment.repetitions)
    return _more(run, ExtensionKind.CANDIDATE, [plan], candidate=candidate)


def _entries(run: Run) -> Sequence[RunCandidate]:
    return list(run.candidates.select_related("candidate__connection"))


def _plan(run: Run, candidates: Sequence[Candidate], samples: int, *, repetitions: int) -> Plan:
    part = plan_of(run.assessment).part(samples, repetitions=repetitions)
    return replace(part, candidates=candidates, currency=run.currency)


def _more(
    run: Run,
    kind: ExtensionKind,
    plans: Sequence[Plan],
    *,
    to: int = 0,
    candidate: Candidate | None = None,
) -> More:
    return More(
        kind=kind,
        parts=[part for plan in plans for part in estimate(plan).per_candidate],
        room=None if run.cap_nanos is None else from_nanos(max(0, run.cap_nanos - run.spent_nanos)),
        currency=run.currency,
        to=to,
        candidate=candidate,
    )
