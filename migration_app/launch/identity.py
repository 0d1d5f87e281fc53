"""Telling a process from a later one that was given the same number."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")


def identity(pid: int) -> str | None:
    """A string that no other process shares: when it started, in this boot. None: it is gone.

    Linux: field 22 of /proc/PID/stat (proc(5)) and the boot's id. Elsewhere: what `ps` knows.
    A process that ended but was not yet waited for counts as gone.
    """
    if PROC.joinpath("self/stat").exists():
        return _identity_from_proc(pid)
    shown = subprocess.run(  # noqa: S603
        ["ps", "-o", "state=,lstart=", "-p", str(pid)],  # noqa: S607
        capture_output=True, text=True, check=False,
    ).stdout.strip()
    return None if not shown or shown.startswith("Z") else shown.partition(" ")[2].strip()


def _identity_from_proc(pid: int) -> str | None:
    try:
        stat = PROC.joinpath(str(pid), "stat").read_text(errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in brackets may hold spaces
    state, started = fields[0], fields[19]
    boot = PROC.joinpath("sys/kernel/random/boot_id")
    return None if state in "ZX" else f"{started}@{boot.read_text().strip() if boot.exists() else ''}"


def signal_group(pgid: int, number: int) -> bool:
    """Send a signal to a whole process group; False where nobody is left in it."""
    try:
        os.killpg(pgid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def end_group(pgid: int, *, grace: float) -> None:
    """TERM, wait, KILL, for a group whose members are not our children."""
    signal_group(pgid, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and signal_group(pgid, 0):
        time.sleep(0.05)
    signal_group(pgid, signal.SIGKILL)

