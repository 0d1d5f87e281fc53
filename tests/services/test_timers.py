"""The control of a measurement sees what a busy machine does, and lets no miss pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from tests.services import timers

BAR = (2.0, 15.0)
BUSY, STILL = [40.0] * 10, [0.1] * 10


@pytest.fixture
def machine(monkeypatch):
    """Say how late the timer is, measurement by measurement."""

    def behaves(*lateness: list[float]) -> None:
        coming = iter(lateness)

        @contextmanager
        def control() -> Iterator[list[float]]:
            yield next(coming)

        monkeypatch.setattr(timers, "control", control)

    return behaves


def measurements(*errors: float):
    coming = iter(errors)
    return lambda: {"error": [next(coming)]}


def test_one_stop_of_half_a_second_in_ten_is_seen_at_its_length():
    ticks = timers.with_the_ticks_it_missed([0.1] * 1900 + [500.0])
    assert len(ticks) == 1900 + 100 and np.percentile(ticks, 99) > 300


def test_a_miss_on_a_still_machine_fails_at_once(machine):
    machine(STILL)
    with pytest.raises(AssertionError, match="that was still"):
        timers.hold_to(BAR, measurements(20.0))


def test_a_miss_on_a_busy_machine_is_measured_again(machine):
    machine(BUSY, STILL)
    timers.hold_to(BAR, measurements(600.0, 1.0))


def test_a_machine_that_is_never_still_proves_nothing(machine):
    machine(*[BUSY] * timers.ATTEMPTS)
    with pytest.raises(AssertionError, match="never still"):
        timers.hold_to(BAR, measurements(*[600.0] * timers.ATTEMPTS))
