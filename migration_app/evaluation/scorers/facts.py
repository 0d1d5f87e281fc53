"""What a JSON value states: facts, by path and type; and which of them two values have in common."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from .numeric import numbers_in
from .text import normalise

FIELD_TYPES = ("text", "exact", "number", "date", "datetime", "boolean")
MAX_PAIRS = 10_000  # of list items that are compared for one score, each with each
_ISO_DATE = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|[T ])")
_ISO_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:?\d{2}")
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}

Fact = tuple[str, Any]


def leaves(value: Any, path: str = "") -> list[tuple[str, Any]]:
    """Every scalar in a JSON value with its path: `order.date`, `items[].price`."""
    found: list[tuple[str, Any]] = []
    _gather(value, path, found)
    return found


def _gather(value: Any, path: str, found: list[tuple[str, Any]]) -> None:
    if isinstance(value, dict):
        for key, child in value.items():
            _gather(child, f"{path}.{key}" if path else key, found)
    elif isinstance(value, list):
        for child in value:
            _gather(child, f"{path}[]", found)
    else:
        found.append((path, value))


def field_type(value: Any) -> str:
    """The type by which a reference value is compared when nobody named one."""
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if not isinstance(value, str):
        return "text"
    if _as_datetime(value):
        return "datetime"
    return "date" if _as_date(value) else "text"


@dataclass(slots=True)
class Comparison:
    """Two JSON values by the types of their fields. `ordered`: the items of lists belong in their places."""

    types: Mapping[str, str]
    ordered: bool = False
    left: int = MAX_PAIRS
    known: dict[tuple[str, type, Any], Fact] = field(default_factory=dict)  # each is asked for often

    def facts(self, value: Any, path: str = "") -> Counter[Fact]:
        """The facts in a value, each as often as it is stated; a null states nothing."""
        return self.stated(leaves(value, path))

    def stated(self, found: Sequence[tuple[str, Any]]) -> Counter[Fact]:
        """`facts` of the leaves of a value."""
        return Counter([self._fact(leaf, place) for place, leaf in found if leaf is not None])

    def common(self, said: Any, wanted: Any, path: str = "") -> Counter[Fact]:
        """The facts that both state in the same place; part of `facts` of each.

        The items of a list are paired in order where that counts; else equal ones first, then so that
        most facts agree (Kuhn 1955), and what is left of very long lists in order.
        """
        if isinstance(said, dict) and isinstance(wanted, dict):
            inside: Counter[Fact] = Counter()
            for key in said.keys() & wanted.keys():
                inside.update(self.common(said[key], wanted[key], f"{path}.{key}" if path else key))
            return inside
        if isinstance(said, list) and isinstance(wanted, list):
            return self._lists(said, wanted, f"{path}[]")
        if isinstance(said, dict | list) or isinstance(wanted, dict | list) or said is None or wanted is None:
            return Counter()
        fact = self._fact(said, path)
        return Counter((fact,)) if fact == self._fact(wanted, path) else Counter()

    def _fact(self, value: Any, path: str) -> Fact:
        key = (path, type(value), value)
        fact = self.known.get(key)
        if fact is None:
            fact = self.known[key] = (path, _canonical(value, self.types.get(path, "text")))
        return fact

    def _lists(self, said: Sequence[Any], wanted: Sequence[Any], path: str) -> Counter[Fact]:
        if self.ordered:
            return self._in_order(said, wanted, path)
        plain, nested = ([_those(side, nested=kind) for side in (said, wanted)] for kind in (False, True))
        first, second = (Counter(self._fact(one, path) for one in side if one is not None) for side in plain)
        found = first & second
        found.update(self._paired(nested[0], nested[1], path))
        return found

    def _in_order(self, said: Sequence[Any], wanted: Sequence[Any], path: str) -> Counter[Fact]:
        found: Counter[Fact] = Counter()
        for one, other in zip(said, wanted, strict=False):
            found.update(self.common(one, other, path))
        return found

    def _paired(self, said: list[Any], wanted: list[Any], path: str) -> Counter[Fact]:
        if not said or not wanted:
            return Counter()
        if all(map(_is_flat, said)) and all(map(_is_flat, wanted)):
            return self._flat(said, wanted, path)
        found, said, wanted = self._equals(said, wanted, path)
        pairs = len(said) * len(wanted)
        if not pairs:
            return found
        self.left -= pairs
        if self.left < 0:
            found.update(self._in_order(said, wanted, path))
            return found
        inside = [[self.common(one, other, path) for other in wanted] for one in said]
        worth = np.array([[facts.total() for facts in row] for row in inside])
        for row, column in zip(*_best_pairs(worth), strict=True):
            found.update(inside[row][column])
        return found

    def _flat(self, said: list[Any], wanted: list[Any], path: str) -> Counter[Fact]:
        """As `_paired`, for objects of plain values: each is a set of facts, and sets meet quickly."""
        mine, theirs = ([frozenset(self.facts(one, path)) for one in side] for side in (said, wanted))
        open_ones, rest, found = Counter(theirs), [], list[Fact]()
        for facts in mine:
            if open_ones[facts] > 0:
                open_ones[facts] -= 1
                found.extend(facts)
            else:
                rest.append(facts)
        others = list(open_ones.elements())
        self.left -= len(rest) * len(others)
        if self.left < 0:
            met = [one & other for one, other in zip(rest, others, strict=False)]
        else:
            worth = np.array([[len(one & other) for other in others] for one in rest])
            pairs = zip(*_best_pairs(worth), strict=True) if worth.any() else ()
            met = [rest[row] & others[column] for row, column in pairs]
        return Counter(found + [fact for facts in met for fact in facts])

    def _equals(
        self, said: list[Any], wanted: list[Any], path: str
    ) -> tuple[Counter[Fact], list[Any], list[Any]]:
        """The facts of items that both sides have alike, and what is left of both."""
        places: dict[str, list[int]] = {}
        for place, one in enumerate(wanted):
            places.setdefault(_key(one), []).append(place)
        found: Counter[Fact] = Counter()
        left: list[Any] = []
        taken: set[int] = set()
        for one in said:
            if alike := places.get(_key(one)):
                taken.add(alike.pop())
                found.update(self.facts(one, path))
            else:
                left.append(one)
        return found, left, [one for place, one in enumerate(wanted) if place not in taken]


def _best_pairs(worth: Any) -> tuple[Any, Any]:
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return rows, columns


def _is_flat(value: Any) -> bool:
    return isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values())


def _those(values: Sequence[Any], *, nested: bool) -> list[Any]:
    return [one for one in values if isinstance(one, dict | list) == nested]


def _key(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _canonical(value: Any, kind: str) -> Any:
    """Values that mean the same become equal; what cannot be read as its type stays a text."""
    written = value if isinstance(value, str) else str(value)
    if kind == "exact":
        return written
    if kind == "number" and not isinstance(value, bool):
        return _as_number(value, written)
    if kind == "boolean":
        return value if isinstance(value, bool) else _YES_NO.get(written.strip().casefold(), written)
    if kind == "datetime":
        return _as_datetime(written) or normalise(written)
    return (_as_date(written) if kind == "date" else None) or normalise(written)


def _as_number(value: Any, written: str) -> Any:
    """`£89.50` is 89.5, but `2 at £89.50` is not a number."""
    if not isinstance(value, str):
        return Decimal(str(value))
    found = list(numbers_in(value[:200]))
    return found[0] if len(found) == 1 else normalise(written)


def _as_date(written: str) -> date | None:
    """A date with the year first, also at the head of a timestamp. Other spellings are ambiguous."""
    match = _ISO_DATE.match(written.strip())
    try:
        return date(int(match[1]), int(match[3]), int(match[4])) if match else None
    except ValueError:
        return None


def _as_datetime(written: str) -> datetime | None:
    """A moment in ISO 8601; without an offset it counts as UTC."""
    plain = written.strip()
    try:
        found = datetime.fromisoformat(plain) if _ISO_TIME.match(plain) else None
        return None if found is None else found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
