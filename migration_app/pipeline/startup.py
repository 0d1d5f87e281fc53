"""What a worker does before it begins: it looks at its servers, and at what the dead left.

A worker refuses to begin on a server that may evict, and a run refuses to start. A server
that does not answer at all is no reason to refuse: the database holds the truth, workers
wait for it, and the reconciler sends the hints again.
"""

from __future__ import annotations

import gc
import logging
import sys
from threading import Thread
from typing import Any

import redis
from celery.signals import worker_before_create_process, worker_init, worker_process_init
from django.conf import settings
from django.db import Error, connection

from migration_app.broker_policy import eviction_policy, refusal_of
from migration_app.runs.recovery import recover

from .readiness import database_refusal

logger = logging.getLogger(__name__)


def broker_refusal() -> str:
    """Why the message server must not be used, as a sentence; "" when it may be, or is not there."""
    try:
        return refusal_of(eviction_policy(settings.REDIS_URL))
    except (redis.RedisError, ValueError, OSError) as silence:
        logger.warning("The message server does not answer, so its policy is not known: %s", silence)
        return ""


@worker_init.connect
def _refuse_to_work(**_: Any) -> None:
    if refusal := broker_refusal() or database_refusal():
        print(f"This worker does not start. {refusal}", file=sys.stderr, flush=True)
        # Celery only logs what its signals' handlers raise, unless it is the wish to leave.
        raise SystemExit(1)


@worker_before_create_process.connect
def _share_memory(**_: Any) -> None:
    """What is loaded by now stays shared with the children, whose collector would write to all of it."""
    gc.collect()
    gc.freeze()


@worker_process_init.connect
def _look_for_journals(**_: Any) -> None:
    """A new process often takes the place of a killed one: what that had on this machine's disk is stored
    before its leases run out, also where the reconciler works on another machine."""
    Thread(target=_recover, name="recover", daemon=True).start()


def _recover() -> None:
    try:
        recover()
    except Error as away:
        logger.warning("What killed feeds left is not stored yet, the reconciler will: %s", away)
    finally:
        connection.close()
