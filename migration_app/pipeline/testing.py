"""“Test connection” in the background: a worker tries it, and the page shows what it has found so far."""

from __future__ import annotations

import logging
from uuid import UUID

from celery import shared_task
from kombu.exceptions import OperationalError

from migration_app.candidates.actions import begin_test, test_connection
from migration_app.candidates.models import Connection

logger = logging.getLogger(__name__)
# Seconds a call may take while a person waits for the page.
_WITHIN_A_REQUEST = 4.0


@shared_task(name="test-connection")
def examine(connection_id: str) -> None:
    """Try one connection. The message names it; the secrets stay in the database."""
    connection = Connection.objects.filter(pk=UUID(connection_id), archived_at=None).first()
    if connection is not None:
        test_connection(connection=connection)


def begin(*, connection: Connection) -> None:
    """Have the connection tried, unless it is being tried already.

    Without a message server to ask a worker through, it is tried here and now.
    """
    if not begin_test(connection=connection):
        return
    try:
        examine.delay(str(connection.pk))
    except OperationalError:
        logger.warning("No message server: a connection is tested within the request.")
        test_connection(connection=connection, seconds_per_call=_WITHIN_A_REQUEST)
