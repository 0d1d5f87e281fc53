"""The facade: ask one candidate one conversation, and get an Outcome.

One `Client` per feed and event loop. `ask` is one attempt: it never retries, and it never
raises for anything a vendor or a network does. Only a cancellation passes through.
"""

from __future__ import annotations

from dataclasses import replace
from time import monotonic

from migration_app.evaluation.conversations import Conversation
from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry, Timing

from .addresses import AddressPolicy
from .answers import Answer
from .auth import auth_of, bearer
from .endpoints import Endpoint, Target, prepare
from .errors import CallError
from .limits import refuse_not_taken
from .listing import read_models
from .protocols import protocol_of
from .reading import read_outcome_politely
from .signing import signed_headers
from .tokens import Tokens
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
        self._tokens = Tokens(self._transport)

    async def ask(
        self,
        endpoint: Endpoint,
        conversation: Conversation,
        *,
        deadline: float,
        idempotency_key: str | None = None,
    ) -> Outcome:
        """One attempt. `deadline`: seconds it may take altogether, connecting included.

        A sign-in, where one is due, comes before and has a limit of its own.
        """
        vendor = vendor_named(endpoint.vendor)
        started = monotonic()
        try:
            target = self._target(endpoint)
            refuse_not_taken(conversation, vendor)
            body = protocol_of(vendor).write(conversation, endpoint)
            proof = await self._proof(endpoint, target.chat, body) if target.proves_each_call else None
            started = monotonic()
            request = target.request(body, idempotency_key, proof)
            answer = await self._transport.send(target.origin, request, seconds=deadline)
        except CallError as error:
            return _failed(error, monotonic() - started)
        except ValueError as error:
            return Failed(FailureKind.BAD_REQUEST, str(error), Retry.NEVER, reached=False)
        outcome = await read_outcome_politely(answer, vendor, _secrets(endpoint, proof))
        return self._second_thoughts(endpoint, outcome) if target.proves_each_call else outcome

    async def models(self, endpoint: Endpoint, *, seconds: float) -> tuple[str, ...] | Failed | None:
        """The names on offer; `None` where the vendor offers no list."""
        started = monotonic()
        try:
            target = self._target(endpoint)
            if not target.models:
                return None
            proof = None
            if target.proves_each_call:
                proof = await self._proof(endpoint, target.models, b"", method="GET")
            request = target.list_request(proof)
            answer = await self._transport.send(target.models_origin, request, seconds=seconds)
        except CallError as error:
            return _failed(error, monotonic() - started)
        return read_models(answer, vendor_named(endpoint.vendor), _secrets(endpoint, proof))

    async def raw(self, endpoint: Endpoint, body: bytes, *, seconds: float) -> Answer:
        """The answer to a chat request whose body somebody else wrote. Raises CallError."""
        target = self._target(endpoint)
        proof = await self._proof(endpoint, target.chat, body) if target.proves_each_call else None
        request = target.request(body, None, proof)
        return await self._transport.send(target.origin, request, seconds=seconds)

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

    async def _proof(self, endpoint: Endpoint, url: str, body: bytes, method: str = "POST") -> dict[str, str]:
        """The headers that prove who sends this one call."""
        if auth_of(endpoint) == "aws":
            return signed_headers(endpoint, method, url, body)
        return bearer(await self._tokens.token(endpoint))

    def _second_thoughts(self, endpoint: Endpoint, outcome: Outcome) -> Outcome:
        """A token that was good and is refused has run out: the same call is worth another try."""
        if not isinstance(outcome, Failed) or outcome.kind is not FailureKind.UNAUTHORISED:
            return outcome
        if auth_of(endpoint) == "aws" or not self._tokens.refused(endpoint):
            return outcome
        return replace(outcome, retry=Retry.NOW)


def _secrets(endpoint: Endpoint, proof: dict[str, str] | None) -> tuple[str, ...]:
    """What no message may repeat: the keys, and a token that stands in for them."""
    token = (proof or {}).get("Authorization", "").removeprefix("Bearer ")
    return (*endpoint.secrets, token)


def _failed(error: CallError, seconds: float) -> Failed:
    """`seconds`: from the call's start, connecting included, since no answer tells more."""
    return Failed(
        kind=error.kind,
        message=error.message,
        retry=error.retry,
        timing=Timing(first_byte=None, ttft=None, total=seconds),
        reached=error.reached,
    )
