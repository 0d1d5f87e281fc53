"""The table of scorers, and how one is made from a name and parameters out of a form or a file.

A new scorer is a frozen dataclass like its neighbours, plus one line in `SCORERS`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..wording import english
from .base import BadParameter, Parameter, Scorer, UnknownScorer, parameters_of
from .composite import Composite
from .embedding import EmbeddingSimilarity
from .fields import FieldScore
from .form import Language, Length, NotRefused
from .json_scorers import JsonSchema, JsonValidity
from .judged import PairwiseJudge, RubricJudge
from .matching import Contains, ExactMatch, NormalisedMatch
from .numeric import NumericMatch
from .patterns import NotContains, Pattern
from .similarity import Bleu, Chrf, Rouge
from .tool_calls import ToolCallMatch

SCORERS: Mapping[str, type[Scorer]] = {
    "exact_match": ExactMatch,
    "normalised_match": NormalisedMatch,
    "contains": Contains,
    "not_contains": NotContains,
    "regex": Pattern,
    "numeric": NumericMatch,
    "json_validity": JsonValidity,
    "json_schema": JsonSchema,
    "field_f1": FieldScore,
    "tool_calls": ToolCallMatch,
    "rouge": Rouge,
    "chrf": Chrf,
    "bleu": Bleu,
    "embedding": EmbeddingSimilarity,
    "length": Length,
    "language": Language,
    "not_refused": NotRefused,
    "composite": Composite,
    "rubric_judge": RubricJudge,
    "pairwise_judge": PairwiseJudge,
}
_JUDGED = {RubricJudge.name, PairwiseJudge.name}

MAX_PROSE_CHARS = 8_000

# Where nothing was chosen and the data suggests nothing: strict, and it leaves samples without a
# reference unscored, saying why.
DEFAULT_SCORER = "normalised_match"


def is_judged(name: str | None) -> bool:
    """Whether a judge gives this scorer's marks."""
    return name in _JUDGED


def label_of(name: str | None) -> str:
    """A scorer's label, the default's for none; a name of another version is shown as it is."""
    scorer = SCORERS.get(name or DEFAULT_SCORER)
    return scorer.label if scorer else str(name).replace("_", " ")


def build(name: str, **parameters: Any) -> Scorer:
    """A scorer by its name in `SCORERS`; parameters left out take their defaults.

    A composite's parts are given as settings, and built here. Raises UnknownScorer and BadParameter.
    """
    if name not in SCORERS:
        raise UnknownScorer(
            english(
                "There is no scorer named {name!r}. Choose one of: {scorers}.",
                name=name,
                scorers=", ".join(SCORERS),
            )
        )
    made: Any = SCORERS[name]
    known = {item.name: item for item in parameters_of(made)}
    for given in parameters:
        if given not in known:
            names = ", ".join(known) or "none"
            raise BadParameter(
                english(
                    "“{label}” has no parameter named {given!r}. It has: {names}.",
                    label=made.label,
                    given=given,
                    names=names,
                )
            )
    checked = {given: _checked(known[given], value) for given, value in parameters.items()}
    if made is Composite:
        checked["built"] = tuple(build_part(part) for part in checked.get("parts", ()))
    scorer: Scorer = made(**checked)
    return scorer


def build_part(part: Mapping[str, Any]) -> Scorer:
    """One scorer of a composite, from its settings. Raises BadParameter, UnknownScorer."""
    name = part.get("name")
    if name == Composite.name:
        raise BadParameter(english("A combined score cannot be part of another. Name its parts one by one."))
    if is_judged(name if isinstance(name, str) else None):
        raise BadParameter(
            english("A judge's mark cannot be combined with others. Let the judge's rubric name them.")
        )
    parameters = part.get("parameters") or {}
    if not isinstance(name, str) or not isinstance(parameters, Mapping):
        raise BadParameter(english("Each part of a combined score needs the name of a way of scoring."))
    return build(name, **parameters)


def settings_of(scorer: Scorer) -> dict[str, Any]:
    """Every parameter of a scorer with its value, so that `build(name, **settings)` makes it again."""
    return {item.name: getattr(scorer, item.name) for item in parameters_of(scorer)}


def _checked(item: Parameter, value: Any) -> Any:
    """`value` if it suits the parameter. Raises BadParameter."""
    if value is None and item.default is None:
        return None
    if not _KINDS[item.kind](value):
        raise BadParameter(
            english(
                "The parameter {name!r} must be {words}, not {value!r:.60}.",
                name=item.name,
                words=_WORDS[item.kind],
                value=value,
            )
        )
    if item.kind in ("lines", "parts"):
        return tuple(value)
    if item.choices and value not in item.choices:
        raise BadParameter(
            english(
                "The parameter {name!r} must be one of {choices}.",
                name=item.name,
                choices=", ".join(item.choices),
            )
        )
    if item.low is not None and value < item.low:
        raise BadParameter(
            english("The parameter {name!r} must not be below {low:g}.", name=item.name, low=item.low)
        )
    return value


def _is_number(value: Any) -> bool:
    try:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    except OverflowError:
        return False


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "boolean": lambda value: isinstance(value, bool),
    "number": _is_number,
    "choice": lambda value: isinstance(value, str),
    "mapping": lambda value: isinstance(value, Mapping),
    "text": lambda value: isinstance(value, str),
    "prose": lambda value: isinstance(value, str) and 0 < len(value.strip()) <= MAX_PROSE_CHARS,
    "lines": lambda value: _is_list(value) and all(isinstance(line, str) for line in value),
    "parts": lambda value: _is_list(value) and all(isinstance(part, Mapping) for part in value),
}
_WORDS = {
    "boolean": english("true or false"),
    "number": "a number",
    "choice": "a word",
    "mapping": english("an object"),
    "text": "a text",
    "prose": english("a text of 1 to {max_prose_chars:,} characters", max_prose_chars=MAX_PROSE_CHARS),
    "lines": english("a list of texts"),
    "parts": english("a list of objects"),
}
