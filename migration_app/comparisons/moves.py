"""What moving to a candidate would change: money at the real traffic, payback, speed, headroom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from migration_app.evaluation.metrics import mean_count
from migration_app.evaluation.savings import Saving, payback, saving
from migration_app.evaluation.speed_change import typical_change
from migration_app.runs.models import Assessment
from migration_app.runs.money import from_nanos
from migration_app.runs.traffic import peak_for, volumes_for
from migration_app.runs.traffic import traffic_of as frozen_traffic_of

from .columns import CandidateColumns, SampleColumns
from .per_sample import PerSample

PER_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Traffic:
    """Requests by category: of a month where that is known, else 1,000 in the samples' own mix.

    by_category_known: the volumes come from a traffic profile, not from the samples' shares.
    peak: requests in the busiest minute; `None` is unknown.
    """

    volumes: Mapping[str, float]
    monthly: bool
    by_category_known: bool = False
    peak: int | None = None
    source: str = "none"

    @property
    def requests(self) -> float:
        return sum(self.volumes.values())


def traffic_of(assessment: Assessment, samples: SampleColumns) -> Traffic:
    """The volumes that savings are told for: the question's traffic, frozen when the run started."""
    profile, volumes = frozen_traffic_of(assessment), volumes_for(assessment)
    if not volumes or not sum(volumes.values()):
        mix = _in_the_samples_mix(samples, PER_THOUSAND)
        return Traffic(volumes=mix, monthly=False, peak=peak_for(assessment))
    if not set(volumes) - {""}:
        volumes = _in_the_samples_mix(samples, sum(volumes.values()))
    return Traffic(
        volumes=volumes,
        monthly=True,
        by_category_known=bool(set(profile.get("by_category") or {}) - {""}),
        peak=peak_for(assessment),
        source=str(profile.get("source") or "none"),
    )


def _in_the_samples_mix(samples: SampleColumns, requests: float) -> dict[str, float]:
    """So many requests, of each category the share that the samples have."""
    share = requests / max(1, int(samples.ids.size))
    return {name: float(rows.size) * share for name, rows in samples.categories.rows.items()}


def projection_of(paired: PerSample, samples: SampleColumns, traffic: Traffic) -> dict[str, Any] | None:
    """What an option costs over the traffic, with its range; `None` where no request is priced."""
    found = saving(paired.costs, None, samples.categories, samples.clusters, traffic.volumes)
    if found is None:
        return None
    low = found.interval.low
    return {
        "amount": money(found.amount),
        "low": None if low is None else money(max(0.0, low)),
        "high": money(found.interval.high),
    }


def move_of(
    assessment: Assessment, paired: tuple[PerSample, PerSample], samples: SampleColumns, traffic: Traffic
) -> dict[str, Any]:
    """Money and the typical request, the baseline's `paired` first; what cannot be known is `None`."""
    before, after = paired
    found = saving(before.costs, after.costs, samples.categories, samples.clusters, traffic.volumes)
    return {
        "saving": _saving(found),
        "payback": _payback(assessment, found, traffic),
        "typical": typical_change(before.seconds, after.seconds),
    }


def _saving(found: Saving | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "amount": money(found.amount),
        "low": money(found.interval.low),
        "high": money(found.interval.high),
        "today": money(found.today),
        "after": money(found.after),
        "n": found.n,
        "unseen": found.unseen,
        "by_category": {name: money(amount) for name, amount in found.by_category.items()},
    }


def _payback(assessment: Assessment, found: Saving | None, traffic: Traffic) -> dict[str, Any] | None:
    """`None` without a monthly volume or without a one-off cost: then there is nothing to repay."""
    if found is None or not traffic.monthly or not assessment.migration_cost_nanos:
        return None
    one_off = from_nanos(assessment.migration_cost_nanos)
    back = payback(found, float(one_off))
    return {
        "one_off": one_off,
        "months": back.months,
        "low": back.low,
        "high": back.high,
        "first_year": money(back.first_year),
        "first_year_low": money(back.first_year_interval.low),
        "first_year_high": money(back.first_year_interval.high),
    }


def headroom_of(columns: CandidateColumns, traffic: Traffic) -> dict[str, Any] | None:
    """The busiest minute beside what the connection allows; `None` where either is unknown."""
    if traffic.peak is None:
        return None
    entry, calls = columns.entry, columns.calls
    per_request = mean_count(calls.input_tokens, calls.output_tokens)
    limits = {
        "requests": (entry.connection.requests_per_minute, float(traffic.peak)),
        "tokens": (
            entry.connection.tokens_per_minute,
            None if per_request is None else traffic.peak * per_request,
        ),
    }
    shares = {
        name: {"limit": limit, "peak": peak, "share": peak / limit}
        for name, (limit, peak) in limits.items()
        if limit and peak is not None
    }
    return shares or None


def money(amount: float | None) -> Decimal | None:
    """A projected amount as a decimal, to the nano that costs are kept in."""
    return None if amount is None or not np.isfinite(amount) else Decimal(repr(round(float(amount), 9)))
