"""Settling: an outcome becomes rows, once, if the lease still holds.

A batch is one transaction. A late finisher, whose lease was given to somebody else, changes
nothing: its attempt was already charged as *unknown*.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, F, FloatField, When
from django.db.models.functions import Greatest, Now

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome, Retry, Usage
from migration_app.evaluation.pricing import Price, cost_of_call

from . import team_budget
from .clock import DatabaseNow
from .leases import Claimed, Held, held_items, lock_run
from .models import MAX_TRIES, Attempt, AttemptState, Item, ItemState, Run, RunCandidate, RunEvent
from .money import LARGEST, to_nanos
from .retries import (
    OUT,
    Next,
    candidate_wait,
    next_for,
    park_sentence,
    pause_before,
    silence_sentence,
    wait_reason,
)

# What a vendor may bill although no answer came: the whole reservation is charged.
_MAYBE_BILLED = {
    FailureKind.TIMEOUT,
    FailureKind.DISCONNECTED,
    FailureKind.BROKEN_STREAM,
    FailureKind.ANSWER_TOO_LONG,
    FailureKind.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome on its way to the database."""

    claimed: Claimed
    outcome: Outcome
    started_at: datetime
    out: bool = False  # its connection was out when it came


@dataclass(slots=True)
class _Tally:
    """What one batch adds to a candidate's counts."""

    done: int = 0
    failed: int = 0
    retries: int = 0
    spent: int = 0
    unpriced: int = 0
    wish: float = 0.0  # the longest that the vendor asked us to wait
    wait_reason: str = ""
    park: str = ""
    answered: bool = False  # the vendor answered about a request, if only to refuse it
    turned_away: str = ""  # the last sentence of a call that did not count


def cost_nanos(price: Price | None, outcome: Outcome, reserved: int) -> int | None:
    """What a call cost, or the most it can have cost when nobody knows; None: no price is known."""
    if price is None:
        return None
    seconds = outcome.timing.total if outcome.timing else None
    amount = cost_of_call(price, outcome.usage or Usage(), seconds)
    if amount is not None:
        return to_nanos(amount)
    if isinstance(outcome, Completed) or (outcome.reached and outcome.kind in _MAYBE_BILLED):
        return reserved
    return 0


def settle(run_id: UUID, results: Sequence[Result], prices: Mapping[int, Price | None]) -> int:
    """Write a batch of outcomes. Returns how many still held their lease.

    1. Lock the items whose token still holds; drop the rest.
    2. Write their attempts.
    3. Move items on: done, failed, or waiting for another try.
    4. Add to the candidates' counts and the run's ledger: one write each.
    """
    with transaction.atomic():
        # The ledger's row first, always: two lanes settling at once take turns instead of
        # waiting for each other, and the one that closes the run sees the other's items.
        lock_run(run_id)
        left = LARGEST - Run.objects.values_list("spent_nanos", flat=True).get(pk=run_id)
        held = held_items([result.claimed for result in results])
        mine = [result for result in results if result.claimed.item_id in held]
        tallies: dict[int, _Tally] = defaultdict(_Tally)
        rows, moves = [], _Moves()
        for result in mine:
            claimed = result.claimed
            tally = tallies[claimed.run_candidate_id]
            cost = cost_nanos(prices[claimed.run_candidate_id], result.outcome, claimed.reserved_nanos)
            if cost is not None:
                cost = min(cost, left)
                left -= cost
            tally.spent += cost or 0
            tally.unpriced += cost is None
            rows.append(_attempt_row(result, cost))
            moves.add(held[claimed.item_id], result, tally)
        _write_attempts(rows)
        moves.write()
        _write_tallies(tallies)
        spent = sum(tally.spent for tally in tallies.values())
        reserved = sum(result.claimed.reserved_nanos for result in mine)
        Run.objects.filter(pk=run_id).update(
            spent_nanos=F("spent_nanos") + spent, reserved_nanos=F("reserved_nanos") - reserved
        )
        team_budget.charge(run_id, spent=spent, reserved=reserved)
    return len(mine)


