"""Options ranked by what matters to the person: quality, cost and speed, each with a weight.

Each criterion runs from 0, the worst of the options, to 1, the best (swing weights: Keeney &
Raiffa, *Decisions with Multiple Objectives*, 1976). An option's score is the weighted mean. An
option with an unknown figure has no score; one that breaks a must-have rule is never first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CRITERIA = ("quality", "cost", "speed")
DEFAULT = {"quality": 0.5, "cost": 0.3, "speed": 0.2}
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True)
class Ratable:
    """An option: each criterion from 0 to 1 (`None` unknown), and whether it keeps the must-have rules."""

    key: int | str
    ratings: Mapping[str, float | None]
    passes: bool = True


@dataclass(frozen=True, slots=True)
class Ranked:
    """An option's score from 0 to 1, `None` where a weighted criterion is unknown."""

    key: int | str
    score: float | None
    passes: bool


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How far one weight may move, the others keeping their proportions, before another is first.

    `low` and `high` are shares in [0, 1]; `None` where the leader stays first to the end.
    """

    criterion: str
    share: float
    low: float | None
    high: float | None


def ratings(values: Sequence[float | None], *, more_is_better: bool) -> list[float | None]:
    """Figures as ratings: 1 the best, 0 the worst; all 1 where they are equal; unknown stays `None`."""
    known = [value for value in values if value is not None]
    if not known:
        return [None] * len(values)
    low, high = min(known), max(known)
    if high - low <= _ROUNDING * max(abs(high), 1.0):
        return [None if value is None else 1.0 for value in values]
    best, worst = (high, low) if more_is_better else (low, high)
    return [None if value is None else (value - worst) / (best - worst) for value in values]


def normalised(weights: Mapping[str, float]) -> dict[str, float]:
    """Weights that add up to 1; equal ones where none is above 0."""
    positive = {name: max(0.0, float(weights.get(name, 0.0))) for name in CRITERIA}
    total = sum(positive.values())
    return {name: (value / total if total else 1 / len(CRITERIA)) for name, value in positive.items()}


def rank(options: Iterable[Ratable], weights: Mapping[str, float]) -> list[Ranked]:
    """Those that keep the rules first, each group by score, those without a score last."""
    shares = normalised(weights)
    found = [Ranked(option.key, _score(option, shares), option.passes) for option in options]
    return sorted(found, key=lambda one: (not one.passes, one.score is None, -(one.score or 0.0)))


def sensitivities(options: Sequence[Ratable], weights: Mapping[str, float]) -> list[Sensitivity]:
    """For the option now first, how far each weight may move; empty where nobody is first."""
    shares = normalised(weights)
    ranked = [one for one in rank(options, weights) if one.passes and one.score is not None]
    if not ranked:
        return []
    rivals = {option.key: option for option in options}
    leader = rivals[ranked[0].key]
    others = [rivals[one.key] for one in ranked[1:]]
    return [_sensitivity(leader, others, shares, name) for name in CRITERIA]


def _score(option: Ratable, shares: Mapping[str, float]) -> float | None:
    total = 0.0
    for name, share in shares.items():
        rating = option.ratings.get(name)
        if share and rating is None:
            return None
        total += share * (rating or 0.0)
    return total


def _sensitivity(
    leader: Ratable, others: Sequence[Ratable], shares: Mapping[str, float], name: str
) -> Sensitivity:
    """Both scores are straight lines in the weight's share, so they cross at most once."""
    low: float | None = None
    high: float | None = None
    share = shares[name]
    rest = {other: 0.0 if other == name else value for other, value in shares.items()}
    if not sum(rest.values()):
        rest = {other: float(other != name) for other in shares}
    total = sum(rest.values())
    for rival in others:
        here = _gap(leader, rival, {name: 1.0})
        there = _gap(leader, rival, {other: value / total for other, value in rest.items()})
        if abs(here - there) <= _ROUNDING:
            continue
        crossing = there / (there - here)
        if not -_ROUNDING <= crossing <= 1 + _ROUNDING:
            continue
        if here < there and (high is None or crossing < high):  # more of this weight helps the rival
            high = max(crossing, share)
        elif here > there and (low is None or crossing > low):
            low = min(crossing, share)
    return Sensitivity(name, share, low, high)


def _gap(leader: Ratable, rival: Ratable, shares: Mapping[str, float]) -> float:
    return (_score(leader, shares) or 0.0) - (_score(rival, shares) or 0.0)
