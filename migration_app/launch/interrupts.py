"""Ctrl-C, SIGTERM and a closed terminal all mean the same: stop everything, in order.

Between starting a process and writing it down, an interrupt must wait, or the process would be
forgotten. Blocking the signals would not do: a child inherits the mask and could not be stopped.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_held = 0
_pending = False


class Interrupted(KeyboardInterrupt):
    """The person, or the system, asked for an end."""


def listen() -> None:
    """From now on, every stopping signal raises Interrupted in the main thread."""
    for number in STOPPING:
        signal.signal(number, _on_signal)


@contextmanager
def hold() -> Iterator[None]:
    """Put off an interrupt until the end of the block."""
    global _held, _pending
    _held += 1
    try:
        yield
    finally:
        _held -= 1
    if _pending and not _held:
        _pending = False
        raise Interrupted


def _on_signal(number: int, frame: FrameType | None) -> None:
    global _pending
    if _held:
        _pending = True
    else:
        raise Interrupted
