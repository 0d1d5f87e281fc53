"""`hosted_limits.csv`, read: what models at hosts take and give at most, and when they end."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "hosted_limits.csv"
# The list that its facts are from, and the day of that list.
LIST, AS_OF = "litellm 1.106.4", date(2026, 10, 25)


@dataclass(frozen=True, slots=True)
class Limits:
    """Tokens of the context and of the longest answer; None is unknown."""

    context: int | None = None
    output: int | None = None
    can: tuple[str, ...] = ()
    retires_on: date | None = None


NONE = Limits()


@cache
def limits_of_hosted() -> Mapping[tuple[str, str], Limits]:
    """By (host, model)."""
    lines = (line for line in TABLE.read_text().splitlines() if not line.startswith("#"))
    return {(row["host"], row["model"]): _limits(row) for row in csv.DictReader(lines)}


def _limits(row: Mapping[str, str]) -> Limits:
    return Limits(
        context=int(row["context"]) if row["context"] else None,
        output=int(row["output"]) if row["output"] else None,
        can=tuple(row["can"].split()),
        retires_on=date.fromisoformat(row["retires_on"]) if row["retires_on"] else None,
    )
