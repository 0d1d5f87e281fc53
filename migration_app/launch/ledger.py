"""One launcher per data directory, and a list of what it started.

The lock is the kernel's, so it falls away however the launcher ends. The list lets the next
start end what was left over, should launcher and watchdog both have been killed.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from migration_app.launch.errors import AlreadyRunningError
from migration_app.launch.identity import end_group, identity


class Ledger:
    """The names, numbers and identities of running children, kept in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: dict[str, dict[str, str | int]] = {}

    def add(self, name: str, pid: int) -> None:
        self._entries[name] = {"pid": pid, "identity": identity(pid) or ""}
        self._write()

    def remove(self, name: str) -> None:
        self._entries.pop(name, None)
        self._write()

    def sweep(self, *, grace: float = 3.0) -> list[str]:
        """End what an earlier launcher left running.

        Only a process whose start time matches the list is touched: numbers are reused.

        Returns:
            One sentence per process ended.
        """
        ended = []
        for name, entry in self._read().items():
            pid = int(entry["pid"])
            if entry["identity"] and identity(pid) == entry["identity"]:
                end_group(pid, grace=grace)
                ended.append(f"Ended {name} (process {pid}), left over from an earlier start.")
        self._write()
        return ended

    def _read(self) -> dict[str, dict[str, str | int]]:
        with suppress(OSError, ValueError, AttributeError):
            return dict(json.loads(self.path.read_text()).items())
        return {}

    def _write(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(self._entries, indent=1))
        fresh.replace(self.path)


@contextmanager
def only_launcher(path: Path) -> Iterator[None]:
    """Hold the data directory.

    Raises:
        AlreadyRunningError: another launcher holds it.
    """
    # The data directory itself first, and for its owner alone: parents made on the way would be open.
    path.parent.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise AlreadyRunningError(
                f"Crossover is already running here (process {file.read().strip() or 'unknown'}). "
                "Stop it with Ctrl-C in its terminal, then start again."
            ) from None
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield
