"""The same calls of a finished run at two prices.

Calls with the same usage cost the same, so the database counts them by usage and each kind is priced
once, exactly; many kinds at a time, because in a long run hardly two calls are alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

import numpy as np
from django.db.models import Count, Sum
from numpy.typing import NDArray

from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.price_lists import MachineTimePrice, Price
from migration_app.evaluation.pricing import cost_of_call
from migration_app.evaluation.pricing_columns import Costs, UsageColumns, costs_of_calls
from migration_app.runs.models import Attempt, RunCandidate

# Our names of an attempt's columns, as `UsageColumns` calls them.
_PARTS = {
    "input_tokens": "input", "cached_input_tokens": "cached", "cache_write_tokens": "written",
    "output_tokens": "output", "reasoning_tokens": "reasoning", "cache_write_1h_tokens": "written_1h",
    "image_input_tokens": "image", "images": "images",
}  # fmt: skip
_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True, eq=False)
class _Kinds:
    """Some kinds of usage: how many calls there are of each, and their seconds together."""

    usage: UsageColumns
    calls: NDArray[np.int64]
    seconds: NDArray[np.float64]


def totals(
    entry: RunCandidate, before: Price | None, after: Price | None
) -> tuple[Decimal | None, Decimal | None, int]:
    """(cost at the one price, at the other, calls) over the calls that both can price.

    Where one of the two is None, over those that the other alone can price.
    """
    old_total = new_total = Decimal(0)
    calls = 0
    for kinds in _kinds(entry):
        old, new = _costs(before, kinds), _costs(after, kinds)
        counted = np.where(_known(old, kinds) & _known(new, kinds), kinds.calls, 0)
        old_total += _total(before, old, kinds, counted)
        new_total += _total(after, new, kinds, counted)
        calls += int(counted.sum())
    return (
        None if before is None or not calls else old_total,
        None if after is None or not calls else new_total,
        calls,
    )


def _costs(price: Price | None, kinds: _Kinds) -> Costs | None:
    """None where tokens do not tell: every answered call has seconds."""
    if price is None or isinstance(price, MachineTimePrice):
        return None
    return costs_of_calls(price, kinds.usage)


def _known(costs: Costs | None, kinds: _Kinds) -> NDArray[np.bool_]:
    return np.ones(len(kinds.usage), dtype=np.bool_) if costs is None else costs.known


def _total(price: Price | None, costs: Costs | None, kinds: _Kinds, counted: NDArray[np.int64]) -> Decimal:
    if costs is not None:
        return costs.total(counted)
    if price is None:
        return Decimal(0)
    seconds = float(kinds.seconds[counted > 0].sum())
    return cost_of_call(price, Usage(), seconds) or Decimal(0)


def _kinds(entry: RunCandidate) -> Iterator[_Kinds]:
    """The kinds of usage among the calls that were answered, so many at a time."""
    answered = Attempt.objects.filter(item__run_candidate=entry, state="completed", total__isnull=False)
    counted = answered.order_by().values(*_PARTS).annotate(calls=Count("pk"), seconds=Sum("total"))
    rows = counted.values_list(*_PARTS, "calls", "seconds").iterator(chunk_size=2_000)
    while some := list(islice(rows, _AT_ONCE)):
        *parts, calls, seconds = zip(*some, strict=True)
        usage = UsageColumns.of(**dict(zip(_PARTS.values(), parts, strict=True)))
        yield _Kinds(usage, np.array(calls, np.int64), np.array(seconds, np.float64))
