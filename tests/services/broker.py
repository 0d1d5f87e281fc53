"""A private Redis-protocol server for one test run."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from migration_app.launch.broker import ensure_broker
from migration_app.launch.supervisor import Supervisor


@contextmanager
def private_broker() -> Iterator[str]:
    """Start a server as the product does, yield its REDIS_URL, stop it and remove its files."""
    with tempfile.TemporaryDirectory(prefix="xo-broker-") as folder, Supervisor(Path(folder)) as supervisor:
        path = {"PATH": os.environ.get("PATH", "")}
        yield ensure_broker(supervisor, data=Path(folder), environment=path).url
