"""What a call costs, in `Decimal`. An unknown price or an unknown count gives `None`, never 0.

How the parts of a call lie inside each other, so that no token is charged twice::

    input_tokens   = cached reads + cache writes (of them 1 h) + images + the rest
    output_tokens  = reasoning + the rest
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from .outcomes import Usage
from .price_lists import MachineTimePrice, Price, Rates, TokenPrice

SECONDS_PER_HOUR = 3600


def cost_of_call(price: Price, usage: Usage, seconds: float | None) -> Decimal | None:
    """Cost of one call in `price.currency`; `None` when a part that matters is unknown.

    Each token is charged once, at its own price; a part that the vendor did not report is
    charged as what it is a part of. A negative count is a fault, so the cost is unknown.
    `seconds` is how long the call kept its slot busy; only machine time needs it.
    """
    if isinstance(price, MachineTimePrice):
        return _machine_time(price, seconds)
    parts = parts_of(usage)
    images = usage.images
    if parts is None or (price.per_image is not None and (images is None or images < 0)):
        return None
    total = (price.per_request or Decimal(0)) + (price.per_image or Decimal(0)) * (images or 0)
    for tokens, per_million in _charged(price, parts):
        if tokens and per_million is None:
            return None
        total += (tokens * (per_million or Decimal(0))).scaleb(-6)
    return total


class Parts(NamedTuple):
    """A call's tokens, each counted once, in the order of `Rates`."""

    input: int
    cached: int
    written: int
    written_1h: int
    image: int
    output: int
    reasoning: int

    @property
    def prompt(self) -> int:
        """Input tokens in all: what a tier looks at."""
        return self.input + self.cached + self.written + self.written_1h + self.image


def parts_of(usage: Usage) -> Parts | None:
    """The usage taken apart; `None` where input or output is unknown, or a count is negative.

    A vendor whose parts exceed their total contradicts itself; the parts are still charged once.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached, written, hour, image, reasoning = (
        count or 0
        for count in (
            usage.cached_input_tokens,
            usage.cache_write_tokens,
            usage.cache_write_1h_tokens,
            usage.image_input_tokens,
            usage.reasoning_tokens,
        )
    )
    if min(usage.input_tokens, usage.output_tokens, cached, written, hour, image, reasoning) < 0:
        return None
    hour = min(hour, written)
    rest = max(0, usage.input_tokens - cached - written)
    image = min(image, rest)  # an image that was read from the cache is a cached read
    reasoning = min(reasoning, usage.output_tokens)
    return Parts(
        rest - image, cached, written - hour, hour, image, usage.output_tokens - reasoning, reasoning
    )


def most_a_call_can_cost(
    price: Price,
    input_tokens_upper: int,
    max_output_tokens: int | None,
    deadline_seconds: float | None,
    images: int = 0,
) -> Decimal | None:
    """Upper bound of a call's cost, to reserve from a budget before sending it.

    All input is taken at its dearest price (a cache write may cost more than plain input), in
    the dearest tier it can reach. `None` when no bound is known: an unpriced model, or no limit
    on the output.
    """
    if isinstance(price, MachineTimePrice):
        return _machine_time(price, deadline_seconds)
    if max_output_tokens is None or price.input_per_million is None:
        return None
    if price.output_per_million is None and max_output_tokens:
        return None
    reached = [None, *(tier for tier in price.tiers if tier.above < input_tokens_upper)]
    rates = [price.rates(tier) for tier in reached]
    dearest_in = max(one for rate in rates for one in rate[:5] if one is not None)
    dearest_out = max((one for rate in rates for one in rate[5:] if one is not None), default=Decimal(0))
    tokens = input_tokens_upper * dearest_in + max_output_tokens * dearest_out
    return tokens.scaleb(-6) + (price.per_request or 0) + (price.per_image or 0) * images


def _charged(price: TokenPrice, parts: Parts) -> Iterator[tuple[int, Decimal | None]]:
    """Tokens with the price they are charged at."""
    if price.whole_call:
        reached = [tier for tier in price.tiers if parts.prompt > tier.above]
        yield from zip(parts, price.rates(reached[-1] if reached else None), strict=True)
        return
    yield from zip(parts[5:], price.rates()[5:], strict=True)
    for low, high, rates in stretches(price):
        begin = 0
        for tokens, per_million in prompt_order(parts, rates):
            end = begin + tokens
            inside = (end if high is None else min(end, high)) - max(begin, low)
            yield max(0, inside), per_million
            begin = end


def stretches(price: TokenPrice) -> Iterator[tuple[int, int | None, Rates]]:
    """Stretches of the prompt, (from, to, rates), of a price whose tiers charge what is beyond them."""
    edges = [0, *(tier.above for tier in price.tiers)]
    ends = [*edges[1:], None]
    yield from zip(edges, ends, [price.rates(), *(price.rates(tier) for tier in price.tiers)], strict=True)


def prompt_order(parts: Parts, rates: Rates) -> Iterator[tuple[int, Decimal | None]]:
    """The prompt's parts with their prices, in the order in which they stand in it."""
    for name in ("cached", "written", "written_1h", "image", "input"):
        yield getattr(parts, name), getattr(rates, name)


def _machine_time(price: MachineTimePrice, seconds: float | None) -> Decimal | None:
    if seconds is None or seconds < 0:
        return None
    return Decimal(str(seconds)) * price.per_hour / (SECONDS_PER_HOUR * price.slots)
