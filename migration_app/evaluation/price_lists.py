"""What a vendor's list, or a machine of one's own, asks. `None` is a price that nobody knows, never 0.

Price
├── TokenPrice         a vendor's list: per million tokens, per image, per request
│   └── LengthTier     other token prices beyond a prompt length
└── MachineTimePrice   a model run on own machines: per hour of machine time
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, NamedTuple

from .wording import english


class InvalidPriceError(ValueError):
    """A price that cannot be charged: the message says what to change."""


class Rates(NamedTuple):
    """Token prices per million as they are charged, fallbacks applied. `None`: no price known."""

    input: Decimal | None
    cached: Decimal | None
    written: Decimal | None
    written_1h: Decimal | None
    image: Decimal | None
    output: Decimal | None
    reasoning: Decimal | None


@dataclass(frozen=True, slots=True)
class LengthTier:
    """Other prices for a prompt of more than `above` input tokens; `None` is the price below it.

    whole_call: the vendor charges the whole call by it, output included (Gemini and Claude above
    200,000 tokens). Otherwise only the input beyond `above` is charged by it, and output is not.
    The prompt is then taken in the order in which caches work: cached first, the rest last.
    """

    above: int
    whole_call: bool = True
    input_per_million: Decimal | None = None
    cached_input_per_million: Decimal | None = None
    cache_write_per_million: Decimal | None = None
    cache_write_1h_per_million: Decimal | None = None
    image_input_per_million: Decimal | None = None
    output_per_million: Decimal | None = None
    reasoning_per_million: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TokenPrice:
    """Prices per million tokens. `None` is a price we do not have.

    Where a list has no separate price for cached reads, cache writes or images, the vendor
    charges them as ordinary input; cache writes for an hour as cache writes; reasoning as
    output. `per_image` and `per_request` are flat fees; `None` where there is none.
    batch_share: what the token prices are multiplied by in the vendor's batch queue (0.5 for
    half price); `None` where no such queue is known. Raises InvalidPriceError.
    """

    currency: str
    input_per_million: Decimal | None = None
    cached_input_per_million: Decimal | None = None
    cache_write_per_million: Decimal | None = None
    output_per_million: Decimal | None = None
    per_request: Decimal | None = None
    cache_write_1h_per_million: Decimal | None = None
    reasoning_per_million: Decimal | None = None
    image_input_per_million: Decimal | None = None
    per_image: Decimal | None = None
    batch_share: Decimal | None = None
    tiers: tuple[LengthTier, ...] = ()

    def __post_init__(self) -> None:
        starts = [tier.above for tier in self.tiers]
        if starts != sorted(set(starts)) or any(above < 1 for above in starts):
            raise InvalidPriceError(
                english("Tiers begin above 0 tokens, each higher than the one before it.")
            )
        if len({tier.whole_call for tier in self.tiers}) > 1:
            raise InvalidPriceError(
                english("A price's tiers are all for the whole call, or all for what is beyond.")
            )
        if any(not tier.whole_call and _prices_output(tier) for tier in self.tiers):
            raise InvalidPriceError(
                english("A tier for what is beyond a prompt length has no price for output.")
            )

    @property
    def whole_call(self) -> bool:
        return not self.tiers or self.tiers[0].whole_call

    def rates(self, tier: LengthTier | None = None) -> Rates:
        """The token prices inside a tier; outside of all without one."""
        own = {
            name: _first(getattr(tier, name) if tier else None, getattr(self, name)) for name in TOKEN_RATES
        }
        fresh, written = own["input_per_million"], own["cache_write_per_million"]
        written = _first(written, fresh)
        return Rates(
            input=fresh,
            cached=_first(own["cached_input_per_million"], fresh),
            written=written,
            written_1h=_first(own["cache_write_1h_per_million"], written),
            image=_first(own["image_input_per_million"], fresh),
            output=own["output_per_million"],
            reasoning=_first(own["reasoning_per_million"], own["output_per_million"]),
        )

    def in_batch(self) -> TokenPrice | None:
        """The same list in the vendor's batch queue; `None` where no such queue is known.

        Every token price is multiplied, in tiers too; flat fees stay.
        """
        if self.batch_share is None:
            return None
        tiers = tuple(replace(tier, **_scaled(tier, self.batch_share)) for tier in self.tiers)
        return replace(self, **_scaled(self, self.batch_share), tiers=tiers, batch_share=None)


TOKEN_RATES = tuple(field.name for field in fields(LengthTier) if field.name.endswith("_per_million"))


@dataclass(frozen=True, slots=True)
class MachineTimePrice:
    """A machine's price per hour, shared by the `slots` calls it serves at once."""

    currency: str
    per_hour: Decimal
    slots: int

    def __post_init__(self) -> None:
        if self.slots < 1:
            raise InvalidPriceError(
                english("A machine serves at least one call at a time: give 1 slot or more.")
            )


Price = TokenPrice | MachineTimePrice


def _first(own: Decimal | None, other: Decimal | None) -> Decimal | None:
    return other if own is None else own


def _prices_output(tier: LengthTier) -> bool:
    return tier.output_per_million is not None or tier.reasoning_per_million is not None


def _scaled(rates: TokenPrice | LengthTier, share: Decimal) -> dict[str, Any]:
    owned = {name: getattr(rates, name) for name in TOKEN_RATES}
    return {name: None if amount is None else amount * share for name, amount in owned.items()}
