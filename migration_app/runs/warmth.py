"""What warm-up calls came to. Reads only; `warm_ups` makes them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum

from .models import Run, RunCandidate, WarmUp, WarmUpState
from .money import from_nanos

_LOST = (WarmUpState.FAILED, WarmUpState.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Warmth:
    """calls: made. failed: of them. cost: what they were charged; None: the price is unknown."""

    calls: int
    failed: int
    cost: Decimal | None


def warmth_of(subject: Run | RunCandidate) -> Warmth | None:
    """Of a run or of one of its candidates; None where none was made."""
    mine = {"run_candidate__run" if isinstance(subject, Run) else "run_candidate": subject}
    made = WarmUp.objects.filter(**mine).exclude(state__in=[WarmUpState.PENDING, WarmUpState.SKIPPED])
    found = made.aggregate(
        calls=Count("pk"), failed=Count("pk", filter=Q(state__in=_LOST)), cost=Sum("cost_nanos")
    )
    if not found["calls"]:
        return None
    cost = None if found["cost"] is None else from_nanos(found["cost"])
    return Warmth(found["calls"], found["failed"], cost)
