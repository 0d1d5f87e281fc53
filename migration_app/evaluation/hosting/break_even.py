"""From which volume on own servers are cheaper than an API that asks a price for each request.

With n replicas the fleet costs n·a + s a month (a: one replica, s: staff, spares and the rest) and
carries up to n·v requests; the API costs c for each. Own servers are cheaper somewhere with n
replicas when n·(c·v − a) ≥ s: the smallest such n gives the first break-even. The next replica may
make them dearer again for a while; they stay cheaper for good once n·(c·v − a) ≥ a + s. Where
c·v ≤ a they never are: the machine costs more than the API even when it is full.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .fleet import Terms, capacity
from .throughput import Rate


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Requests a month; None: never. `first`: where own servers are first as cheap; `always`: from
    where on they stay so. low, high: of `first`, over the ends of the API's price and of the rate;
    high None with a first: at the unfavourable ends it never comes."""

    first: float | None
    always: float | None
    low: float | None
    high: float | None


def break_even(
    terms: Terms,
    rate: Rate,
    peak: float,
    per_request: float,
    per_request_low: float | None = None,
    per_request_high: float | None = None,
) -> BreakEven:
    """Against an API that costs so much a request, in the currency of the terms."""
    first = first_volume(terms, rate.value, peak, per_request)
    return BreakEven(
        first=first,
        always=always_volume(terms, rate.value, peak, per_request),
        low=first_volume(terms, rate.high, peak, _or(per_request_high, per_request)),
        high=first_volume(terms, rate.low, peak, _or(per_request_low, per_request)),
    )


def first_volume(terms: Terms, rate: float, peak: float, per_request: float) -> float | None:
    """The smallest volume at which the fleet costs no more than the API."""
    replicas = _fewest(terms, rate, peak, per_request, _fixed(terms))
    if replicas is None:
        return None
    begins = (replicas - 1) * capacity(terms, rate, peak)
    return max(begins, _cost(terms, replicas) / per_request)


def always_volume(terms: Terms, rate: float, peak: float, per_request: float) -> float | None:
    """The volume from which on the fleet never costs more than the API again."""
    one = float(terms.replica_month)
    replicas = _fewest(terms, rate, peak, per_request, _fixed(terms) + one)
    if replicas is None:
        return None
    begins = (replicas - 1) * capacity(terms, rate, peak)
    return max(begins, _cost(terms, replicas) / per_request)


def _fewest(terms: Terms, rate: float, peak: float, per_request: float, to_earn: float) -> int | None:
    margin = per_request * capacity(terms, rate, peak) - float(terms.replica_month)
    if per_request <= 0 or margin <= 0:
        # A fleet that costs nothing a replica and nothing else is as cheap as an API that is free.
        return None
    return max(1, math.ceil(to_earn / margin - 1e-12))


def _fixed(terms: Terms) -> float:
    return float(terms.monthly + terms.spare * terms.replica_month)


def _cost(terms: Terms, replicas: int) -> float:
    return replicas * float(terms.replica_month) + _fixed(terms)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value
