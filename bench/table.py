"""Rows with a value and a bar, printed and kept as JSON. What was not measured is missed."""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Row:
    """One thing the product must reach. `values`: the figures behind `shown`; `peers`: others' figures."""

    name: str
    bar: str
    shown: str
    met: bool
    peers: str = ""
    values: Mapping[str, float | None] = field(default_factory=dict)


def not_measured(name: str, bar: str, reason: str) -> Row:
    """A row nobody could measure: shown as such, and missed."""
    return Row(name, bar, f"not measured: {reason}", False)


def print_row(row: Row) -> None:
    print(f"{'met' if row.met else 'MISSED':>7}  {row.name:<46} {row.shown:<38} bar {row.bar}", flush=True)
    if row.peers:
        print(f"{'':>9}{'':<46} {row.peers}", flush=True)


def tell(name: str, rows: Iterable[Row]) -> bool:
    """Print each row as soon as it is known, keep all in build/bench/NAME.json; whether all are met."""
    began, found = time.monotonic(), []
    for row in rows:
        print_row(row)
        found.append(row)
    seconds = time.monotonic() - began
    file = store(name, found, seconds)
    met = sum(row.met for row in found)
    print(f"\n{met} of {len(found)} rows met, in {seconds:.0f} s. Figures: {file}")
    return met == len(found)


def store(name: str, rows: Sequence[Row], seconds: float) -> Path:
    """Write build/bench/NAME.json, with what the machine was and how busy it was."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / f"{name}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": os.getloadavg()}
    data = {
        "bench": name,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(seconds, 1),
        "machine": machine,
        "met": all(row.met for row in rows),
        "rows": [asdict(row) for row in rows],
    }
    file.write_text(json.dumps(data, indent=2) + "\n")
    return file
