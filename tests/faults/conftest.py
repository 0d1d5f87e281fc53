"""Real workers, a broker and a database of the test's own, each of which may be killed."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from tests.faults import places
from tests.faults.places import Place, pointed_at
from tests.pipeline.conftest import hints_to
from tests.services.broker import MortalBroker, mortal_broker
from tests.services.clocks import ClockUnavailable, ShiftedClock
from tests.services.nursery import Nursery, Worker
from tests.services.postgres import PostgresServer, PostgresUnavailable, postgres_server

MEGABYTE = 1 << 20
# What is 9, 3 and 45 seconds in the product: faults are over sooner, and nothing else changes.
SHORT = {
    "CROSSOVER_LEASE_SECONDS": "3",
    "CROSSOVER_RECONCILE_SECONDS": "1",
    "CROSSOVER_FEED_SLICE_SECONDS": "10",
    "CROSSOVER_LOG_LEVEL": "WARNING",
}
# Where no worker dies, no lease is waited for: the product's own, which no machine is busy enough to lose.
UNHURRIED = {"CROSSOVER_LEASE_SECONDS": "9"}
# From the longest; what is not named is short.
LONG = (
    "test_the_troubles_of_some_vendors",
    "test_twenty_whole_workers",
    "test_postgresql_is_away",
    "test_twenty_children",
    "test_the_broker_dies",
    "test_the_databases",
    "test_a_planted_key",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deal the fault tests out from the longest: each process begins with an equal part of them in a row."""
    faults = [item for item in items if item.get_closest_marker("faults")]
    faults.sort(key=lambda item: [item.name.startswith(name) for name in (*LONG, "test")].index(True))
    hands = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    dealt = [item for hand in reversed(range(hands)) for item in faults[hand::hands]]
    items[:] = [item for item in items if not item.get_closest_marker("faults")] + dealt


def start(server: PostgresServer, environment: Mapping[str, str] | None = None) -> None:
    """With commits that outlive a crash of the server; other tests do without, for speed."""
    server.start(environment, synchronous_commit="on")


