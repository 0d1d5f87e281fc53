"""The reconciler's clock: every worker that does stages asks itself to reconcile, every few seconds.

It ticks in the worker's main process, which nothing of a run's can crash, and on the monotonic
clock. A scheduler of its own would be one more process to lose, and falls silent for as long as
the wall clock is set back. Several workers tick side by side; two reconcilers do no harm.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import bootsteps, current_app
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

QUEUE = "stages"


class Pulse(bootsteps.StartStopStep):
    """Begins with the worker's consumer, and anew whenever that has lost its broker."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **_: Any) -> None:
        self._timer: Any = None

    def start(self, consumer: Any) -> None:
        if QUEUE in consumer.app.amqp.queues.consume_from:
            _tick()
            self._timer = consumer.timer.call_repeatedly(settings.RECONCILE_SECONDS, _tick)

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    shutdown = stop


def _tick() -> None:
    try:
        current_app.send_task("reconcile")
    except (OperationalError, OSError) as silence:
        # The consumer notices by itself, and starts us again once it has a connection.
        logger.warning("The message server does not answer, so nothing is reconciled now: %s", silence)
