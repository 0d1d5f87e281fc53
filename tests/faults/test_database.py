"""PostgreSQL is stopped as by a crash, three times for ten seconds; its disk is full for a while."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from migration_app.runs.models import AttemptState
from tests.faults.aftermath import aftermath
from tests.faults.conftest import UNHURRIED, Crew, until
from tests.faults.places import Place
from tests.faults.questions import ask, done, goes_on, is_replayed
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.faults
ANSWER = {"tokens": 4, "first_token": 0.2}
MANNERS = {"good": ANSWER, "weak": ANSWER | {"accuracy": 0.3}}
STOPS, SECONDS = 3, 10.0


def test_postgresql_is_away_for_ten_seconds_three_times(
    make_place: Callable[..., Place], use: Callable[[Place], Crew]
) -> None:
    moments = random.Random("postgres stops")
    crew = use(make_place("postgres"))
    crew.start(**UNHURRIED)
    with scripted(MANNERS) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=90)
        until(lambda: done(run) > 0, within=180)
        weight = crew.weigh()
        for _ in range(STOPS):
            goes_on(run, by=9)
            time.sleep(moments.uniform(0.0, 0.5))
            crew.away(SECONDS)
            goes_on(run, what="no answer stored")
        crew.weighed_until(lambda: is_replayed(run), within=180)
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    assert not after.failures()
    lost = [key for key in after.requests if after.attempts[key].state == AttemptState.UNKNOWN]
    assert not lost, "answers that came meanwhile were held, and stored afterwards"


@pytest.mark.skipif(os.geteuid() != 0, reason="a small disk is a mount, and only root may mount")
def test_the_databases_disk_is_full_for_a_while(
    engine: str, make_place: Callable[..., Place], use: Callable[[Place], Crew], small_disk: Path
) -> None:
    """SQLite's file, or the tablespace of PostgreSQL's tables, on a disk of a few megabytes.

    PostgreSQL's log stays where there is room: without it the server itself falls, which is the
    test above. The fault ends when what filled the disk is taken away.
    """
    crew = use(_on(small_disk, engine, make_place))
    crew.start(**UNHURRIED)
    with scripted(MANNERS | {"good": ANSWER | {"tokens": 400}}) as vendor:
        run = ask(vendor.base_url, *MANNERS, samples=150, max_output_tokens=1_000)
        until(lambda: done(run) > 8, within=180)
        weight, ballast = crew.weigh(), small_disk / "ballast"
        fill(ballast)
        until(lambda: _complained(crew), within=180, what="the disk was never full")
        time.sleep(5)
        ballast.unlink()
        goes_on(run, what="no answer stored")
        crew.weighed_until(lambda: is_replayed(run), within=240)
        crew.kept_its_weight(weight)
        after = aftermath(run, vendor.log()["requests"])
    assert not after.failures()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="xo-disk-", dir="/tmp") as folder:
        command = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", folder]
        mounted = subprocess.run(command, capture_output=True, text=True)
        if mounted.returncode:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def _on(disk: Path, engine: str, make_place: Callable[..., Place]) -> Place:
    if engine == "sqlite":
        return make_place("sqlite", disk)
    place = make_place("postgres")
    assert place.server is not None
    space = f"small_{uuid4().hex[:8]}"
    folder = disk / "tables"
    folder.mkdir(mode=0o700)
    if place.server.account is not None:
        os.chown(folder, place.server.account.pw_uid, place.server.account.pw_gid)
    place.server.ask(f"CREATE TABLESPACE {space} LOCATION '{folder}'")
    place.server.ask(f"ALTER DATABASE {place.url.rsplit('/', 1)[1]} SET TABLESPACE {space}")
    return place


def fill(ballast: Path) -> None:
    """Take what room there is, to the last byte."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))


def _complained(crew: Crew) -> bool:
    said = crew.log.read_text(errors="replace")
    return "disk is full" in said or "No space left on device" in said
