"""Several scorers as one: weights for what counts how much, and rules that must hold."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, Scorer, parameter, scored, unscored

MAX_PARTS = 8


@dataclass(frozen=True, slots=True)
class Composite:
    """Σ weight·score / Σ weight over the parts; 0 when a part that must pass falls short.

    A part is `{"name", "parameters"?, "weight"?, "must_pass"?, "at_least"?}`: its weight is 1 and
    its limit 1 unless given. A weight of 0 makes a part a rule only. One unscored part leaves the
    whole unscored, so that candidates are never compared on different parts.
    """

    name: ClassVar[str] = "composite"
    label: ClassVar[str] = gettext_noop("Several rules together")
    explanation: ClassVar[str] = gettext_noop(
        "A weighted mean of several ways of scoring; some may be a must."
    )
    needs_reference: ClassVar[bool] = False

    parts: tuple[Mapping[str, Any], ...] = parameter(
        (), gettext_noop("The ways of scoring that count, each with its weight."), kind="parts"
    )
    built: tuple[Scorer, ...] = field(default=(), compare=False, repr=False)  # by registry.build, in order

    def __post_init__(self) -> None:
        if len(self.parts) > MAX_PARTS:
            raise BadParameter(
                english("A combined score has {max_parts} parts at most. Remove some.", max_parts=MAX_PARTS)
            )
        for part in self.parts:
            _check(part)
        if self.parts and not sum(_weight(part) for part in self.parts):
            raise BadParameter(
                english("Every part has the weight 0, so nothing would count. Give one a weight.")
            )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        if not self.built:
            return unscored(english("No way of scoring was combined; add at least one."))
        total, said = 0.0, []
        for part, scorer in zip(self.parts, self.built, strict=True):
            score = _one(scorer, answer, expected)
            if score.value is None:
                return unscored(
                    english("{label} gives no mark: {reason}", label=scorer.label, reason=score.unscored)
                )
            if part.get("must_pass") and score.value < float(part.get("at_least", 1)):
                return scored(
                    0,
                    english(
                        "{label} is a must and was not met. {explanation}",
                        label=scorer.label,
                        explanation=score.explanation,
                    )[:900],
                )
            total += _weight(part) * score.value
            said.append(english("{label} scores {value:.2f}", label=scorer.label, value=score.value))
        return scored(total / sum(_weight(part) for part in self.parts), "; ".join(said) + ".")


def _one(scorer: Scorer, answer: Answer, expected: Expected) -> Score:
    if scorer.needs_reference and not expected.references:
        return unscored(english("needs a reference answer and this sample has none."))
    return scorer(answer, expected)


def _weight(part: Mapping[str, Any]) -> float:
    return float(part.get("weight", 1))


def _check(part: Mapping[str, Any]) -> None:
    """Raises BadParameter."""
    for key, most in (("weight", 1e6), ("at_least", 1)):
        value = part.get(key, 1)
        usable = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not usable or not 0 <= value <= most:
            raise BadParameter(
                english(
                    "A part's {key!r} must be a number from 0 to {most:g}, not {value!r:.40}.",
                    key=key,
                    most=most,
                    value=value,
                )
            )
    if not isinstance(part.get("must_pass", False), bool):
        raise BadParameter(english("A part's 'must_pass' must be true or false."))
