"""Many workers of one environment without starting Python anew for each.

To start Python and to import what a worker needs takes a processor longer than many a test of killing
workers waits for anything else. So a process of its own imports all that, once, and forks a worker
whenever it is asked to. It opens no connection before, and imports nothing that workers share
(`migration_app.pipeline`), so that a forked worker is one like any other.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]


class Worker:
    """A Celery worker, the leader of its own process group."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def kill(self) -> None:
        """kill -9, with every child, at once; returns when it is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        while Path(f"/proc/{self.pid}").exists():
            time.sleep(0.002)


class Nursery:
    """Forks workers for as long as it is open; they are to be killed before."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.services.nursery"],
                cwd=ROOT, env=dict(environment), text=True, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=output,
            )  # fmt: skip

    def start(self, *arguments: str) -> Worker:
        """A worker of `celery worker` with these arguments; it is on its way, not ready."""
        requests, answers = self._pipes
        requests.write(json.dumps(arguments) + "\n")
        requests.flush()
        return Worker(int(answers.readline()))

    def close(self) -> None:
        for pipe in self._pipes:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()
        self._process.kill()
        self._process.wait()

    @property
    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None and self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def main() -> None:
    """Read a worker's arguments, a line of JSON each; answer with the process it became."""
    _import_what_workers_need()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever is killed leaves no zombie
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            _become_a_worker(json.loads(line))
        # Both sides do so, and whoever comes second finds it done: its answer may be the order to kill.
        with contextlib.suppress(ProcessLookupError):
            os.setpgid(pid, pid)
        print(pid, flush=True)


def _import_what_workers_need() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "migration_app.settings")
    import celery.apps.worker
    import celery.bin.celery
    import celery.concurrency.prefork  # noqa: F401
    import django
    import kombu.transport.redis  # noqa: F401

    django.setup()
    import migration_app.comparisons.due
    import migration_app.reports.announcing
    import migration_app.runs.feed
    import migration_app.workloads.waiting  # noqa: F401


def _become_a_worker(arguments: Sequence[str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # the log
    sys.argv = ["celery", "-A", "migration_app", "worker", *arguments]
    from celery.bin.celery import main as celery

    sys.exit(celery())


if __name__ == "__main__":
    main()
