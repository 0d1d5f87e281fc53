"""Ends the launcher's children when the launcher itself is gone, however it went.

The launcher holds the writing end of this process's standard input and tells it the process
groups it starts (`+123`) and stops (`-123`). When the launcher ends, even by kill -9, the pipe
closes, and whatever groups are left are ended: TERM, a grace, KILL. Portable, where Linux's
parent-death signal is not, and it reaches grandchildren.

It is run as a file and imports only the standard library, not even its neighbours: it must be
there before the first child is, and must not depend on anything that could fail to import.
"""

from __future__ import annotations

import os
import signal
import sys
import time

GRACE = 5.0  # seconds


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        pgid = int(line[1:])
        groups.add(pgid) if line[0] == "+" else groups.discard(pgid)
    end(groups)


def end(groups: set[int]) -> None:
    left = {pgid for pgid in groups if _send(pgid, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {pgid for pgid in left if _send(pgid, 0)}
    for pgid in groups:
        _send(pgid, signal.SIGKILL)


def _send(pgid: int, number: int) -> bool:
    try:
        os.killpg(pgid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


if __name__ == "__main__":
    main()
