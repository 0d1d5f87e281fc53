"""What many calls cost, at once and exactly: whole numbers instead of a `Decimal` per call.

A list price of $0.15 per million tokens is 150,000 units of 10⁻¹² dollars a token, so the cost
of a call is a sum of whole numbers. The sum is kept in 64 bits where it is sure to fit, and in
Python's unbounded integers where it is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .outcomes import Usage
from .price_lists import Rates, TokenPrice
from .pricing import stretches

Counts = NDArray[np.int64]
UNKNOWN = -1  # in a column of counts
_PROMPT = ("cached", "written", "written_1h", "image", "input")


@dataclass(frozen=True, slots=True, eq=False)
class UsageColumns:
    """One row per call, as `Usage` has them; UNKNOWN where the vendor did not say."""

    input: Counts
    cached: Counts
    written: Counts
    written_1h: Counts
    image: Counts
    output: Counts
    reasoning: Counts
    images: Counts

    def __len__(self) -> int:
        return int(self.input.size)

    @classmethod
    def of(cls, **columns: Sequence[int | None]) -> UsageColumns:
        """From lists; those that are not given are unknown. `input` and `output` are needed."""
        size = len(columns["input"])
        names = ("input", "cached", "written", "written_1h", "image", "output", "reasoning", "images")
        return cls(*(_column(columns.get(name), size) for name in names))

    def row(self, index: int) -> Usage:
        """One call, for `cost_of_call`."""

        def count(column: Counts) -> int | None:
            return None if column[index] == UNKNOWN else int(column[index])

        return Usage(
            input_tokens=count(self.input),
            cached_input_tokens=count(self.cached),
            cache_write_tokens=count(self.written),
            output_tokens=count(self.output),
            reasoning_tokens=count(self.reasoning),
            cache_write_1h_tokens=count(self.written_1h),
            image_input_tokens=count(self.image),
            images=count(self.images),
        )


def _column(values: Sequence[int | None] | None, size: int) -> Counts:
    if values is None:
        return np.full(size, UNKNOWN, dtype=np.int64)
    if isinstance(values, np.ndarray):
        return values.astype(np.int64, copy=False)
    return np.fromiter((UNKNOWN if value is None else value for value in values), np.int64, size)


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Whole `units` of 10^−exponent of the currency, one per call; `known` says which are costs."""

    units: NDArray[Any]  # int64, or Python integers where 64 bits might not hold them
    known: NDArray[np.bool_]
    exponent: int

    def decimals(self) -> Iterator[Decimal | None]:
        """The exact costs, as `cost_of_call` gives them."""
        for units, known in zip(self.units.tolist(), self.known.tolist(), strict=True):
            yield Decimal(units).scaleb(-self.exponent) if known else None

    def total(self, times: Counts) -> Decimal:
        """The exact sum of the known costs, each counted so many times."""
        units = self.units[self.known].astype(object) * times[self.known].astype(object)
        return Decimal(int(units.sum())).scaleb(-self.exponent)


def costs_of_calls(price: TokenPrice, usage: UsageColumns) -> Costs:
    """`cost_of_call` of every row, exact to the last digit."""
    parts, known = _parts(usage)
    if price.per_image is not None:
        known &= usage.images >= 0
    exponent, factor = _exponent(price)
    kind = _integers(price, parts, usage, factor)
    units = np.full(len(usage), _whole(price.per_request or Decimal(0), exponent), dtype=kind)
    if price.per_image is not None:
        units += np.maximum(usage.images, 0).astype(kind) * _whole(price.per_image, exponent)
    for rows, tokens, per_million in _charged(price, parts):
        if per_million is None:
            known[rows & (tokens > 0)] = False
        else:
            units += np.where(rows, tokens, 0).astype(kind) * _whole(per_million, factor)
    return Costs(units, known, exponent)


def _parts(usage: UsageColumns) -> tuple[dict[str, Counts], NDArray[np.bool_]]:
    """Every token counted once (as `pricing.parts_of`), and which rows have a cost at all."""
    columns = (usage.cached, usage.written, usage.written_1h, usage.image, usage.reasoning)
    known = (usage.input >= 0) & (usage.output >= 0)
    for column in columns:
        known &= column >= UNKNOWN
    cached, written, hour, image, reasoning = (np.maximum(column, 0) for column in columns)
    given, output = np.maximum(usage.input, 0), np.maximum(usage.output, 0)
    hour = np.minimum(hour, written)
    rest = np.maximum(0, given - cached - written)
    image, reasoning = np.minimum(image, rest), np.minimum(reasoning, output)
    parts = {
        "input": rest - image, "cached": cached, "written": written - hour, "written_1h": hour,
        "image": image, "output": output - reasoning, "reasoning": reasoning,
    }  # fmt: skip
    return parts, known


def _charged(
    price: TokenPrice, parts: dict[str, Counts]
) -> Iterator[tuple[NDArray[np.bool_], Counts, Decimal | None]]:
    """(rows, tokens, price per million) of every part in every tier."""
    everywhere = np.ones(parts["input"].size, dtype=bool)
    if not price.tiers:
        yield from ((everywhere, parts[name], rate) for name, rate in _named(price.rates()))
    elif price.whole_call:
        prompt = sum((parts[name] for name in _PROMPT), np.zeros_like(parts["input"]))
        for low, high, rates in stretches(price):
            rows = (prompt > low if low else everywhere) & (everywhere if high is None else prompt <= high)
            yield from ((rows, parts[name], rate) for name, rate in _named(rates))
    else:
        yield from (
            (everywhere, parts[name], getattr(price.rates(), name)) for name in ("output", "reasoning")
        )
        yield from ((everywhere, tokens, rate) for tokens, rate in _in_stretches(price, parts))


def _in_stretches(price: TokenPrice, parts: dict[str, Counts]) -> Iterator[tuple[Counts, Decimal | None]]:
    for low, high, rates in stretches(price):
        begin = np.zeros_like(parts["input"])
        for name in _PROMPT:
            end = begin + parts[name]
            inside = (end if high is None else np.minimum(end, high)) - np.maximum(begin, low)
            yield np.maximum(0, inside), getattr(rates, name)
            begin = end


def _named(rates: Rates) -> Iterator[tuple[str, Decimal | None]]:
    yield from zip(Rates._fields, rates, strict=True)


def _exponent(price: TokenPrice) -> tuple[int, int]:
    """(exponent of the units, the same for a price per million): every amount becomes whole."""
    amounts = [rate for low, high, rates in stretches(price) for rate in rates if rate is not None]
    flat = [fee for fee in (price.per_request, price.per_image) if fee is not None]
    factor = max([_decimals(amount) for amount in amounts] + [_decimals(fee) - 6 for fee in flat] + [3])
    return factor + 6, factor


def _decimals(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int)  # prices are finite
    return max(0, -exponent)


def _whole(amount: Decimal, exponent: int) -> int:
    return int(amount.scaleb(exponent))


def _integers(price: TokenPrice, parts: dict[str, Counts], usage: UsageColumns, factor: int) -> Any:
    """int64 where no sum can pass its end, else Python's own integers."""
    if not len(usage):
        return np.int64
    dearest = max(
        (_whole(rate, factor) for _, _, rates in stretches(price) for rate in rates if rate), default=0
    )
    most = sum(int(column.max()) for column in parts.values()) * dearest
    most += _whole(price.per_request or Decimal(0), factor + 6)
    most += max(0, int(usage.images.max())) * _whole(price.per_image or Decimal(0), factor + 6)
    return np.int64 if most < 2**62 else object
