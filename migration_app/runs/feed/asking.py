"""One call to a vendor, which comes to an outcome whatever happens on the way."""

from __future__ import annotations

import logging

from django.conf import settings

from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry
from migration_app.evaluation.wording import english
from migration_app.providers.client import Client
from migration_app.providers.endpoints import Endpoint

logger = logging.getLogger(__name__)


async def asked(
    client: Client,
    endpoint: Endpoint | Failed,
    conversation: Conversation,
    *,
    idempotency_key: str | None = None,
) -> Outcome:
    """What came of asking; the failure itself where there is no endpoint to ask.

    A fault of ours must not take the other calls down with it: it is shown as what it is.
    """
    if isinstance(endpoint, Failed):
        return endpoint
    deadline = settings.CALL_DEADLINE_SECONDS
    try:
        return await client.ask(endpoint, conversation, deadline=deadline, idempotency_key=idempotency_key)
    except Exception as error:
        logger.exception("A call ended in a fault of Crossover's own.")
        return Failed(
            FailureKind.UNKNOWN,
            english(
                "Crossover failed while reading the answer ({name}). Please report this.",
                name=type(error).__name__,
            ),
            Retry.NEVER,
        )
