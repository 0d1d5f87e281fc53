"""What happens to an item after a call. One table; everything else follows from it.

    outcome of the call                        counts as a try   the item
    ─────────────────────────────────────────  ────────────────  ──────────────────────────────────
    an answer                                  yes               is done
    never the same again (bad request, filter) yes               fails at once
    turned away: 429, overloaded (503, 529)    no                waits together with its candidate
    not reached: refused, no name, no socket   no                waits together with its candidate
    the vendor's fault: other 5xx              yes               is asked again after a pause
      … while its connection is out            no                waits together with its connection
    perhaps billed: timeout, broken stream     yes               is asked again, at once or later
    the worker died in mid-call                yes               is asked again, charged in full
    needs a person (key, credit, model name)   no                waits until the run is resumed
    Retry-After above 15 minutes               no                waits until the run is resumed

After three tries that count, an item fails with the last one's name. What does not count is
bounded by time instead: a candidate that only turned away for 15 minutes is stopped with a
sentence. Every call, counted or not, is an attempt of its own with its own timing.
"""

from __future__ import annotations

import random
from enum import Enum

from django.conf import settings

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome, Retry
from migration_app.evaluation.wording import english

LONGEST_WAIT = 900.0  # seconds; a vendor that asks for more is parked
# Seconds. A vendor that is well again is asked within half a minute, however long it was not.
_BACKOFF_BASE, _BACKOFF_CAP = 1.0, 25.0
_SPREAD = 0.5  # so that those who were told the same moment do not all come at it

# Why a candidate waits; the page has words for each (`queries.py`).
WAIT_REASONS = {
    FailureKind.RATE_LIMITED: "rate_limit",
    FailureKind.OVERLOADED: "overloaded",
}
UNREACHABLE, OUT = "unreachable", "out"


class Next(Enum):
    """Where an item goes after a call."""

    DONE = "done"
    FAIL = "fail"
    AGAIN = "again"  # counts as a try
    TURNED_AWAY = "turned_away"  # does not; its candidate waits
    PARK = "park"  # does not; its candidate stops until a person acts


def next_for(outcome: Outcome, *, tries: int, most: int, out: bool = False) -> Next:
    """`tries`: those that count, this one included. `most`: how many an item has.

    out: the connection was out when the outcome came (`outages.py`).
    """
    if isinstance(outcome, Completed):
        return Next.DONE
    if outcome.retry is Retry.PARK or (outcome.retry_after or 0.0) > LONGEST_WAIT:
        return Next.PARK
    if outcome.retry is Retry.NEVER:
        return Next.FAIL
    if outcome.kind in WAIT_REASONS or not outcome.reached:
        return Next.TURNED_AWAY
    if out and outcome.kind is FailureKind.SERVER_ERROR:
        return Next.TURNED_AWAY
    return Next.FAIL if tries >= most else Next.AGAIN


def probe_wait(out_for: float) -> float:
    """Seconds until a connection that is out is tried again: about as long as it has been out."""
    return min(_BACKOFF_CAP, max(_BACKOFF_BASE, out_for)) * random.uniform(0.5, 1.0)


def wait_reason(outcome: Failed) -> str:
    return WAIT_REASONS.get(outcome.kind, UNREACHABLE)


def backoff(tries: int, retry_after: float | None) -> float:
    """Seconds until an item's next try: the vendor's wish, else full jitter up to the cap."""
    return _pause(_BACKOFF_BASE * 2 ** min(tries, 10), retry_after)


def candidate_wait(silent_for: float, retry_after: float | None) -> float:
    """Seconds until a candidate that turned calls away is asked again.

    silent_for: seconds since it last answered. The jitter follows it, not one unlucky item:
    a vendor that answers most calls is back in a second, a silent one is asked ever less.
    """
    return _pause(max(_BACKOFF_BASE, 2 * silent_for), retry_after)


def _pause(most: float, retry_after: float | None) -> float:
    """Never shorter than the vendor's wish; without one, or with one below a second, full jitter.

    A wish below a second is no plan: a vendor that repeats it would be asked without end.
    """
    if retry_after is not None and retry_after >= 1:
        return min(retry_after, LONGEST_WAIT) + random.uniform(0, _SPREAD)
    return max(retry_after or 0.0, random.uniform(0, min(_BACKOFF_CAP, most)))


def pause_before(outcome: Failed, tries: int) -> float:
    """Seconds before an item whose try counted is asked again."""
    return 0.0 if outcome.retry is Retry.NOW else backoff(tries, outcome.retry_after)


def park_sentence(outcome: Failed) -> str:
    """Why a candidate stops, and what to do."""
    wish = outcome.retry_after or 0.0
    if outcome.retry is Retry.PARK or wish <= LONGEST_WAIT:
        return outcome.message
    return english(
        "The vendor asks to wait {wish}, so it is not asked until you go on. {message}",
        wish=_span(wish),
        message=outcome.message,
    )


def silence_sentence(message: str) -> str:
    """Why a candidate stops that turned everything away for as long as it may."""
    return english(
        "It answered nothing for {outage_seconds}. {message}",
        outage_seconds=_span(settings.OUTAGE_SECONDS),
        message=message,
    )


def _span(seconds: float) -> str:
    if seconds < 90:
        return english("{value} seconds", value=max(1, round(seconds)))
    if seconds < 2 * 3600:
        return english("{value} minutes", value=round(seconds / 60))
    return english("{value} hours", value=round(seconds / 3600))
