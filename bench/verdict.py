"""Rows about the verdict: a million attempts compared, their pages, scoring, and its error rates at length.

Each step is a process of its own, so that its memory is its own.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import chain
from typing import Any

from bench import samples, scored, scoring
from bench.table import Row, not_measured, tell

ASSESSMENTS = int(os.environ.get("BENCH_ASSESSMENTS", "20000"))
CANDIDATES = 8
SIZES = {
    "1,000,000 attempts, 8 candidates": 1_000_000 // CANDIDATES,
    "8 candidates of 1,000,000 attempts each": 1_000_000,
}
COMPARED = (("compared", "< 3 s"), ("memory while comparing", "< 600 MB"), ("page of the result", "< 100 ms"))


def main() -> bool:
    return tell("verdict", chain(_compared(), _listed(), scored.rows(), scoring.rows(), _simulated()))


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
    for name, size in SIZES.items():
        found = _compared_in_its_own_process(size)
        if found is None:
            yield from (not_measured(f"{name}: {what}", bar, "the step failed") for what, bar in COMPARED)
            continue
        seconds, memory, page = found["seconds"], found["megabytes"], found["page"]
        values = {key: float(value) for key, value in found.items()}
        shown = (f"{seconds:.2f} s (CPU {found['cpu']:.2f} s)", f"{memory:.0f} MB", f"{page * 1000:.0f} ms")
        met = (seconds < 3, memory < 600, page < 0.1)
        for (what, bar), text, good in zip(COMPARED, shown, met, strict=True):
            yield Row(f"{name}: {what}", bar, text, good, values=values)


def _compared_in_its_own_process(size: int) -> dict[str, float] | None:
    with tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder:
        prepared = step("bench.compared", "prepare", str(size), folder=folder)
        return prepared and step("bench.compared", "compare", folder=folder)


def _listed() -> Any:
    with tempfile.TemporaryDirectory(prefix="crossover-bench-") as folder:
        filled = step("bench.samples", "fill", folder=folder)
        return samples.rows(filled and step("bench.samples", "ask", folder=folder))


def step(module: str, *arguments: str, folder: str = "") -> dict[str, float] | None:
    """The last line that `python -m MODULE …` printed; None where it failed, with its complaint shown."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "OMP_NUM_THREADS": "2",
        # As the product's settings have it, which a step may read only after numpy has come.
        "OPENBLAS_NUM_THREADS": "1",
    }
    if folder:
        environment["CROSSOVER_DATA_DIR"] = folder
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr)
        return None
    return json.loads(done.stdout.splitlines()[-1])
