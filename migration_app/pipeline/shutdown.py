"""How a feed learns that its worker is asked to stop.

Celery tells only the worker's main process. A shared event, made before the pool forks,
carries the news to the children, so that a feed ends its slice and leaves nothing in flight.
"""

from __future__ import annotations

import multiprocessing
from typing import Any

from celery.signals import worker_shutting_down

_asked = multiprocessing.get_context("fork").Event()


@worker_shutting_down.connect
def _tell_children(**_: Any) -> None:
    _asked.set()


def shutting_down() -> bool:
    return _asked.is_set()
