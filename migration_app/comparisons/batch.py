"""What the workload would cost in each vendor's batch queue, where its price for that is known.

The same answers and tokens at the batch price. Every token price is multiplied by one share and flat
fees stay, so without a fee a cost is multiplied by that share exactly; with one, by what the answered
calls cost at the one price against the other. A vendor without a known batch price has no entry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from migration_app.candidates.prices import thaw
from migration_app.evaluation.price_lists import TokenPrice
from migration_app.runs.models import Run

from .same_calls import totals

Json = Mapping[str, Any]
Factor = Callable[[Json, TokenPrice, TokenPrice], Decimal | None]


def batches(options: Sequence[Json], factor: Factor) -> list[dict[str, Any]]:
    """One entry for each option with a batch price.

    options: as `Comparison.data` has them, the baseline among them. factor: (option, price, price in
    the batch queue) → what its cost is multiplied by, None where no call tells.
    """
    found = (_entry(option, factor) for option in options)
    return [entry for entry in found if entry is not None]


def measured_factor(run: Run) -> Factor:
    """The factor of a run's options: the share itself, or from its calls where there are flat fees."""
    entries = {entry.pk: entry for entry in run.candidates.all()}

    def factor(option: Json, price: TokenPrice, queued: TokenPrice) -> Decimal | None:
        if not (price.per_request or price.per_image):
            return price.batch_share
        before, after, _ = totals(entries[option["id"]], price, queued)
        return after / before if before and after is not None else None

    return factor


def _entry(option: Json, factor: Factor) -> dict[str, Any] | None:
    price = thaw(option.get("price"))
    queued = price.in_batch() if isinstance(price, TokenPrice) else None
    if not isinstance(price, TokenPrice) or queued is None:
        return None
    times, metrics = factor(option, price, queued), option["metrics"]
    paired = ((option.get("move") or {}).get("saving")) or {}
    return {
        "position": option["position"],
        "share": _text(price.batch_share),
        "per_1000": _scaled(metrics["cost_per_1000"], times),
        "per_month": _scaled(metrics.get("cost_per_month"), times),
        # On the requests that today's model was priced on too; nothing for today's model itself.
        "paired": {"today": paired["today"], "after": _times(paired["after"], times)} if paired else None,
    }


def _scaled(cost: Json | None, times: Decimal | None) -> dict[str, Any] | None:
    return None if cost is None else {end: _times(cost.get(end), times) for end in ("amount", "low", "high")}


def _times(amount: str | None, times: Decimal | None) -> str | None:
    return None if amount is None or times is None else _text(Decimal(amount) * times)


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount.normalize():f}"
