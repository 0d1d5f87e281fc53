"""Patterns that end: each match may take so long, and all matches of one answer together.

Patterns come from people and uploads, texts from models. One that only just ends, tried on every
item of a long list, takes hours where each match alone is in time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import thread_time
from typing import Any

SECONDS = 0.2  # one match; a pattern that needs longer would never end on some answers
SECONDS_IN_ALL = 1.0  # all matches that one score needs

_seconds_left: ContextVar[float] = ContextVar("pattern_seconds_left", default=SECONDS_IN_ALL)


@contextmanager
def patience() -> Iterator[None]:
    """Within it, `patiently` spends from one allowance of SECONDS_IN_ALL of this thread's time."""
    token = _seconds_left.set(SECONDS_IN_ALL)
    try:
        yield
    finally:
        _seconds_left.reset(token)


def patiently(look: Callable[..., Any], *texts: str) -> Any:
    """`look(*texts, timeout=…)`, one of the `regex` module's. Raises TimeoutError when time is up."""
    left = _seconds_left.get()
    if left <= 0:
        raise TimeoutError
    began = thread_time()
    try:
        return look(*texts, timeout=min(SECONDS, left))
    finally:
        _seconds_left.set(left - (thread_time() - began))
