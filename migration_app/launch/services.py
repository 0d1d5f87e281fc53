"""The product's own processes: what they are called, how they start, when they are ready."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from migration_app.launch import ports
from migration_app.launch.errors import StepFailedError
from migration_app.launch.programs import Program, Readiness, url_answers
from migration_app.launch.supervisor import REPOSITORY

THREADS = 8  # web requests side by side; progress pages ask often and answer quickly
FEED_PROCESSES = 3  # each replays up to four connections at the same time, and has one if it can
STAGE_PROCESSES = 1


def data_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where everything that must survive is kept: CROSSOVER_DATA_DIR, else `var/`."""
    return Path(environment.get("CROSSOVER_DATA_DIR") or REPOSITORY / "var").resolve()


def manage(*arguments: str, environment: Mapping[str, str]) -> str:
    """Run one management command to its end; what it printed.

    Raises:
        StepFailedError: it failed; the message ends with what it said last.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments], cwd=REPOSITORY, env={**os.environ, **environment},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )
    if done.returncode:
        last = (done.stdout.strip().splitlines() or ["it said nothing"])[-1]
        raise StepFailedError(f"`manage.py {' '.join(arguments)}` failed: {last}")
    return done.stdout.strip()


def prepare(environment: Mapping[str, str]) -> None:
    """Bring the database's tables and the folder of static files up to date; quick where they are."""
    # The checks would load every page; `make check` runs them.
    manage("migrate", "--no-input", "--verbosity=0", "--skip-checks", environment=environment)
    if not _collected():
        manage("collectstatic", "--no-input", "--verbosity=0", "--skip-checks", environment=environment)


def _collected() -> bool:
    """Whether the collected static files are newer than every source: hashing them takes seconds."""
    manifest = REPOSITORY / "staticfiles" / "staticfiles.json"
    if not manifest.exists():
        return False
    made = manifest.stat().st_mtime
    return all(path.stat().st_mtime < made for path in (REPOSITORY / "static").rglob("*"))


def web(*, port: int, environment: Mapping[str, str]) -> Program:
    """The web server, on loopback."""
    return Program(
        name="web",
        command=(
            sys.executable, "-m", "gunicorn", "migration_app.wsgi:application",
            "--bind", f"{ports.HOST}:{port}", "--worker-class", "gthread", "--threads", str(THREADS),
            "--graceful-timeout", "3", "--access-logfile", "-", "--no-control-socket",
            "--logger-class", "migration_app.launch.web_log.WebLog",
        ),
        environment=environment,
        ready=url_answers(f"http://{ports.HOST}:{port}/"),
        ready_within=180,
    )


def feeds(*, environment: Mapping[str, str]) -> Program:
    """The worker that replays: each of its processes keeps a feed for a slice of a minute."""
    return _worker("feeds", processes=FEED_PROCESSES, environment=environment)


def stages(*, environment: Mapping[str, str]) -> Program:
    """The worker for everything short: scoring, comparing, reporting, and reconciling now and then."""
    return _worker("stages", processes=STAGE_PROCESSES, environment=environment)


_CELERY = (sys.executable, "-m", "celery", "-A", "migration_app")


def _worker(queue: str, *, processes: int, environment: Mapping[str, str]) -> Program:
    node = f"{queue}@localhost"
    return Program(
        name=f"worker-{queue}",
        command=(
            *_CELERY, "worker", "-Q", queue, "-n", node, "--concurrency", str(processes),
            "--loglevel=INFO", "--without-gossip", "--without-mingle",
        ),
        environment=environment,
        ready=_worker_answers(environment["REDIS_URL"], node),
        ready_within=180,
        remedy="Start again: the run goes on where it stopped, and nothing finished is asked twice.",
    )


def _worker_answers(broker_url: str, node: str) -> Readiness:
    """Ready once the worker itself answers a ping through the broker."""

    def ask() -> bool:
        from celery import Celery

        with Celery(broker=broker_url, set_as_current=False) as client:
            return bool(client.control.ping(destination=[node], timeout=0.5))

    return ask