@pytest.fixture(scope="session")
def sqlite_template(django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with django_db_blocker.unblock():
        return places.sqlite_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[PostgresServer]:
    """A PostgreSQL of these tests' own; skips, saying why, where there is none."""
    try:
        with postgres_server() as server:
            start(server)
            yield server
    except PostgresUnavailable as reason:
        pytest.skip(f"no private PostgreSQL: {reason}")


@pytest.fixture(scope="session")
def postgres_template(django_db_blocker: Any, cluster: PostgresServer) -> PostgresServer:
    with django_db_blocker.unblock():
        places.postgres_template(cluster)
    return cluster


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def make_place(request: pytest.FixtureRequest) -> Iterator[Callable[..., Place]]:
    """Make a fresh database: `make_place(engine)`."""
    made: list[Place] = []

    def make(engine: str, *more: Any) -> Place:
        if engine == "sqlite":
            folder = more[0] if more else request.getfixturevalue("tmp_path")
            made.append(places.sqlite_place(request.getfixturevalue("sqlite_template"), folder))
        else:
            made.append(places.postgres_place(request.getfixturevalue("postgres_template"), *more))
        return made[-1]

    yield make
    for place in made:
        places.remove(place)


@pytest.fixture
def use(
    django_db_blocker: Any, broker: MortalBroker, tmp_path: Path, settings: Any
) -> Iterator[Callable[[Place], Crew]]:
    """Let this process and its crew of workers use a place; everybody is gone afterwards."""
    settings.REDIS_URL = broker.url
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    settings.LEASE_SECONDS = float(SHORT["CROSSOVER_LEASE_SECONDS"])
    opened: list[Any] = []

    def begin(place: Place) -> Crew:
        opened.append(pointed_at(place.url))
        opened[-1].__enter__()
        opened.append(Crew(place, broker.url, tmp_path / "workers.log"))
        return opened[-1]

    with django_db_blocker.unblock(), hints_to(broker.url):
        try:
            yield begin
        finally:
            for one in reversed(opened):
                one.stop_all() if isinstance(one, Crew) else one.__exit__(None, None, None)


@pytest.fixture
def place(engine: str, make_place: Callable[..., Place]) -> Place:
    return make_place(engine)


@pytest.fixture
def crew(place: Place, use: Callable[[Place], Crew]) -> Crew:
    return use(place)


@pytest.fixture
def broker() -> Iterator[MortalBroker]:
    with mortal_broker() as server:
        yield server


@pytest.fixture
def clock() -> Iterator[ShiftedClock]:
    with tempfile.TemporaryDirectory(prefix="xo-clock-", dir="/tmp") as folder:
        try:
            yield ShiftedClock(Path(folder))
        except ClockUnavailable as reason:
            pytest.skip(str(reason))


class Crew:
    """The test's Celery workers, each the leader of its own process group."""

    def __init__(self, place: Place, redis_url: str, log: Path) -> None:
        self.place, self.log = place, log
        self.environment = (
            os.environ
            | SHORT
            | {
                "DATABASE_URL": place.url,
                "REDIS_URL": redis_url,
                "CROSSOVER_PRIVATE_ADDRESSES": "127.0.0.0/8",
                "CROSSOVER_DATA_DIR": str(log.parent),
                "CROSSOVER_SECRET_KEY": django_settings.SECRET_KEY,
                "CROSSOVER_FIELD_KEYS": ",".join(django_settings.FIELD_KEYS),
            }
        )
        self.running: list[Worker] = []
        self.heaviest = 0
        self._nurseries: dict[frozenset[tuple[str, str]], Nursery] = {}

    def start(self, *, processes: int = 3, **more: str) -> Worker:
        """A worker for both queues; `more` goes into its environment."""
        kind = frozenset(more.items())
        if kind not in self._nurseries:
            self._nurseries[kind] = Nursery(self.environment | more, self.log)
        name = f"faults{len(self.running)}-{time.monotonic_ns()}@localhost"
        worker = self._nurseries[kind].start(
            *("-Q", "feeds,stages", "-n", name, "-c", str(processes)),
            *("--without-gossip", "--without-mingle", "-l", "WARNING"),
        )
        self.running.append(worker)
        return worker

    def pool(self, worker: Worker) -> list[int]:
        """Its pool's processes; waits for the first, should all have been killed a moment ago."""
        listed = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
        until(lambda: bool(listed.read_text().split()), within=60, what="no child of the worker")
        return [int(child) for child in listed.read_text().split()]

    def weigh(self, *, peak: bool = False) -> int:
        """The heaviest of the pools' processes that live now, in bytes: what it holds, or held at most."""
        name = "VmHWM:" if peak else "VmRSS:"
        weights = []
        for pid in (pid for worker in self.running for pid in self.pool(worker)):
            # One that was killed a moment ago is listed until its parent has noticed.
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                lines = Path(f"/proc/{pid}/status").read_text().splitlines()
                weights += [int(line.split()[1]) * 1024 for line in lines if line.startswith(name)]
        return max(weights, default=0)

    def weighed_until(self, condition: Callable[[], object], *, within: float, what: str = "") -> None:
        """As `until`, and notes the most that a process held before; not after, for one that goes on to
        score the run loads what scoring takes."""
        held: list[int] = []

        def come() -> bool:
            held.append(self.weigh(peak=True))
            return bool(condition())

        until(come, within=within, what=what)
        self.heaviest = max(held[:-1] or held)

    def kept_its_weight(self, before: int) -> None:
        """No process held 64 MB more, while weighed, than the heaviest did when the run was under way."""
        grown = self.heaviest - before
        assert before and grown <= 64 * MEGABYTE, f"a worker grew by {grown / MEGABYTE:.0f} MB"

    def kill(self, worker: Worker) -> None:
        """kill -9, with every child, at once."""
        worker.kill()
        self.running.remove(worker)

    def away(self, seconds: float) -> None:
        """Stop PostgreSQL at once, and start it again after so many seconds."""
        assert self.place.server is not None
        connection.close()
        self.place.server.stop()
        time.sleep(seconds)
        start(self.place.server)

    def stop_all(self) -> None:
        for worker in list(self.running):
            self.kill(worker)
        for nursery in self._nurseries.values():
            nursery.close()
        if self.log.exists():
            print("The workers said last:\n" + self.log.read_text(errors="replace")[-6_000:])


def until(condition: Callable[[], bool], *, within: float, what: str = "") -> float:
    """Wait for something; how many seconds it took. Fails when it takes longer than `within`."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"{what or 'nothing'} after {within} s"
        time.sleep(0.05)
    return time.monotonic() - began
