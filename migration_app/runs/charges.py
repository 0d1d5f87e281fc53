"""What a call is charged to the ledger: never less than what the vendor bills for it."""

from __future__ import annotations

from migration_app.evaluation.outcomes import Completed, FailureKind, Outcome, Usage
from migration_app.evaluation.price_lists import Price
from migration_app.evaluation.pricing import cost_of_call

from .money import to_nanos

# What a vendor may bill although no answer came: the whole reservation is charged.
_MAYBE_BILLED = {
    FailureKind.TIMEOUT,
    FailureKind.DISCONNECTED,
    FailureKind.BROKEN_STREAM,
    FailureKind.ANSWER_TOO_LONG,
    FailureKind.UNKNOWN,
}


def cost_nanos(price: Price | None, outcome: Outcome, reserved: int) -> int | None:
    """What a call cost, or the most it can have cost when nobody knows; None: no price is known."""
    if price is None:
        return None
    seconds = outcome.timing.total if outcome.timing else None
    amount = cost_of_call(price, outcome.usage or Usage(), seconds)
    if amount is not None:
        return to_nanos(amount)
    return reserved if _may_be_billed(outcome) else 0


def _may_be_billed(outcome: Outcome) -> bool:
    if isinstance(outcome, Completed):
        return True
    timing = outcome.timing
    begun = timing is not None and (timing.ttft, timing.first_reasoning) != (None, None)
    return outcome.reached and (outcome.kind in _MAYBE_BILLED or begun)
