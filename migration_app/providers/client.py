"""The facade: ask one candidate one conversation, and get an Outcome.

One `Client` per feed and event loop. `ask` is one attempt: it never retries, and it never
raises for anything a vendor or a network does. Only a cancellation passes through.
"""

from __future__ import annotations

from time import monotonic

from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry, Timing

from .addresses import AddressPolicy
from .endpoints import Endpoint, Target, prepare
from .errors import CallError
from .limits import refuse_not_taken
from .protocols import protocol_of
from .reading import read_outcome_politely
from .transport import MAX_ANSWER_BYTES, Transport
from .vendors import vendor_named

__all__ = ["Client", "Endpoint"]


class Client:
    """Asks vendors, over connections it keeps.

    connect_timeout, idle_timeout: seconds; the idle limit is the longest silence between
    two reads. max_answer_bytes: a longer answer is cut off and fails.
    """

    def __init__(
        self,
        *,
        policy: AddressPolicy,
        connect_timeout: float = 10.0,
        idle_timeout: float = 30.0,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._transport = Transport(
            policy=policy,
            connect_timeout=connect_timeout,
            idle_timeout=idle_timeout,
            max_answer_bytes=max_answer_bytes,
        )
        self._targets: dict[Endpoint, Target] = {}

    async def ask(
        self,
        endpoint: Endpoint,
        conversation: Conversation,
        *,
        deadline: float,
        idempotency_key: str | None = None,
    ) -> Outcome:
        """One attempt. `deadline`: seconds it may take altogether, connecting included."""
        vendor = vendor_named(endpoint.vendor)
        started = monotonic()
        try:
            target = self._target(endpoint)
            refuse_not_taken(conversation, vendor)
            body = protocol_of(vendor).write(conversation, endpoint)
            request = target.request(body, idempotency_key)
            answer = await self._transport.send(target.origin, request, seconds=deadline)
        except CallError as error:
            return _failed(error, monotonic() - started)
        except ValueError as error:
            return Failed(FailureKind.BAD_REQUEST, str(error), Retry.NEVER, reached=False)
        return await read_outcome_politely(answer, vendor, endpoint.secrets)

    async def close(self) -> None:
        """Drop every connection. Calls in flight come back as disconnected."""
        self._transport.close()

    @property
    def replaced_connections(self) -> int:
        """Kept connections found dead and replaced within their attempt, before any answer."""
        return self._transport.replaced

    def _target(self, endpoint: Endpoint) -> Target:
        target = self._targets.get(endpoint)
        if target is None:
            target = self._targets[endpoint] = prepare(endpoint)
        return target


def _failed(error: CallError, seconds: float) -> Failed:
    """`seconds`: from the call's start, connecting included, since no answer tells more."""
    return Failed(
        kind=error.kind,
        message=error.message,
        retry=error.retry,
        timing=Timing(first_byte=None, ttft=None, total=seconds),
        reached=error.reached,
    )
