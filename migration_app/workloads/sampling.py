"""A part of a log that stands for all of it: stratified by category, drawn with a stated seed.

Each category gives the share that it has in the log (largest remainders, at least one), drawn without
replacement. So the plain mean over the sample is that of the log, and no weights are needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.sizing import detectable_drop

SIZES = (200, 500, 1_000, 2_000, 5_000, 10_000, 20_000)
RECOMMENDED = 1_000
SEED = 20261125  # until a person states another
# Of ten pairs of right-or-wrong scores two differ, until a run has shown how many do.
ASSUMED_DISCORDANCE = 0.2
LEAST_IN_CATEGORY = 20  # what a category needs for a result of its own


def draw(categories: NDArray[np.integer[Any]], size: int, *, seed: int) -> NDArray[np.integer[Any]]:
    """Positions of a sample of `size`, ascending. `categories` has the code of each position's category."""
    if size >= categories.size:
        return np.arange(categories.size, dtype=np.int32)
    generator = np.random.default_rng(seed)
    parts = shares(np.bincount(categories), size)
    chosen = [
        generator.choice(np.flatnonzero(categories == code), int(part), replace=False)
        for code, part in enumerate(parts)
        if part
    ]
    return np.sort(np.concatenate(chosen))


def shares(counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """How many of each category; they add up to `size`, and no category that is there gets none.

    What a rare category needs beyond its share, the largest gives. With more categories than
    places, the largest are served first.
    """
    if np.count_nonzero(counts) >= size:
        first = np.argsort(-counts, kind="stable")[:size]
        return np.isin(np.arange(counts.size), first).astype(np.int64) * np.minimum(counts, 1)
    exact = counts * (size / counts.sum())
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(parts - exact, kind="stable")
    parts[order[: size - parts.sum()]] += 1
    for code in np.flatnonzero((counts > 0) & (parts == 0)):
        parts[np.argmax(parts)] -= 1
        parts[code] = 1
    return parts


def offers(
    categories: NDArray[np.integer[Any]], groups: NDArray[np.int32], *, seed: int
) -> list[dict[str, Any]]:
    """What each size would give: {"size", "sources", "drop", "thin"}, the last one being everything.

    sources: independent sources in it. drop: the smallest drop of the mean score that it would show
    with 80% power at α = 0.05, as a share; None below two sources. thin: categories that get too few
    for a result of their own.
    """
    total = int(categories.size)
    sizes = [size for size in SIZES if size < total * 0.9] + [total]
    return [_offer(categories, groups, size, seed) for size in sizes]


def _offer(
    categories: NDArray[np.integer[Any]], groups: NDArray[np.int32], size: int, seed: int
) -> dict[str, Any]:
    chosen = draw(categories, size, seed=seed)
    sources = int(np.unique(groups[chosen]).size)
    there = np.bincount(categories[chosen], minlength=int(categories.max(initial=0)) + 1)
    return {
        "size": size,
        "sources": sources,
        "drop": detectable_drop(sources, discordance=ASSUMED_DISCORDANCE),
        "thin": int(((there > 0) & (there < LEAST_IN_CATEGORY)).sum()),
    }


def recommended(sizes: list[dict[str, Any]]) -> int:
    """The size that is chosen until somebody chooses: a thousand, or all where there are fewer."""
    return next((offer["size"] for offer in sizes if offer["size"] >= RECOMMENDED), sizes[-1]["size"])