class _Moves:
    """Where the batch's items go next, grouped so that each group is one update."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.failed: list[int] = []
        self.again: list[tuple[float, int]] = []
        self.uncounted: list[int] = []

    def add(self, item: Held, result: Result, tally: _Tally) -> None:
        outcome = result.outcome
        where = next_for(outcome, tries=item.tries - item.refusals, most=MAX_TRIES, out=result.out)
        if isinstance(outcome, Completed):
            self.done.append(item.pk)
            tally.done += 1
            tally.answered = True
        elif where is Next.PARK:
            self.uncounted.append(item.pk)
            tally.park = park_sentence(outcome)
        elif where is Next.FAIL:
            self.failed.append(item.pk)
            tally.failed += 1
            tally.answered |= outcome.retry is Retry.NEVER
        else:
            self._again(item, outcome, where, tally, result.out)

    def _again(self, item: Held, outcome: Failed, where: Next, tally: _Tally, out: bool) -> None:
        tally.retries += 1
        if where is Next.AGAIN:
            self.again.append((pause_before(outcome, item.tries), item.pk))
            return
        # The candidate's own wait holds them all, so they go back in one update.
        self.uncounted.append(item.pk)
        tally.turned_away = outcome.message
        tally.wish = max(tally.wish, outcome.retry_after or 0.0)
        tally.wait_reason = OUT if out else wait_reason(outcome)

    def write(self) -> None:
        freed: dict[str, Any] = {"lease_token": None, "lease_expires": None}
        Item.objects.filter(pk__in=self.done).update(state=ItemState.DONE, **freed)
        Item.objects.filter(pk__in=self.failed).update(state=ItemState.FAILED, **freed)
        if self.uncounted:
            Item.objects.filter(pk__in=self.uncounted).update(
                state=ItemState.PENDING, not_before=0, refusals=F("refusals") + 1, **freed
            )
        for pause, pk in self.again:
            Item.objects.filter(pk=pk).update(
                state=ItemState.PENDING, not_before=DatabaseNow() + pause, **freed
            )


def _write_tallies(tallies: Mapping[int, _Tally]) -> None:
    for pk, tally in tallies.items():
        entry = RunCandidate.objects.filter(pk=pk)
        entry.update(
            items_done=F("items_done") + tally.done,
            items_failed=F("items_failed") + tally.failed,
            retries=F("retries") + tally.retries,
            spent_nanos=F("spent_nanos") + tally.spent,
            unpriced_calls=F("unpriced_calls") + tally.unpriced,
            last_settle_at=Now(),
            **_silence(tally),
        )
        if tally.turned_away:
            _wait(pk, tally)
        _stop(pk, tally)
        _log_end(pk)


def _wait(pk: int, tally: _Tally) -> None:
    entry = RunCandidate.objects.filter(pk=pk)
    since, now = entry.values_list("unanswered_since", DatabaseNow()).get()
    # Where a connection is out, the probe's own wait runs already; only a wish may lengthen it.
    out = tally.wait_reason == OUT
    wait = tally.wish if out else candidate_wait(now - since if since else 0.0, tally.wish or None)
    # Never shorter than what an earlier answer asked for.
    until = Greatest(F("waiting_until"), DatabaseNow() + wait)
    entry.update(waiting_until=until, waiting_reason=tally.wait_reason)


def _silence(tally: _Tally) -> dict[str, Any]:
    """Since when a candidate turned everything away; an answer ends that."""
    if tally.answered:
        return {"unanswered_since": 0.0}
    if not tally.turned_away:
        return {}
    began = Case(
        When(unanswered_since=0.0, then=DatabaseNow()),
        default=F("unanswered_since"),
        output_field=FloatField(),
    )
    return {"unanswered_since": began}


def _stop(pk: int, tally: _Tally) -> None:
    """Park a candidate that only a person can help, or that was silent for too long."""
    entry = RunCandidate.objects.filter(pk=pk, parked_reason="")
    reason = tally.park
    if not reason and tally.turned_away and not tally.answered:
        reason = silence_sentence(tally.turned_away)
        entry = entry.filter(
            unanswered_since__gt=0.0, unanswered_since__lte=DatabaseNow() - settings.OUTAGE_SECONDS
        )
    if reason and entry.update(parked_reason=reason[:500]):
        log(RunCandidate.objects.values_list("run_id", flat=True).get(pk=pk), f"Stopped. {reason}"[:500], pk)


def _log_end(pk: int) -> None:
    entry = RunCandidate.objects.get(pk=pk)
    if entry.items_ended >= entry.items_total:
        failures = f", {entry.items_failed:,} failed" if entry.items_failed else ""
        log(entry.run_id, f"Finished: {entry.items_done:,} answers{failures}.", pk)


def log(run_id: Any, message: str, run_candidate_id: int | None = None) -> None:
    """Add a line to the run's plain log."""
    RunEvent.objects.create(run_id=run_id, run_candidate_id=run_candidate_id, message=message[:500])


