"""A control beside a measurement: how late the machine itself wakes a process that waits.

A machine busy with other work, or stopped altogether for half a second, wakes every process late,
whatever the product does. So a bare timer in a process of its own runs beside what is measured.
Where the bar is missed *and* the timer was late, the machine was measured, not the product: the
measurement is taken again, up to `ATTEMPTS` times. A miss beside a timer that was on time fails
at once, and so does a machine that was never still: a miss is never passed over.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np

ATTEMPTS = 4
# Milliseconds, median and p99: how late a bare timer may be for a miss to count.
STILL = (0.5, 5.0)
TICK = 5.0
TIMER = """
import json, sys, threading, time
over = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
late = []
while not over.is_set():
    began = time.monotonic()
    time.sleep(0.005)
    late.append((time.monotonic() - began - 0.005) * 1e3)
print(json.dumps(late))
"""

# (median, p99), milliseconds
Figures = tuple[float, float]


def middle_and_tail(values: Sequence[float]) -> Figures:
    return float(np.median(values)), float(np.percentile(values, 99))


def over(found: Figures, limits: Figures) -> bool:
    return found[0] > limits[0] or found[1] > limits[1]


@contextmanager
def control() -> Iterator[list[float]]:
    """How late a bare timer woke during the `with`, in milliseconds; filled at its end."""
    late: list[float] = []
    timer = subprocess.Popen([sys.executable, "-c", TIMER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield late
    finally:
        late += with_the_ticks_it_missed(json.loads(timer.communicate()[0]))


def with_the_ticks_it_missed(late: Sequence[float]) -> list[float]:
    """A stop of half a second is one late tick and a hundred that never were: those count as well."""
    return [missed for one in late for missed in (one, *np.arange(one - TICK, 0, -TICK))]


def hold_to(bar: Figures, measure: Callable[[], Mapping[str, Sequence[float]]]) -> None:
    """Measure errors in milliseconds, by name; each must keep the bar. Prints every figure."""
    for _ in range(ATTEMPTS):
        with control() as lateness:
            found = measure()
        for what, values in (found | {"a bare timer's lateness": lateness}).items():
            print("{}: median {:.2f} ms, p99 {:.2f} ms".format(what, *middle_and_tail(values)))
        missed = [what for what, values in found.items() if over(middle_and_tail(values), bar)]
        if not missed:
            return
        assert over(middle_and_tail(lateness), STILL), f"{missed} over {bar} ms on a machine that was still"
    raise AssertionError(f"{missed} over {bar} ms {ATTEMPTS} times on a machine never still: try a quiet one")
