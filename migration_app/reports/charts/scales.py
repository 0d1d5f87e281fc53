"""Axes: round ends and round steps, as a person would draw them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def axis(
    low: float,
    high: float,
    text: Callable[[float, float], str],
    *,
    title: str,
    most: int = 6,
    fit: bool = False,
) -> dict[str, Any]:
    """An axis around [low, high]: {"title", "low", "high", "ticks": [[value, text], …]}.

    `text` is given a tick and the step, so that it can choose its decimals.
    With `fit` the ends stay as given and only the ticks are round.
    """
    step = _step(high - low, most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [round(index * step, 12) for index in range(first, last + 1)]
    start, end = (low, high) if fit else (ticks[0], ticks[-1])
    inside = [tick for tick in ticks if start - 1e-9 <= tick <= end + 1e-9]
    return {"title": title, "low": start, "high": end, "ticks": [[tick, text(tick, step)] for tick in inside]}


def _step(span: float, most: int) -> float:
    """The smallest round step that needs at most `most` gaps."""
    if span <= 0:
        return 1.0
    rough = span / most
    size = 10.0 ** math.floor(math.log10(rough))
    return next(size * step for step in STEPS if size * step >= rough - 1e-12)