# Every column that an outcome fills, with what it is when the outcome says nothing of it.
_UNSAID: dict[str, Any] = {
    "state": "", "cost_nanos": None, "started_at": None,
    "text": "", "reasoning": "", "tool_calls": "[]", "refusal": "", "finish_reason": "",
    "served_model": "", "request_id": "", "failure": "", "message": "", "status": None,
    "first_byte": None, "ttft": None, "total": None, "token_gaps": None,
    "input_tokens": None, "cached_input_tokens": None, "cache_write_tokens": None,
    "output_tokens": None, "reasoning_tokens": None, "usage_estimated": False, "usage_raw": None,
}  # fmt: skip


def _attempt_row(result: Result, cost: int | None) -> tuple[Any, ...]:
    """The columns in order, as the database takes them, then the attempt's key."""
    said = _values(result.outcome)
    said["cost_nanos"] = cost
    said["started_at"] = connection.ops.adapt_datetimefield_value(result.started_at)
    return (*(_UNSAID | said).values(), result.claimed.item_id, result.claimed.number)


def _json(value: Any) -> str:
    """`value` as JSON that every database takes: PostgreSQL refuses a NUL even when it is escaped."""
    return orjson.dumps(value).decode().replace("\\u0000", "\\ufffd")


def _values(outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {"request_id": storable(outcome.request_id)[:200]}
    if (timing := outcome.timing) is not None:
        values["first_byte"], values["ttft"], values["total"] = timing.first_byte, timing.ttft, timing.total
        values["token_gaps"] = _json([int(gap * 1e6 + 0.5) / 1e6 for gap in timing.token_gaps])
    if (usage := outcome.usage) is not None:
        values |= {
            "input_tokens": usage.input_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "output_tokens": usage.output_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "usage_estimated": usage.estimated,
            "usage_raw": _json(dict(usage.raw)),
        }
    return values | (_answer(outcome) if isinstance(outcome, Completed) else _failure(outcome))


def _answer(outcome: Completed) -> dict[str, Any]:
    return {
        "state": AttemptState.COMPLETED.value,
        "text": storable(outcome.text),
        "reasoning": storable(outcome.reasoning),
        "tool_calls": _json(
            [
                {"id": storable(call.id), "name": storable(call.name), "arguments": storable(call.arguments)}
                for call in outcome.tool_calls
            ]
        ),
        "refusal": storable(outcome.refusal or ""),
        "finish_reason": storable(outcome.finish_reason or "")[:40],
        "served_model": storable(outcome.served_model)[:200],
    }


def _failure(outcome: Failed) -> dict[str, Any]:
    return {
        "state": (AttemptState.UNKNOWN if outcome.kind is FailureKind.UNKNOWN else AttemptState.FAILED).value,
        "failure": outcome.kind.value,
        "message": storable(outcome.message)[:1000],
        "status": outcome.status,
    }


def storable(text: str) -> str:
    """Text that every database takes: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _write_attempts(rows: Sequence[Sequence[Any]]) -> None:
    """One statement for all on PostgreSQL, where each would be a journey; one prepared one on SQLite."""
    if not rows:
        return
    table = Attempt._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            assignments = ", ".join(f"{name} = new.{name}" for name in _UNSAID)
            cursor.execute(
                f"UPDATE {table} SET {assignments} "  # noqa: S608
                f"FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS new "
                f"WHERE {table}.item_id = new.item_id AND {table}.number = new.number",
                [_document(rows)],
            )
            return
        assignments = ", ".join(f"{name} = %s" for name in _UNSAID)
        cursor.executemany(
            f"UPDATE {table} SET {assignments} WHERE item_id = %s AND number = %s",  # noqa: S608
            rows,
        )


_JSON_COLUMNS = frozenset({"tool_calls", "token_gaps", "usage_raw"})


def _document(rows: Sequence[Sequence[Any]]) -> str:
    """The rows as one JSON array of objects, by column; what is JSON already goes in as it is."""
    names = (*_UNSAID, "item_id", "number")
    objects = [
        {
            name: orjson.Fragment(value) if name in _JSON_COLUMNS and value is not None else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]
    return orjson.dumps(objects).decode()
