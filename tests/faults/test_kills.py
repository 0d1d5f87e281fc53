"""kill -9, twenty times each, at moments a seed chooses: of a pool's child, and of whole workers."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from decimal import Decimal
from typing import Any

import pytest

from migration_app.pipeline import control
from migration_app.runs.models import Run, RunState
from migration_app.runs.money import from_nanos
from tests.faults.aftermath import aftermath
from tests.faults.conftest import Crew, until
from tests.faults.questions import ask, done, is_replayed, state_of
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults
KILLS = 20
ANSWER = {"tokens": 4, "first_token": 0.15}
MANNERS = {"good": ANSWER, "weak": ANSWER | {"accuracy": 0.3}}


def test_twenty_children_are_killed_and_nothing_is_lost(crew: Crew) -> None:
    moments = random.Random(f"children on {crew.place.engine}")
    worker = crew.start()
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=200)
        until(lambda: done(run) > 0, within=180)
        weight = crew.weigh()
        for _ in range(KILLS):
            time.sleep(moments.uniform(0.1, 1.2))
            with contextlib.suppress(ProcessLookupError):  # it was about to make room for a fresh one
                os.kill(moments.choice(crew.pool(worker)), signal.SIGKILL)
        last = time.monotonic()
        crew.weighed_until(lambda: is_replayed(run), within=180)
        crew.kept_its_weight(weight)
        until(lambda: state_of(run) == RunState.FINISHED, within=180)
        served = vendor.log()["requests"]
    _went_on_soon(served, last)
    after = aftermath(run, served)
    assert after.failures().keys() <= {"unknown"}
    assert run.items_total * 0.95 <= sum(entry.items_done for entry in run.candidates.all())


def test_twenty_whole_workers_are_killed_and_nothing_is_lost(crew: Crew) -> None:
    """Two stand side by side; one is killed with all its children while the other works or begins.

    The cap bites in the middle, too: it is raised once, and the run goes on.
    """
    moments = random.Random(f"workers on {crew.place.engine}")
    for _ in range(2):
        crew.start(processes=2)
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=200, cap=Decimal("0.02"))
        until(lambda: done(run) > 0, within=180)
        weight = crew.weigh()
        for _ in range(KILLS):
            time.sleep(moments.uniform(0.5, 2.0))
            crew.kill(moments.choice(crew.running))
            crew.start(processes=2)
            go_on(run)
        last = time.monotonic()
        crew.weighed_until(lambda: go_on(run) and is_replayed(run), within=240)
        crew.kept_its_weight(weight)
        until(lambda: state_of(run) == RunState.FINISHED, within=180)
        served = vendor.log()["requests"]
    _went_on_soon(served, last)
    after = aftermath(run, served)
    assert after.failures().keys() <= {"unknown"}
    assert len(after.items) * 0.95 <= sum(entry.items_done for entry in run.candidates.all())


def _went_on_soon(served: list[dict[str, Any]], last: float) -> None:
    """After the last kill; on a slow machine it may have been over before."""
    later = [one["received"] for one in served if one["received"] > last]
    assert not later or min(later) - last < 30


def go_on(run: Run) -> str:
    """The run's state; where the cap was reached, it is raised first."""
    if state_of(run) == RunState.BUDGET_REACHED:
        run.refresh_from_db()
        control.raise_cap(run=run, user=None, cap=from_nanos(run.cap_nanos) * 4)
    return state_of(run)
