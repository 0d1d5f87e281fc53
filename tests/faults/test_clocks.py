"""Clocks jump by ten minutes, forth and back, in the middle of a run.

The machine's clock is shifted for the processes concerned alone (`tests/services/clocks.py`). Where
the database is PostgreSQL, a worker's clock decides nothing: its jumps leave no trace. The
database's own clock decides leases: it is PostgreSQL's server that jumps, or, on SQLite, which has
no clock but the machine's, all the workers.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.aftermath import aftermath
from tests.faults.conftest import UNHURRIED, Crew, start
from tests.faults.places import Place
from tests.faults.questions import ask, goes_on, is_replayed
from tests.servers.fixtures import scripted
from tests.services.clocks import ShiftedClock
from tests.services.postgres import PostgresServer

pytestmark = pytest.mark.faults
ANSWER = {"tokens": 4, "first_token": 0.2}
MANNERS = {"good": ANSWER, "weak": ANSWER | {"accuracy": 0.3}}
JUMPS = (600.0, 0.0, -600.0, 0.0)


def test_a_workers_clock_jumps_and_decides_nothing(
    make_place: Callable[..., Place], use: Callable[[Place], Crew], clock: ShiftedClock
) -> None:
    crew = use(make_place("postgres"))
    crew.start(**UNHURRIED, **clock.environment)
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=80)
        goes_on(run)
        weight = crew.weigh()
        for jump in JUMPS:
            goes_on(run)
            clock.jump(jump)
        crew.weighed_until(lambda: is_replayed(run), within=180)
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    assert not after.failures() and after.unknown() == 0
    assert len(after.attempts) == len(after.items), "nothing was asked twice"


def test_the_databases_clock_jumps_and_a_worker_dies_beside_it(
    engine: str,
    make_place: Callable[..., Place],
    use: Callable[[Place], Crew],
    clock: ShiftedClock,
    cluster: PostgresServer,
) -> None:
    """After each jump a worker is killed: what it held must not wait for the clock to come round."""
    if engine == "postgres":
        cluster.stop("fast")
        start(cluster, clock.environment)
    try:
        crew = use(make_place(engine))
        theirs = clock.environment if engine == "sqlite" else {}
        worker = crew.start(**theirs)
        with scripted(MANNERS) as vendor:
            run = ask(vendor.base_url, *MANNERS, samples=90)
            goes_on(run)
            weight = crew.weigh()
            for jump in JUMPS:
                goes_on(run)
                clock.jump(jump)
                crew.kill(worker)
                worker = crew.start(**theirs)
                goes_on(run, what="no answer after a jump")
            crew.weighed_until(lambda: is_replayed(run), within=180)
            crew.kept_its_weight(weight)
            after = aftermath(run, vendor.log()["requests"])
        assert not after.failures()
    finally:
        if engine == "postgres":
            cluster.stop("fast")
            start(cluster)
