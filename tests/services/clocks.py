"""A wall clock of one's own for some processes, to be set while they run.

A real jump of the machine's clock needs root and would disturb everything else on it. Instead
`clock.c`, a few lines preloaded into the processes in question, adds a shift to what they read
of the wall clock; the monotonic clock stays true, as it does in a real jump.
"""

from __future__ import annotations

import mmap
import shutil
import struct
import subprocess
import sys
from pathlib import Path


class ClockUnavailable(Exception):
    """Why no clock can be shifted here, as a sentence."""


class ShiftedClock:
    """The clock of every process that was started with its `environment`."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)  # PostgreSQL runs under an account of its own
        self._library = _built(folder)
        self._file = folder / "shift"
        self._file.write_bytes(bytes(8))
        self._file.chmod(0o644)

    @property
    def environment(self) -> dict[str, str]:
        return {"LD_PRELOAD": str(self._library), "SHIFTED_CLOCK": str(self._file)}

    def jump(self, seconds: float) -> None:
        """Set it that much ahead of the machine's own clock; negative: behind."""
        with self._file.open("r+b") as file, mmap.mmap(file.fileno(), 8) as page:
            page[:8] = struct.pack("=q", round(seconds * 1e9))


def _built(folder: Path) -> Path:
    """Raises ClockUnavailable."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not sys.platform.startswith("linux") or compiler is None:
        raise ClockUnavailable("a shifted clock needs Linux and a C compiler")
    library = folder / "clock.so"
    source = Path(__file__).with_name("clock.c")
    subprocess.run([compiler, "-O1", "-shared", "-fPIC", "-o", library, source], check=True)
    library.chmod(0o755)
    return library
