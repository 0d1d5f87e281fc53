"""Rows about the verdict: its error rates at length, a million attempts compared, and a page of the result.

Each step is a process of its own (`bench.compared`), so that its memory is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from time import monotonic
from typing import Any

from bench.table import Row, not_measured, print_row, store

ASSESSMENTS = int(os.environ.get("BENCH_ASSESSMENTS", "20000"))
CANDIDATES = 8
SIZES = {
    "1,000,000 attempts, 8 candidates": 1_000_000 // CANDIDATES,
    "8 candidates of 1,000,000 attempts each": 1_000_000,
}
COMPARED = (("compared", "< 3 s"), ("memory while comparing", "< 600 MB"), ("page of the result", "< 100 ms"))


def main() -> bool:
    began = monotonic()
    rows: list[Row] = []
    for row in (*_compared(), *_simulated()):
        print_row(row)
        rows.append(row)
    store("verdict", rows, monotonic() - began)
    return all(row.met for row in rows)


def _simulated() -> Any:
    from bench.simulated import SCENARIOS

    for scenario in SCENARIOS:
        share = scenario.share(ASSESSMENTS)
        slack = 3 * (scenario.bar * (1 - scenario.bar) / ASSESSMENTS) ** 0.5
        met = share >= scenario.bar if scenario.at_least else share <= scenario.bar + slack
        sign = "≥" if scenario.at_least else "≤"
        values = {"share": share, "assessments": float(ASSESSMENTS)}
        yield Row(scenario.name, f"{sign} {scenario.bar:.0%}", f"{share:.2%}", met, values=values)


def _compared() -> Any:
    for name, samples in SIZES.items():
        found = _compared_in_its_own_process(samples)
        if found is None:
            yield from (not_measured(f"{name}: {what}", bar, "the step failed") for what, bar in COMPARED)
            continue
        seconds, memory, page = found["seconds"], found["megabytes"], found["page"]
        values = {key: float(value) for key, value in found.items()}
        shown = (f"{seconds:.2f} s (CPU {found['cpu']:.2f} s)", f"{memory:.0f} MB", f"{page * 1000:.0f} ms")
        met = (seconds < 3, memory < 600, page < 0.1)
        for (what, bar), text, good in zip(COMPARED, shown, met, strict=True):
            yield Row(f"{name}: {what}", bar, text, good, values=values)


def _compared_in_its_own_process(samples: int) -> dict[str, float] | None:
    with tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder:
        return _step(folder, "prepare", str(samples)) and _step(folder, "compare")


def _step(folder: str, *arguments: str) -> dict[str, float] | None:
    """The last line that `python -m bench.compared` printed; None where it failed."""
    environment = os.environ | {
        "CROSSOVER_DATA_DIR": folder,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OMP_NUM_THREADS": "2",
    }
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", "bench.compared", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])
