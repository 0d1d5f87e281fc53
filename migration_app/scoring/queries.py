"""Named reads for scoring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db.models import F

from migration_app.runs.models import Attempt, ItemState, Run

_CHUNK = 500


def unscored_answers(run: Run) -> Iterator[Sequence[Attempt]]:
    """The last attempt of every ended item that has no score yet, with item and sample, in chunks."""
    last = 0
    while True:
        chunk = list(
            Attempt.objects.filter(
                item__run=run,
                item__state__in=[ItemState.DONE, ItemState.FAILED],
                number=F("item__tries"),
                item__scores__isnull=True,
                item_id__gt=last,
            )
            .select_related("item__sample", "item__run_candidate")
            .order_by("item_id")[:_CHUNK]
        )
        if not chunk:
            return
        last = chunk[-1].item_id
        yield chunk
