"""Placeholders for private values: the same value, the same number, in the whole workload.

The database gives the numbers, some hundred values at a time, so memory stays flat however many
there are, and an import that begins again finds what it gave before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.db.models import Max

from migration_app.accounts.ciphers import encrypt, keyed_fingerprint

from .inserting import insert_rows
from .models import MaskedValue, Workload
from .privacy import plain
from .redaction import BY_KEY

_REMEMBERED = 20_000
_ASKED = 400  # fingerprints in one query
_COLUMNS = ("workload", "kind", "number", "fingerprint", "token")

Prints = Mapping[tuple[str, str], str]


class Value(NamedTuple):
    kind: str
    written: str


class Pseudonyms:
    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        highest = workload.masked_values.values_list("kind").annotate(Max("number"))
        self._highest: dict[str, int] = dict(highest)
        self._known: dict[tuple[str, str], int] = {}

    def learn(self, values: Iterable[Value]) -> None:
        """Give every value its number, those that are new in the order in which they come."""
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        wanted: dict[tuple[str, str], str] = {}
        for value in values:
            key = (value.kind, plain(value.written))
            if key not in self._known:
                wanted.setdefault(key, value.written)
        prints = {
            key: keyed_fingerprint(f"{key[0]}\0{key[1]}", purpose=f"mask {self.workload.pk}")
            for key in wanted
        }
        self._look_up(prints)
        self._make({key: written for key, written in wanted.items() if key not in self._known}, prints)

    def placeholder(self, kind: str, written: str) -> str:
        """Raises KeyError for a value that was not learnt."""
        return f"<{BY_KEY[kind].word}_{self._known[kind, plain(written)]}>"

    def _look_up(self, prints: Prints) -> None:
        """Kind by kind: the index serves a kind's fingerprints, and without it every value would be read."""
        by_kind: dict[str, dict[str, tuple[str, str]]] = {}
        for key, fingerprint in prints.items():
            by_kind.setdefault(key[0], {})[fingerprint] = key
        for kind, keys in by_kind.items():
            of_kind, asked = self.workload.masked_values.filter(kind=kind), list(keys)
            for start in range(0, len(asked), _ASKED):
                rows = of_kind.filter(fingerprint__in=asked[start : start + _ASKED])
                for fingerprint, number in rows.values_list("fingerprint", "number"):
                    self._known[keys[fingerprint]] = number

    def _make(self, wanted: dict[tuple[str, str], str], prints: Prints) -> None:
        rows = []
        for key, written in wanted.items():
            number = self._highest[key[0]] = self._highest.get(key[0], 0) + 1
            self._known[key] = number
            rows.append((self.workload.pk, key[0], number, prints[key], encrypt(written)))
        insert_rows(MaskedValue, _COLUMNS, rows)
