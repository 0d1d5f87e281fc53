"""Named reads for scoring."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence

from django.db.models import F

from migration_app.runs.models import Attempt, Item, ItemState, Run

_CHUNK, _KEYS = 500, 10_000
# What a score is made of. A row's other columns, token gaps above all, take longer to read than it takes.
_ANSWER = (
    *("state", "text", "tool_calls", "refusal", "finish_reason", "failure", "message", "status"),
    *("first_byte", "ttft", "total"),
    *("item__sample__category", "item__sample__references", "item__sample__response_format"),
)


def unscored_answers(run: Run) -> Iterator[Sequence[Attempt]]:
    """The last attempt of every ended item that has no score yet, with its sample, in chunks.

    Of all three only what scoring asks for. Which items these are is asked once: asked for each chunk
    anew, a database may walk through, and sort, all that is left each time.
    """
    ended = Item.objects.filter(run=run, state__in=[ItemState.DONE, ItemState.FAILED], scores__isnull=True)
    waiting = array("q", ended.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=_KEYS))
    last_tries = Attempt.objects.filter(number=F("item__tries")).select_related("item__sample").only(*_ANSWER)
    for first in range(0, len(waiting), _CHUNK):
        yield list(last_tries.filter(item__in=waiting[first : first + _CHUNK].tolist()))
