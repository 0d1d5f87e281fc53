"""What a call costs, in `Decimal`. An unknown price or an unknown count gives `None`, never 0.

Price
├── TokenPrice         a vendor's list: per million tokens, and per request
└── MachineTimePrice   a model run on own machines: per hour of machine time
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from .outcomes import Usage

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Prices per million tokens. `None` is a price we do not have.

    Where the list has no separate price for cached reads or cache writes, the vendor charges
    them as ordinary input. `per_request` is a flat fee; `None` where there is none.
    """

    currency: str
    input_per_million: Decimal | None = None
    cached_input_per_million: Decimal | None = None
    cache_write_per_million: Decimal | None = None
    output_per_million: Decimal | None = None
    per_request: Decimal | None = None


@dataclass(frozen=True, slots=True)
class MachineTimePrice:
    """A machine's price per hour, shared by the `slots` calls it serves at once."""

    currency: str
    per_hour: Decimal
    slots: int

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise ValueError("A machine serves at least one call at a time: give 1 slot or more.")


Price = TokenPrice | MachineTimePrice


def cost_of_call(price: Price, usage: Usage, seconds: float | None) -> Decimal | None:
    """Cost of one call in `price.currency`; `None` when a part that matters is unknown.

    `usage.input_tokens` includes cached reads and cache writes, `usage.output_tokens`
    includes reasoning: each token is charged once, at its own price. `seconds` is how long
    the call kept its slot busy; only machine time needs it.
    """
    if isinstance(price, MachineTimePrice):
        return _machine_time(price, seconds)
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached, written = usage.cached_input_tokens or 0, usage.cache_write_tokens or 0
    # A vendor whose parts exceed its total contradicts itself; the parts are still charged once.
    fresh = max(0, usage.input_tokens - cached - written)
    return _total(
        price,
        (fresh, price.input_per_million),
        (cached, _or_input(price.cached_input_per_million, price)),
        (written, _or_input(price.cache_write_per_million, price)),
        (usage.output_tokens, price.output_per_million),
    )


def most_a_call_can_cost(
    price: Price, input_tokens_upper: int, max_output_tokens: int | None, deadline_seconds: float | None
) -> Decimal | None:
    """Upper bound of a call's cost, to reserve from a budget before sending it.

    All input is taken at its dearest price (a cache write may cost more than plain input).
    `None` when no bound is known: an unpriced model, or no limit on the output.
    """
    if isinstance(price, MachineTimePrice):
        return _machine_time(price, deadline_seconds)
    if max_output_tokens is None or price.input_per_million is None:
        return None
    inputs = (price.input_per_million, price.cached_input_per_million, price.cache_write_per_million)
    dearest = max(per_million for per_million in inputs if per_million is not None)
    return _total(price, (input_tokens_upper, dearest), (max_output_tokens, price.output_per_million))


def _machine_time(price: MachineTimePrice, seconds: float | None) -> Decimal | None:
    if seconds is None:
        return None
    return Decimal(str(seconds)) * price.per_hour / (SECONDS_PER_HOUR * price.slots)


def _or_input(own: Decimal | None, price: TokenPrice) -> Decimal | None:
    return price.input_per_million if own is None else own


def _total(price: TokenPrice, *parts: tuple[int, Decimal | None]) -> Decimal | None:
    """Sum of tokens × price; a missing price matters only where there are tokens to charge."""
    total = price.per_request or Decimal(0)
    for tokens, per_million in parts:
        if tokens == 0:
            continue
        if per_million is None:
            return None
        total += (tokens * per_million).scaleb(-6)
    return total
