"""Importing a log, from 10 MB to 1 GB: how fast it is read, how fast it is stored, how much memory it takes.

Each measurement is a process of its own on a database of its own. Rates are by the clock; the CPU
a sample took stands beside them, for a machine that others use too.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.letters import write_log
from bench.runs import ROOT
from bench.table import FOLDER, Row, not_measured, tell

SIZES = {"10 MB": 10_000_000, "100 MB": 100_000_000, "1 GB": 1_000_000_000}
PARSED, STORED, MEMORY = 8_000, 2_000, 300
TEXT_SECONDS = 0.3

Figures = dict[str, Any]


def main() -> bool:
    return tell("import", _rows())


def _rows() -> Iterator[Row]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="import-", dir=FOLDER) as name:
        yield _redaction(Path(name))
        rates: dict[str, float] = {}
        for label, size in SIZES.items():
            yield from _size(Path(name), label, size, rates)
        yield _growth(rates)


def _redaction(folder: Path) -> Row:
    name, bar = "100 kB of text looked through for private values", f"< {TEXT_SECONDS} s"
    try:
        found = _step(folder, "redact")
    except RuntimeError as error:
        return not_measured(name, bar, str(error))
    shown = f"{found['plain'] * 1000:.0f} ms, the hardest {found['hard'] * 1000:.0f} ms (CPU)"
    met = max(found["plain"], found["hard"]) < TEXT_SECONDS
    return Row(name, bar, shown, met, values={"plain": found["plain"], "hard": found["hard"]})


def _size(folder: Path, label: str, size: int, rates: dict[str, float]) -> list[Row]:
    """Three rows of one size: parsed a second, stored a second, peak memory."""
    names = (f"{label}: recognised and parsed", f"{label}: the whole way, SQLite", f"{label}: peak memory")
    bars = (f"≥ {PARSED:,} samples/s", f"≥ {STORED:,} samples/s", f"< {MEMORY} MB")
    log = folder / "log.jsonl"
    try:
        samples = write_log(log, size)
        parsed, stored = _step(folder, "parse", log), _step(folder, "store", log)
        if not parsed["samples"] == stored["samples"] == samples:
            raise RuntimeError(f"{samples:,} samples became {parsed['samples']:,}, {stored['samples']:,}")
    except RuntimeError as error:  # counts as missed; the other sizes are still measured
        return [not_measured(name, bar, str(error)) for name, bar in zip(names, bars, strict=True)]
    finally:
        log.unlink(missing_ok=True)
    rates[label] = stored["samples"] / stored["wall"]
    parts = f"{stored['read_seconds']:.0f} s looked through, {stored['store_seconds']:.0f} s stored"
    peak = max(parsed["peak_mb"], stored["peak_mb"])
    return [
        _rate(names[0], bars[0], parsed, PARSED),
        _rate(names[1], bars[1], stored, STORED, parts),
        Row(names[2], bars[2], f"{peak:.0f} MB", peak < MEMORY, values={"mb": peak}),
    ]


def _rate(name: str, bar: str, found: Figures, least: int, more: str = "") -> Row:
    rate, cpu = found["samples"] / found["wall"], found["cpu"] / found["samples"] * 1e6
    shown = f"{rate:,.0f} (CPU {cpu:.0f} µs a sample)"
    values = {"rate": rate, "cpu_us": cpu, "samples": found["samples"], "wall": found["wall"]}
    return Row(name, bar, shown, rate >= least, more, values=values)


def _growth(rates: dict[str, float]) -> Row:
    name, bar = "a sample's time, 10 MB against 1 GB", "within 30%"
    if not {"10 MB", "1 GB"} <= rates.keys():
        return not_measured(name, bar, "one of the sizes was not")
    more = rates["10 MB"] / rates["1 GB"] - 1
    shown = f"{more:+.0%} ({rates['10 MB']:,.0f} → {rates['1 GB']:,.0f} a second)"
    return Row(name, bar, shown, more <= 0.30, values={"more": more})


def _step(folder: Path, step: str, *arguments: object) -> Figures:
    """One step in a process with a data folder of its own, gone afterwards. Raises RuntimeError."""
    with tempfile.TemporaryDirectory(prefix=f"{step}-", dir=folder) as data:
        environment = _environment(data)
        if step == "store":
            _run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], environment)
        output = Path(data) / "result.json"
        _run([sys.executable, "-m", "bench.importing", step, str(output), *map(str, arguments)], environment)
        return json.loads(output.read_text())


def _run(command: list[str], environment: dict[str, str]) -> None:
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode:
        raise RuntimeError(f"“{' '.join(command[1:4])}” failed; its output is above")


def _environment(data: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "migration_app.settings",
        "CROSSOVER_DATA_DIR": data,
        "CROSSOVER_LOG_LEVEL": "ERROR",
    }
