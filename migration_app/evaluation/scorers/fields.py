"""Precision, recall and F1 over the fields of a JSON answer.

Facts are pairs (path, value). A null is the absence of a fact: inventing a value for it costs
precision, leaving it out costs nothing. TP counts facts on both sides (as multisets), F1 =
2·TP / (facts said + facts wanted) (van Rijsbergen 1979, chapter 7, with β = 1). The items of a
list are paired as `Comparison.common` tells, so that two prices that changed places are two mistakes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, best_of, parameter, scored, unscored
from .facts import FIELD_TYPES, Comparison, Fact, field_type, leaves
from .json_reading import NotJson, Reading, read_answer, read_reference
from .json_scorers import FENCE_HELP, not_json
from .text import excerpt

ORDER_HELP = gettext_noop("Lists must be in the same order; else their items may come in any.")


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
            "Type of each field, by its path (order.date, items[].price): text, exact, number, date, "
            "datetime or boolean. Fields not named are compared by the type of the expected value."
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
    ordered_lists: bool = parameter(False, ORDER_HELP, kind="boolean")

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
            wanted = read_reference(reference)
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
        due = leaves(wanted)
        types = {path: field_type(value) for path, value in due} | dict(self.fields)
        both = Comparison(types, self.ordered_lists)
        mine, theirs = both.facts(said.value), both.stated(due)
        right = mine & theirs if said.value == wanted else both.common(said.value, wanted)
        return self._count(mine, theirs, right, said.remark)

    def _count(self, said: Counter[Fact], wanted: Counter[Fact], right: Counter[Fact], remark: str) -> Score:
        sides = {
            "precision": said.total(),
            "recall": wanted.total(),
            "f1": (said.total() + wanted.total()) / 2,
        }
        out_of = sides[self.measure]
        if not out_of:
            # Nothing said and nothing wanted is agreement; precision of silence is 0 when facts were due.
            return scored(said == wanted or self.measure == "recall", _tally(said, wanted, right) + remark)
        return scored(right.total() / out_of, _tally(said, wanted, right) + remark)


def _tally(said: Counter[Fact], wanted: Counter[Fact], right: Counter[Fact]) -> str:
    missed, extra = _paths(wanted - right), _paths(said - right)
    parts = [english("{total} of {total_2} fields right", total=right.total(), total_2=wanted.total())]
    if missed:
        parts.append(english("missed or wrong: {missed}", missed=missed))
    if extra:
        parts.append(english("wrong or made up: {extra}", extra=extra))
    return "; ".join(parts) + "."


def _paths(facts: Counter[Fact]) -> str:
    named = list(dict.fromkeys(path or "value" for path, _ in facts))
    return ", ".join(name[:60] for name in named[:5]) + (" …" if len(named) > 5 else "")
