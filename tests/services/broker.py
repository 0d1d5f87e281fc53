"""Private Redis-protocol servers: one for a test run, and one that a test may kill."""

from __future__ import annotations

import os
import secrets
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from migration_app.broker_policy import impatient_client
from migration_app.launch.broker import ensure_broker, find_binary, write_configuration
from migration_app.launch.ports import any_free
from migration_app.launch.supervisor import Supervisor


@contextmanager
def private_broker() -> Iterator[str]:
    """Start a server as the product does, yield its REDIS_URL, stop it and remove its files."""
    with tempfile.TemporaryDirectory(prefix="xo-broker-") as folder, Supervisor(Path(folder)) as supervisor:
        path = {"PATH": os.environ.get("PATH", "")}
        yield ensure_broker(supervisor, data=Path(folder), environment=path).url


class MortalBroker:
    """A server that is killed and comes back at the same address, with nothing in it."""

    def __init__(self, folder: Path) -> None:
        port, password = any_free(), secrets.token_urlsafe(12)
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"
        self._command = [find_binary(), write_configuration(folder, port=port, password=password)]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        with impatient_client(self.url, timeout=1) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError as reason:
                    assert time.monotonic() < deadline, f"the message server did not start: {reason}"
                    if self._process.poll() is not None:
                        # Somebody's call went out from its port while nobody listened there.
                        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
                    time.sleep(0.02)

    def kill(self) -> None:
        """kill -9: whatever it held is gone, since it writes nothing to disk."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@contextmanager
def mortal_broker() -> Iterator[MortalBroker]:
    with tempfile.TemporaryDirectory(prefix="xo-broker-") as folder:
        broker = MortalBroker(Path(folder))
        broker.start()
        try:
            yield broker
        finally:
            broker.kill()
