"""Sends one request and brings back one stamped answer.

Redirects are never followed and the environment's proxies are not read: both would lead
past the address policy. Each `send` is one attempt and one request on the wire; a kept connection
found dead before a byte of it was sent is replaced.
"""

from __future__ import annotations

from time import monotonic

from .addresses import AddressPolicy
from .answers import Answer, plain
from .connection import Connection, StaleError
from .errors import DisconnectedError, TooSlowError
from .pool import Origin, Pool
from .wording import Template, gettext_noop

_CLOSED = Template(gettext_noop("{host} closed the connection before the request was sent. Ask again."))
_OVER = gettext_noop("The time allowed for this call was over before it was sent. Allow more time.")

MAX_ANSWER_BYTES = 16_000_000


class Transport:
    """HTTP/1.1 over kept connections, for one event loop.

    connect_timeout, idle_timeout: seconds. max_answer_bytes: on the wire, and again after
    decompression.
    """

    def __init__(
        self,
        *,
        policy: AddressPolicy,
        connect_timeout: float = 10.0,
        idle_timeout: float = 30.0,
        max_answer_bytes: int = MAX_ANSWER_BYTES,
    ) -> None:
        self._pool = Pool(policy, connect_timeout)
        self._idle_timeout = idle_timeout
        self._limit = max_answer_bytes
        self.replaced = 0
        """How many kept connections were found dead and replaced within their attempt."""

    async def send(self, origin: Origin, request: bytes, *, seconds: float) -> Answer:
        """One attempt, which may take `seconds` altogether.

        Raises a CallError when no head of an answer came; a failure after that is the
        answer's `fault`.
        """
        deadline = monotonic() + seconds
        if kept := self._pool.kept(origin):
            try:
                return await self._ask(origin, kept, request, deadline)
            except StaleError:
                self.replaced += 1
        fresh = await self._pool.fresh(origin, deadline)
        try:
            return await self._ask(origin, fresh, request, deadline)
        except StaleError as error:
            raise DisconnectedError(
                _CLOSED(host=origin.host),
                reached=False,
            ) from error

    async def _ask(self, origin: Origin, connection: Connection, request: bytes, deadline: float) -> Answer:
        if deadline <= monotonic():
            connection.abort()
            raise TooSlowError(_OVER)
        try:
            answer = await connection.ask(
                request, idle=self._idle_timeout, deadline=deadline, limit=self._limit
            )
        finally:
            self._pool.take_back(origin, connection)
        return plain(answer, self._limit)

    def close(self) -> None:
        """Drop every connection. Calls in flight fail as disconnected."""
        self._pool.close()
