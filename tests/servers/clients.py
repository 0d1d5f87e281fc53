"""Who is at the other end of a connection, and how to end it: for answers that kill their reader."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

_ESTABLISHED = "01"


def kill_owner(peer: tuple[str, int]) -> None:
    """kill -9 the process on this machine that holds the connection from `peer`. Linux only."""
    inode = _inode(peer[1])
    for pid in _owners(inode):
        os.kill(pid, signal.SIGKILL)


def _inode(port: int) -> str:
    """The socket that is bound to this local port and connected."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[3] == _ESTABLISHED:
            return fields[9]
    raise LookupError(f"nobody holds the connection from port {port}")


def _owners(inode: str) -> list[int]:
    found = []
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue  # it has gone meanwhile, or is none of ours
        if re.fullmatch(rf"socket:\[{inode}\]", target):
            found.append(int(descriptor.parts[2]))
    return found
