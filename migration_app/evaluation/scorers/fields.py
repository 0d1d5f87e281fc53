"""Precision, recall and F1 over the fields of a JSON answer.

Facts are pairs (path, value); lists are compared without regard to order. A null is the
absence of a fact: inventing a value for it costs precision, leaving it out costs nothing.
TP counts facts on both sides (as multisets), F1 = 2·TP / (facts said + facts wanted)
(van Rijsbergen 1979, chapter 7, with β = 1).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, best_of, parameter, scored, unscored
from .json_reading import NotJson, Reading, read_answer, read_json
from .json_scorers import FENCE_HELP, not_json
from .numeric import numbers_in
from .text import excerpt, normalise

FIELD_TYPES = ("text", "exact", "number", "date", "boolean")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?=$|[T ])")
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}

Fact = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class FieldScore:
    """How many of the reference's fields the answer got right."""

    name: ClassVar[str] = "field_f1"
    label: ClassVar[str] = gettext_noop("Right fields in JSON")
    explanation: ClassVar[str] = gettext_noop(
        "The share of fields that are right; fields that were missed and fields that were made up both cost."
    )
    needs_reference: ClassVar[bool] = True

    fields: Mapping[str, str] = parameter(
        {},
        gettext_noop(
            "Type of each field, by its path (order.date, items[].price): text, exact, number, date or "
            "boolean. Fields not named are compared by the type of the expected value."
        ),
        kind="mapping",
    )
    measure: str = parameter(
        "f1",
        gettext_noop(
            "F1 weighs missed and made-up fields alike; recall forgives made-up ones, precision missed ones."
        ),
        kind="choice",
        choices=("f1", "precision", "recall"),
    )
    allow_fence: bool = parameter(True, FENCE_HELP, kind="boolean")

    def __post_init__(self) -> None:
        for path, kind in self.fields.items():
            if kind not in FIELD_TYPES:
                raise BadParameter(
                    english(
                        "Field {path} has the type {kind!r}; use one of {field_types}.",
                        path=excerpt(path),
                        kind=kind,
                        field_types=", ".join(FIELD_TYPES),
                    )
                )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        said: Reading | NotJson
        try:
            said = read_answer(answer, allow_fence=self.allow_fence)
        except NotJson as error:
            said = error
        return best_of(expected.references, lambda reference: self._compare(answer, said, reference))

    def _compare(self, answer: Answer, said: Reading | NotJson, reference: str) -> Score:
        try:
            wanted = read_json(reference)
        except NotJson as error:
            return unscored(
                english(
                    "The reference {reference} is not JSON: {error}.",
                    reference=excerpt(reference),
                    error=error,
                )
            )
        if isinstance(said, NotJson):
            return not_json(answer, said)
        types = {path: field_type(value) for path, value in leaves(wanted)} | dict(self.fields)
        return self._count(facts_of(said.value, types), facts_of(wanted, types), said.remark)

    def _count(self, said: Counter[Fact], wanted: Counter[Fact], remark: str) -> Score:
        right = (said & wanted).total()
        sides = {
            "precision": said.total(),
            "recall": wanted.total(),
            "f1": (said.total() + wanted.total()) / 2,
        }
        out_of = sides[self.measure]
        if not out_of:
            # Nothing said and nothing wanted is agreement; precision of silence is 0 when facts were due.
            return scored(said == wanted or self.measure == "recall", _tally(said, wanted) + remark)
        return scored(right / out_of, _tally(said, wanted) + remark)


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar in a JSON value with its path: `order.date`, `items[].price`."""
    if isinstance(value, dict):
        for key, child in value.items():
            yield from leaves(child, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for child in value:
            yield from leaves(child, f"{path}[]")
    else:
        yield path, value


def field_type(value: Any) -> str:
    """The type by which a reference value is compared when nobody named one."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    return "date" if isinstance(value, str) and _as_date(value) else "text"


def facts_of(value: Any, types: Mapping[str, str]) -> Counter[Fact]:
    """The facts in a JSON value, each as often as it is stated; a null states nothing."""
    return Counter(
        (path, _canonical(leaf, types.get(path, "text"))) for path, leaf in leaves(value) if leaf is not None
    )


def _canonical(value: Any, kind: str) -> Any:
    """Values that mean the same become equal; what cannot be read as its type stays a text."""
    written = value if isinstance(value, str) else str(value)
    if kind == "exact":
        return written
    if kind == "number" and not isinstance(value, bool):
        return _as_number(value, written)
    if kind == "boolean":
        return value if isinstance(value, bool) else _YES_NO.get(written.strip().casefold(), written)
    return (_as_date(written) if kind == "date" else None) or normalise(written)


def _as_number(value: Any, written: str) -> Any:
    """`£89.50` is 89.5, but `2 at £89.50` is not a number."""
    if not isinstance(value, str):
        return Decimal(str(value))
    found = list(numbers_in(value[:200]))
    return found[0] if len(found) == 1 else normalise(written)


def _as_date(written: str) -> date | None:
    """A date in ISO 8601, also at the head of a timestamp. Other spellings are ambiguous."""
    match = _ISO_DATE.match(written.strip())
    try:
        return date.fromisoformat(match.group()) if match else None
    except ValueError:
        return None


def _tally(said: Counter[Fact], wanted: Counter[Fact]) -> str:
    right, missed, extra = said & wanted, _paths(wanted - said), _paths(said - wanted)
    parts = [english("{total} of {total_2} fields right", total=right.total(), total_2=wanted.total())]
    if missed:
        parts.append(english("missed or wrong: {missed}", missed=missed))
    if extra:
        parts.append(english("wrong or made up: {extra}", extra=extra))
    return "; ".join(parts) + "."


def _paths(facts: Counter[Fact]) -> str:
    named = list(dict.fromkeys(path or "value" for path, _ in facts))
    return ", ".join(name[:60] for name in named[:5]) + (" …" if len(named) > 5 else "")
