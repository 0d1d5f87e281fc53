"""What every scorer takes and gives.

    ScorerError
    ├── UnknownScorer   no scorer has this name
    └── BadParameter    a parameter is unknown, of the wrong kind, or out of range

A scorer is a frozen dataclass: its fields are its parameters, its class attributes say in
plain English what it does. Calling it never raises, whatever a model wrote.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar, Protocol

from ..conversations import ToolCall
from ..wording import english
from .text import storable


class ScorerError(ValueError):
    """A scorer cannot be made; the message says what to change."""


class UnknownScorer(ScorerError):
    """No scorer has this name."""


class BadParameter(ScorerError):
    """A parameter does not exist, has the wrong kind, or is out of range."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model gave back."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    refusal: str | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a good answer looks like. With several references the best match counts."""

    references: tuple[str, ...] = ()
    response_format: Mapping[str, Any] | None = None


class ImpossibleScore(ValueError):
    """A scorer that gave no number, or one outside 0 to 1: its failure, never the answer's."""


@dataclass(frozen=True, slots=True)
class Score:
    """A value in [0, 1], or the reason why there is none. Never both, never neither."""

    value: float | None
    unscored: str | None = None
    explanation: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) == (self.unscored is None):
            raise ValueError("A score has either a value or a reason for having none.")
        if self.value is not None and not (math.isfinite(self.value) and 0 <= self.value <= 1):
            raise ImpossibleScore(f"A score lies between 0 and 1, not at {self.value}.")


def scored(value: float | bool, explanation: str = "") -> Score:
    """A score; rounding errors just outside [0, 1] are pulled back in."""
    return Score(min(1.0, max(0.0, float(value))), None, storable(explanation))


def unscored(reason: str) -> Score:
    return Score(None, storable(reason))


class Scorer(Protocol):
    """Anything that turns an answer into a score."""

    name: ClassVar[str]
    label: ClassVar[str]
    explanation: ClassVar[str]
    needs_reference: ClassVar[bool]

    def __call__(self, answer: Answer, expected: Expected) -> Score: ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One setting of a scorer, as a form can show it.

    `kind` is one of boolean, number (empty means no limit where the default is None), choice,
    mapping, text (one line), prose, lines (several texts), parts (a composite's scorers).
    """

    name: str
    kind: str
    default: Any
    explanation: str
    choices: tuple[str, ...] = ()
    low: float | None = None


def parameter(
    default: Any, explanation: str, *, kind: str, choices: Iterable[str] = (), low: float | None = None
) -> Any:
    """A dataclass field that describes itself (see `Parameter`)."""
    metadata = {"kind": kind, "explanation": explanation, "choices": tuple(choices), "low": low}
    if kind == "mapping":
        return field(default_factory=lambda: dict(default), metadata=metadata, hash=False)
    return field(default=default, metadata=metadata, hash=None if kind != "parts" else False)


def parameters_of(scorer: Any) -> tuple[Parameter, ...]:
    """The parameters of a scorer or of its class, in the order they were declared."""
    return tuple(_described(item) for item in fields(scorer) if "kind" in item.metadata)


def _described(item: Field[Any]) -> Parameter:
    default = {} if item.metadata["kind"] == "mapping" else item.default
    return Parameter(item.name, default=default, **item.metadata)


def best_of(references: Iterable[str], judge: Callable[[str], Score]) -> Score:
    """The best score over several references; unscored only when every one of them is.

    Ties go to the first reference, so a score does not depend on chance.
    """
    best: Score | None = None
    for reference in references:
        score = judge(reference)
        if best is None or _rank(score) > _rank(best):
            best = score
    return best or unscored(english("This sample has no reference answer to compare with."))


def _rank(score: Score) -> float:
    return -1.0 if score.value is None else score.value
