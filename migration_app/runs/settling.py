"""Settling: an outcome becomes rows, once, if the lease still holds.

A batch is one transaction. A late finisher, whose lease was given to somebody else, changes
nothing: its attempt was already charged as *unknown*.

    attempt_rows   an outcome as an attempt's columns
    moves          where its item goes next
    tallies        what it adds to its candidate
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from migration_app.evaluation.outcomes import Outcome
from migration_app.evaluation.price_lists import Price

from .attempt_rows import attempt_row, write_attempts
from .charges import cost_nanos
from .leases import Claimed, held_items, lock_run
from .models import Run
from .money import LARGEST
from .moves import Moves
from .reservations import charge
from .schedule import LATE_SECONDS
from .tallies import Tally, write_tallies


@dataclass(frozen=True, slots=True)
class Result:
    """An outcome on its way to the database."""

    claimed: Claimed
    outcome: Outcome
    started_at: datetime
    out: bool = False  # its connection was out when it came
    lateness: float | None = None  # of an open load: seconds from when it was due to its sending


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
        tallies: dict[int, Tally] = defaultdict(Tally)
        rows, moves = [], Moves()
        for result in mine:
            claimed = result.claimed
            tally = tallies[claimed.run_candidate_id]
            cost = cost_nanos(prices[claimed.run_candidate_id], result.outcome, claimed.reserved_nanos)
            if cost is not None:
                cost = min(cost, left)
                left -= cost
            tally.spent += cost or 0
            tally.unpriced += cost is None
            tally.late += (result.lateness or 0.0) > LATE_SECONDS
            rows.append(attempt_row(claimed, result.outcome, result.started_at, cost, result.lateness))
            moves.add(held[claimed.item_id], result.outcome, tally, out=result.out)
        write_attempts(rows)
        moves.write()
        write_tallies(tallies)
        spent = sum(tally.spent for tally in tallies.values())
        reserved = sum(result.claimed.reserved_nanos for result in mine)
        charge(run_id, spent=spent, reserved=reserved)
    return len(mine)
