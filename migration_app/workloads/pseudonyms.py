"""Placeholders for private values: the same value, the same number, in the whole workload.

The database gives the numbers, some hundred values at a time, so memory stays flat however many
there are, and an import that begins again finds what it gave before.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Max

from migration_app.accounts.ciphers import encrypt, keyed_fingerprint

from .models import MaskedValue, Workload
from .privacy import plain
from .redaction import BY_KEY

_REMEMBERED = 20_000
_ASKED = 400  # fingerprints in one query


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

    def _look_up(self, prints: dict[tuple[str, str], str]) -> None:
        by_print = {(key[0], fingerprint): key for key, fingerprint in prints.items()}
        asked = list(prints.values())
        for start in range(0, len(asked), _ASKED):
            rows = self.workload.masked_values.filter(fingerprint__in=asked[start : start + _ASKED])
            for kind, fingerprint, number in rows.values_list("kind", "fingerprint", "number"):
                if key := by_print.get((kind, fingerprint)):
                    self._known[key] = number

    def _make(self, wanted: dict[tuple[str, str], str], prints: dict[tuple[str, str], str]) -> None:
        rows = []
        for key, written in wanted.items():
            number = self._highest[key[0]] = self._highest.get(key[0], 0) + 1
            self._known[key] = number
            rows.append(
                MaskedValue(
                    workload=self.workload,
                    kind=key[0],
                    number=number,
                    fingerprint=prints[key],
                    token=encrypt(written),
                )
            )
        MaskedValue.objects.bulk_create(rows, batch_size=500)
