"""What a batch of outcomes adds to each candidate: counts, money, waits, and the end of its patience."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest, Now

from migration_app.clock import DatabaseNow
from migration_app.evaluation.wording import english

from .events import log
from .models import RunCandidate
from .outages import silent_since
from .retries import OUT, candidate_wait, silence_sentence


@dataclass(slots=True)
class Tally:
    """What one batch adds to a candidate's counts."""

    done: int = 0
    failed: int = 0
    retries: int = 0
    spent: int = 0
    unpriced: int = 0
    late: int = 0  # sent noticeably after they were due
    uncounted: int = 0  # answers without the vendor's count of tokens
    wish: float = 0.0  # the longest that the vendor asked us to wait
    wait_reason: str = ""
    park: str = ""
    answered: bool = False  # the vendor answered about a request, if only to refuse it
    turned_away: str = ""  # the last sentence of a call that did not count


def write_tallies(tallies: Mapping[int, Tally]) -> None:
    for pk, tally in tallies.items():
        entry = RunCandidate.objects.filter(pk=pk)
        entry.update(
            items_done=F("items_done") + tally.done,
            items_failed=F("items_failed") + tally.failed,
            retries=F("retries") + tally.retries,
            spent_nanos=F("spent_nanos") + tally.spent,
            unpriced_calls=F("unpriced_calls") + tally.unpriced,
            late_calls=F("late_calls") + tally.late,
            uncounted_calls=F("uncounted_calls") + tally.uncounted,
            last_settle_at=Now(),
            **_silence(tally),
        )
        if tally.turned_away:
            _wait(pk, tally)
        _stop(pk, tally)
        _log_end(pk)


def _wait(pk: int, tally: Tally) -> None:
    entry = RunCandidate.objects.filter(pk=pk)
    since, now = entry.values_list("unanswered_since", DatabaseNow()).get()
    # Where a connection is out, the probe's own wait runs already; only a wish may lengthen it.
    out = tally.wait_reason == OUT
    wait = tally.wish if out else candidate_wait(now - since if since else 0.0, tally.wish or None)
    # Never shorter than what an earlier answer asked for.
    until = Greatest(F("waiting_until"), DatabaseNow() + wait)
    entry.update(waiting_until=until, waiting_reason=tally.wait_reason)


def _silence(tally: Tally) -> dict[str, Any]:
    """Since when a candidate turned everything away; an answer ends that."""
    if tally.answered:
        return {"unanswered_since": 0.0}
    return {"unanswered_since": silent_since()} if tally.turned_away else {}


def _stop(pk: int, tally: Tally) -> None:
    """Park a candidate that only a person can help, or that was silent for too long."""
    entry = RunCandidate.objects.filter(pk=pk, parked_reason="")
    reason = tally.park
    if not reason and tally.turned_away and not tally.answered:
        reason = silence_sentence(tally.turned_away)
        entry = entry.filter(
            unanswered_since__gt=0.0, unanswered_since__lte=DatabaseNow() - settings.OUTAGE_SECONDS
        )
    if reason and entry.update(parked_reason=reason[:500]):
        log(
            RunCandidate.objects.values_list("run_id", flat=True).get(pk=pk),
            english("Stopped. {reason}", reason=reason)[:500],
            pk,
        )


def _log_end(pk: int) -> None:
    entry = RunCandidate.objects.get(pk=pk)
    if entry.items_ended >= entry.items_total:
        done, failed = entry.items_done, entry.items_failed
        text = (
            english("Finished: {done:,} answers, {failed:,} failed.", done=done, failed=failed)
            if failed
            else english("Finished: {done:,} answers.", done=done)
        )
        log(entry.run_id, text, pk)
