"""Machines for a traffic, and what they cost with all that is idle.

rate at the peak = requests a month ÷ seconds a month × peak factor
replicas         = ⌈ rate at the peak ÷ (rate of one replica × utilisation) ⌉ + spare ones
hours paid       = replicas × 730            hours busy = requests ÷ rate of one replica
cost a month     = hours paid × price of a replica's hour + staff + the rest
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from ..wording import english
from .throughput import Rate

HOURS_PER_MONTH = 730
SECONDS_PER_MONTH = HOURS_PER_MONTH * 3600
MOST_REPLICAS = 100_000


class InvalidHostingError(ValueError):
    """A plan that cannot be worked out: the message says what to change."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """requests: a month. peak: the busiest moments' rate, as a multiple of the average one."""

    requests: float
    peak: float = 3.0

    def __post_init__(self) -> None:
        if self.requests <= 0 or self.peak < 1:
            raise InvalidHostingError("Traffic is above 0, and its peak at least the average.")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a fleet costs, in one currency. replica_hour: all processors of a replica together.

    utilisation: how full a replica may be at the peak. spare: replicas beyond what the peak needs,
    so that one may fail. monthly: staff and everything else that does not grow with the machines.
    """

    replica_hour: Decimal
    utilisation: float = 0.7
    spare: int = 0
    monthly: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not 0 < self.utilisation <= 1 or self.spare < 0 or self.replica_hour < 0 or self.monthly < 0:
            raise InvalidHostingError("Utilisation lies between 0 and 1; prices and spares are not negative.")

    @property
    def replica_month(self) -> Decimal:
        return self.replica_hour * HOURS_PER_MONTH


@dataclass(frozen=True, slots=True)
class Fleet:
    """A month. `utilised`: share of the paid hours in which a replica has work."""

    replicas: int
    hours_paid: float
    hours_busy: float
    machines: Decimal
    monthly: Decimal
    per_1000: Decimal

    @property
    def total(self) -> Decimal:
        return self.machines + self.monthly

    @property
    def hours_idle(self) -> float:
        return max(0.0, self.hours_paid - self.hours_busy)

    @property
    def utilised(self) -> float:
        return min(1.0, self.hours_busy / self.hours_paid)


def fleet(traffic: Traffic, terms: Terms, rate: float) -> Fleet:
    """The machines for a traffic, when one replica serves `rate` requests a second.

    Raises InvalidHostingError where no sensible number of them would do.
    """
    replicas = needed_replicas(traffic, terms, rate) + terms.spare
    machines = replicas * terms.replica_month
    total = machines + terms.monthly
    return Fleet(
        replicas=replicas,
        hours_paid=replicas * HOURS_PER_MONTH,
        hours_busy=traffic.requests / rate / 3600,
        machines=machines,
        monthly=terms.monthly,
        per_1000=total * 1000 / Decimal(repr(float(traffic.requests))),
    )


def fleet_range(traffic: Traffic, terms: Terms, rate: Rate) -> tuple[Fleet, Fleet, Fleet]:
    """(at the slow end of the rate, at its value, at the fast end): dearest, expected, cheapest."""
    return tuple(fleet(traffic, terms, end) for end in (rate.low, rate.value, rate.high))  # type: ignore[return-value]


def needed_replicas(traffic: Traffic, terms: Terms, rate: float) -> int:
    """At least one, spare ones not counted."""
    if rate <= 0:
        raise InvalidHostingError(
            english("One replica serves nothing at that rate. Choose stronger machines.")
        )
    at_peak = traffic.requests / SECONDS_PER_MONTH * traffic.peak
    replicas = max(1, math.ceil(at_peak / (rate * terms.utilisation) - 1e-9))
    if replicas > MOST_REPLICAS:
        raise InvalidHostingError(
            "This traffic would need more machines than anybody has. Check its numbers."
        )
    return replicas


def capacity(terms: Terms, rate: float, peak: float) -> float:
    """Requests a month that one replica more can take."""
    return rate * terms.utilisation * SECONDS_PER_MONTH / peak
