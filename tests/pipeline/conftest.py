"""The whole pipeline: a real broker, real Celery workers in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import kombu.pools
import pytest
from django.conf import settings as django_settings
from django.db import connection

ROOT = Path(__file__).parents[2]


def database_url() -> str:
    """The test database as a worker in another process would be told of it."""
    config = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{config['NAME']}"
    host = quote(str(config["HOST"]), safe="")
    return f"postgres://{config['USER']}:{config['PASSWORD']}@{host}:{config['PORT'] or ''}/{config['NAME']}"


class Workers:
    """Celery workers of a test, killed at its end whatever happens."""

    def __init__(self, redis_url: str, log: Path) -> None:
        self.log = log
        self.environment = os.environ | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url,
            "CROSSOVER_PRIVATE_ADDRESSES": "127.0.0.0/8",
            "CROSSOVER_DATA_DIR": str(log.parent),
            "CROSSOVER_SECRET_KEY": django_settings.SECRET_KEY,
            "CROSSOVER_FIELD_KEYS": ",".join(django_settings.FIELD_KEYS),
        }
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        """A worker for both queues."""
        command = [sys.executable, "-m", "celery", "-A", "migration_app", "worker", "-Q", "feeds,stages"]
        command += ["-c", "3", "--without-gossip", "--without-mingle", "-l", "WARNING"]
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, with every child, at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.running.remove(process)

    def stop_all(self) -> None:
        for process in list(self.running):
            self.kill(process)


@pytest.fixture
def workers(
    transactional_db: None, redis_url: str, tmp_path: Path, settings: pytest.FixtureRequest
) -> Iterator[Workers]:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    started = Workers(redis_url, tmp_path / "worker.log")
    try:
        yield started
    finally:
        started.stop_all()
        if started.log.exists():
            print("The workers said last:\n" + started.log.read_text(errors="replace")[-3_000:])


@contextmanager
def hints_to(url: str) -> Iterator[None]:
    """Let this process send its hints to the broker at `url`."""
    from migration_app.celery import app

    def point_at(url: str) -> None:
        app.conf.broker_url = url
        # Celery keeps its connections; a closed one would be handed out again.
        kombu.pools.reset()
        app._pool = app.amqp._producer_pool = None

    before = app.conf.broker_url
    point_at(url)
    try:
        yield
    finally:
        point_at(before)


@pytest.fixture
def broker(redis_url: str) -> Iterator[str]:
    """Let this process send its hints to the test's own broker."""
    with hints_to(redis_url):
        yield redis_url


@contextmanager
def patience(seconds: float) -> Iterator[Callable[[Callable[[], bool]], None]]:
    deadline = time.monotonic() + seconds

    def until(condition: Callable[[], bool]) -> None:
        while not condition():
            assert time.monotonic() < deadline, f"nothing after {seconds} s"
            time.sleep(0.1)

    yield until
