"""Starts contestants as processes of their own, so that each one's CPU and memory are its own."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.contestants import WARM_UP
from bench.table import FOLDER

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Place:
    """A database with a planned run in it, in a data folder of its own."""

    folder: Path
    environment: dict[str, str]

    def start(self, step: str, *arguments: object) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "bench.product", step, *map(str, arguments)]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment)

    def run(self, step: str, *arguments: object) -> None:
        if self.start(step, *arguments).wait():
            raise RuntimeError(f"The product's step “{step}” failed; its output is above.")

    def feed(self, *seats: int) -> dict[str, Any]:
        """Replay in one process, to the end."""
        output = self.folder / "feed.json"
        self.run("feed", output, *seats)
        return json.loads(output.read_text())


@contextmanager
def planned(
    url: str, *, requests: int, slots: int, warm_up: int = WARM_UP, database: str = "", **settings: str
) -> Iterator[Place]:
    """A run of `requests` calls over two models, planned and not begun; gone afterwards.

    warm_up: requests of a run before it. database: a DATABASE_URL; empty for a SQLite file of its own.
    """
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="run-", dir=FOLDER) as name:
        place = Place(Path(name), _environment(Path(name), database) | settings)
        _migrate(place, database)
        place.run("plan", url, requests // 2, slots, warm_up // 2)
        yield place


def peer(name: str, url: str, *, requests: int, slots: int) -> dict[str, Any]:
    """`aiohttp` or `openai` doing the same work."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        output = Path(folder) / "result.json"
        arguments = [name, url, str(requests), str(slots), str(output)]
        subprocess.run([sys.executable, "-m", "bench.contestants", *arguments], cwd=ROOT, check=True)
        return json.loads(output.read_text())


def _environment(folder: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    ours = {
        "DJANGO_SETTINGS_MODULE": "migration_app.settings",
        "CROSSOVER_DATA_DIR": str(folder),
        "CROSSOVER_PRIVATE_ADDRESSES": "127.0.0.0/8",
        "CROSSOVER_LOG_LEVEL": "ERROR",
    }
    return kept | ours | ({"DATABASE_URL": database} if database else {})


def _migrate(place: Place, database: str) -> None:
    """Tables are made once a bench and copied; on PostgreSQL they are made each time."""
    template = FOLDER / f"template-{os.getpid()}.sqlite3"
    if not database and template.exists():
        shutil.copy(template, place.folder / "crossover.sqlite3")
        return
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity=0", "--skip-checks"]
    subprocess.run(migrate, cwd=ROOT, env=place.environment, check=True)
    if not database:
        shutil.copy(place.folder / "crossover.sqlite3", template)
        atexit.register(template.unlink, missing_ok=True)
