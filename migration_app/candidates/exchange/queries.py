"""Which rate counts between two currencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from migration_app.evaluation.exchange import Exchange

from .models import ExchangeRate


@dataclass(frozen=True, slots=True)
class Rates:
    """A team's rates, the newest first."""

    rows: Sequence[Exchange] = ()

    def between(self, currency: str, other: str) -> Exchange | None:
        """The newest rate of the pair, written down either way round; none is made up of two others."""
        return next((rate for rate in self.rows if rate.links(currency, other)), None)


def rates_of(team_id: Any) -> Rates:
    """The team's rates, in one query."""
    return Rates([_plain(row) for row in ExchangeRate.objects.filter(team_id=team_id)])


def rate_rows(team_id: Any) -> list[tuple[ExchangeRate, bool]]:
    """Every rate of the team, the newest first, and whether it is the one that counts for its pair."""
    return list(_marked(ExchangeRate.objects.filter(team_id=team_id).select_related("created_by")))


def _marked(rows: Iterable[ExchangeRate]) -> Iterable[tuple[ExchangeRate, bool]]:
    seen: set[frozenset[str]] = set()
    for row in rows:
        pair = frozenset((row.currency, row.into))
        yield row, pair not in seen
        seen.add(pair)


def _plain(row: ExchangeRate) -> Exchange:
    return Exchange(row.currency, row.into, row.rate, row.as_of, row.source)
