"""Where a batch's items go next: done, failed, or back to wait for another try."""

from __future__ import annotations

from typing import Any

from django.db.models import F

from migration_app.clock import DatabaseNow
from migration_app.evaluation.outcomes import Completed, Failed, Outcome, Retry

from .leases import Held
from .models import MAX_TRIES, Item, ItemState
from .retries import OUT, Next, next_for, park_sentence, pause_before, wait_reason
from .tallies import Tally


class Moves:
    """Where the batch's items go next, grouped so that each group is one update."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.failed: list[int] = []
        self.again: list[tuple[float, int]] = []
        self.uncounted: list[int] = []

    def add(self, item: Held, outcome: Outcome, tally: Tally, *, out: bool) -> None:
        where = next_for(outcome, tries=item.tries - item.refusals, most=MAX_TRIES, out=out)
        if isinstance(outcome, Completed):
            self.done.append(item.pk)
            tally.done += 1
            tally.uncounted += outcome.usage.input_tokens is None or outcome.usage.output_tokens is None
            tally.answered = True
        elif where is Next.PARK:
            self.uncounted.append(item.pk)
            tally.park = park_sentence(outcome)
        elif where is Next.FAIL:
            self.failed.append(item.pk)
            tally.failed += 1
            tally.answered |= outcome.retry is Retry.NEVER
        else:
            self._again(item, outcome, where, tally, out)

    def _again(self, item: Held, outcome: Failed, where: Next, tally: Tally, out: bool) -> None:
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
