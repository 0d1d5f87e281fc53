"""Keys that are made once and kept, for machines where nobody set any.

A server run for real gets its keys from the environment. A laptop or a demo gets them from
files that only the owner can read, made on first use.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path


def key_from(environment_name: str, path: Path, make: Callable[[], str]) -> str:
    """The key in the environment, else the one in `path`, else a new one kept there."""
    return os.environ.get(environment_name) or kept_key(path, make)


def kept_key(path: Path, make: Callable[[], str]) -> str:
    """The key in `path`, readable by its owner alone; made on first use."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        # O_EXCL: of two processes that start together, one makes the key, the other reads it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_when_written(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(key := make())
    return key


def _read_when_written(path: Path) -> str:
    for _ in range(100):
        if key := path.read_text().strip():
            return key
        time.sleep(0.01)
    raise RuntimeError(f"The key file {path} is empty. Delete it and start again.")
