"""The table of processors, read."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from migration_app.evaluation.hosting.memory import Processor

LISTED_IN = "USD"  # what the public prices are in
_ARITHMETIC = ("fp16", "fp8", "int8")


@dataclass(frozen=True, slots=True)
class Gpu:
    """A processor with its data sheet. `hour`: dollars, None where no public price is on file."""

    name: str
    label: str
    processor: Processor
    sheet: str
    hour: Decimal | None
    source: str
    as_of: date | None


@cache
def gpus() -> Mapping[str, Gpu]:
    """By name, the smallest first."""
    rows = tomllib.loads((Path(__file__).parent / "gpus.toml").read_text(), parse_float=Decimal)["gpu"]
    return {row["name"]: _gpu(row) for row in rows}


def _gpu(row: Mapping[str, Any]) -> Gpu:
    flops = {name: float(row[name]) for name in _ARITHMETIC if name in row}
    return Gpu(
        name=row["name"],
        label=row["label"],
        processor=Processor(row["name"], float(row["memory"]), float(row["bandwidth"]), flops),
        sheet=row["sheet"],
        hour=Decimal(row["hour"]) if "hour" in row else None,
        source=row.get("source", ""),
        as_of=row.get("as_of"),
    )
