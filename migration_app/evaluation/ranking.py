"""Options ranked by what matters to the person: quality, cost and speed, each with a weight.

Each criterion runs from 0, the worst of the options, to 1, the best (swing weights: Keeney &
Raiffa, *Decisions with Multiple Objectives*, 1976). An option's score is the weighted mean. An
option with an unknown figure has no score; one that breaks a must-have rule is never first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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

    The leader is first, or shares the first place, for every share from `low` to `high`, both in [0, 1],
    and for none beyond; `None` where it stays so to the end. `low_is_lost`, `high_is_lost`: at the bound
    itself it is not first either, because there a figure begins or ceases to count that an option lacks.
    """

    criterion: str
    share: float
    low: float | None
    high: float | None
    low_is_lost: bool = False
    high_is_lost: bool = False


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
    leader = next(option for option in options if option.key == ranked[0].key)
    rivals = [option for option in options if option.passes and option.key != leader.key]
    return [_sensitivity(leader, rivals, shares, name) for name in CRITERIA]


def _score(option: Ratable, shares: Mapping[str, float]) -> float | None:
    total = 0.0
    for name, share in shares.items():
        rating = option.ratings.get(name)
        if share and rating is None:
            return None
        total += share * (rating or 0.0)
    return total


def _sensitivity(
    leader: Ratable, rivals: Sequence[Ratable], shares: Mapping[str, float], name: str
) -> Sensitivity:
    """Between the ends all scores are straight lines in the weight's share, so two cross at most once.

    At an end one criterion, or all others, weigh nothing: an option that lacks their figures has a
    score there and nowhere else.
    """
    share, at = shares[name], _moved(shares, name)
    if _score(leader, at(0.5)) is None:  # a figure it lacks would count as soon as the weight moves
        return Sensitivity(name, share, share, share)
    low, high = 0.0, 1.0
    for rival in rivals:
        lead_at_none, lead_at_all = (_lead(leader, rival, at, edge) for edge in (0.0, 1.0))
        if lead_at_none is None or lead_at_all is None:
            continue
        if lead_at_none < -_ROUNDING:
            low = max(low, lead_at_none / (lead_at_none - lead_at_all))
        elif lead_at_all < -_ROUNDING:
            high = min(high, lead_at_none / (lead_at_none - lead_at_all))
    low_is_lost = low == 0 and not _is_first(leader, rivals, at(0.0))
    high_is_lost = high == 1 and not _is_first(leader, rivals, at(1.0))
    return Sensitivity(
        name,
        share,
        min(low, share) if low or low_is_lost else None,
        max(high, share) if high < 1 or high_is_lost else None,
        low_is_lost,
        high_is_lost,
    )


def _moved(shares: Mapping[str, float], name: str) -> Callable[[float], dict[str, float]]:
    """The weights with one share moved; the others keep their proportions, alike where all are 0."""
    rest = {other: value for other, value in shares.items() if other != name}
    total = sum(rest.values())
    parts = {other: value / total if total else 1 / len(rest) for other, value in rest.items()}
    return lambda share: {name: share} | {other: (1 - share) * part for other, part in parts.items()}


def _lead(
    leader: Ratable, rival: Ratable, at: Callable[[float], dict[str, float]], edge: float
) -> float | None:
    """What the leader's line has over the rival's at an end; `None` where the rival has no line."""
    if _score(rival, at(0.5)) is None:
        return None
    return (_score(leader, at(edge)) or 0.0) - (_score(rival, at(edge)) or 0.0)


def _is_first(leader: Ratable, rivals: Sequence[Ratable], shares: Mapping[str, float]) -> bool:
    own = _score(leader, shares)
    others = [score for rival in rivals if (score := _score(rival, shares)) is not None]
    return own is not None and all(own >= score - _ROUNDING for score in others)
