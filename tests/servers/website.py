"""The product's own web server in its own process, as `make serve` starts it: it can go and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from migration_app.launch import ports, services

ROOT = Path(__file__).parents[2]


class Website:
    """Listens on one port for its whole life, whichever process serves it."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = ports.any_free()
        self.log = log
        self._program = services.web(port=self.port, environment=environment)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{ports.HOST}:{self.port}"

    def start(self) -> None:
        """Start it, and return once it answers."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self._program.command), cwd=ROOT, env={**os.environ, **self._program.environment},
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + 60
        while not self._program.ready():
            assert self._process.poll() is None and time.monotonic() < deadline, self.log.read_text()[-2_000:]
            time.sleep(0.05)

    def stop(self) -> None:
        """Ask it to end, as an operator does, and wait until nothing listens any more."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(timeout=60) == 0
        assert ports.is_free(self.port)

    def kill(self) -> None:
        """Whatever is left of it, at once."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@contextmanager
def website(environment: Mapping[str, str], log: Path) -> Iterator[Website]:
    """Runs for the length of a `with`."""
    site = Website(environment, log)
    try:
        site.start()
        yield site
    finally:
        site.kill()
