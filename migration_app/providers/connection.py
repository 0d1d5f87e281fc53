"""One HTTP/1.1 connection: the hot loop's own reader.

Each read is stamped before anything else happens to it; `framing` only finds where the
body begins and ends. What the bytes mean is read after the answer's end, when nobody's
clock is running.
"""

from __future__ import annotations

import asyncio
import select
from time import monotonic

from .answers import Answer
from .errors import CallError, DisconnectedError, TooSlowError
from .framing import Framing
from .wording import Template, gettext_noop

READ_BYTES = 16 * 1024


class StaleError(Exception):
    """A kept connection turned out to be closed before one byte of the request was sent."""


class Connection(asyncio.BufferedProtocol):
    """One request at a time; `ask` may be called again when `reusable`.

    Order within a call: `ask` writes and starts the clock → `buffer_updated` stamps each
    read → `_finish` hands the answer over and, unless all is clean, drops the connection.

    A buffered protocol, because a plain one is handed each token in a fresh quarter of a
    megabyte, cut down to its hundred bytes: several system calls a read.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._view = memoryview(bytearray(READ_BYTES))
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._framing = Framing()
        self._uploading = False
        self.reusable = False
        self.idle_since = 0.0

    # ── the call ──────────────────────────────────────────────────────────────

    async def ask(self, request: bytes, *, idle: float, deadline: float, limit: int) -> Answer:
        """Send `request` and wait for the answer's end.

        idle: longest silence, seconds. deadline: `time.monotonic()` moment to give up.
        limit: most bytes of answer, as they come over the wire.

        A failure after the answer's head arrives inside the `Answer` as `fault`.
        Raises StaleError, TooSlowError, DisconnectedError, TooMuchError, NotHttpError before it.
        """
        assert self._transport is not None
        self._begin(idle, deadline, limit)
        waiter: asyncio.Future[Answer] = self._loop.create_future()
        self._waiter = waiter
        self._sent = self._last = monotonic()
        self._transport.write(request)
        self._watch()
        try:
            return await waiter
        except BaseException:
            # Also when the caller was cancelled: half an answer is of no use to the next call.
            self.abort()
            raise

    def _begin(self, idle: float, deadline: float, limit: int) -> None:
        if self._transport is None or self._transport.is_closing():
            raise StaleError
        self._framing.begin(limit)
        self._idle, self._deadline = idle, deadline
        self.reusable = False

    def is_fresh(self, keep: float) -> bool:
        """Whether this kept connection may serve another call: young, open, and nothing waiting in it."""
        if self._transport is None or self._transport.is_closing() or monotonic() - self.idle_since > keep:
            return False
        # A peer that closed has its end waiting in the socket, often before the loop has seen it.
        return not _has_input(self._transport.get_extra_info("socket").fileno())

    def abort(self) -> None:
        """Drop the connection at once."""
        self.reusable = False
        if self._transport is not None:
            self._transport.abort()

    # ── the socket ────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # With no room to buffer, asyncio tells us when the last byte has gone to the socket.
        transport.set_write_buffer_limits(high=0)

    def pause_writing(self) -> None:
        self._uploading = True

    def resume_writing(self) -> None:
        self._uploading = False
        if self._waiter is not None and not self._framing.received:
            self._sent = self._last = monotonic()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._view

    def buffer_updated(self, nbytes: int) -> None:
        now = monotonic()
        if self._waiter is None or self._waiter.done():
            self.abort()  # Nobody asked: whatever this is, it is no answer to the next call.
            return
        self._last = now
        fault = self._framing.take(self._view[:nbytes], now)
        if fault is not None:
            self._break(fault)
        elif self._framing.complete:
            self._finish(None)

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self.reusable = False
        if self._waiter is None or self._waiter.done():
            return
        # Even a connection that closes at once may have carried the request, and the vendor may bill
        # it: the call failed and is seen, instead of being sent a second time in secret.
        if exc is None and self._framing.ends_with_the_connection:
            self._finish(None)
        else:
            self._break(DisconnectedError(_CUT if self._framing.received else _CLOSED))

    # ── the clock ─────────────────────────────────────────────────────────────

    def _watch(self) -> None:
        """One timer a call: it sleeps until the earliest moment anything could be late."""
        due = min(self._last + self._idle, self._deadline)
        self._timer = self._loop.call_later(due - monotonic(), self._late)

    def _late(self) -> None:
        now = monotonic()
        if now >= self._deadline:
            self._break(TooSlowError(_OVERDUE, reached=True))
        elif now >= self._last + self._idle:
            self._break(TooSlowError(_silent(self._idle), reached=True))
        else:
            self._watch()

    # ── the end ───────────────────────────────────────────────────────────────

    def _finish(self, fault: CallError | None) -> None:
        read = self._framing
        answer = Answer(
            status=read.status,
            headers=read.headers,
            body=bytes(read.body),
            stamps=read.stamps,
            ends=read.ends,
            sent=min(self._sent, read.first),
            first_byte=read.first,
            ended=self._last,
            fault=fault,
        )
        self.reusable = (
            fault is None
            and self._transport is not None
            and read.complete
            and not read.surplus
            and not self._uploading
            and read.keep_alive
        )
        self._settle(answer)

    def _break(self, fault: CallError) -> None:
        """The call failed: with a head there is something to report, without one only the failure."""
        if self._framing.head_done:
            self._finish(fault)
        else:
            self._settle(fault)

    def _settle(self, result: Answer | Exception) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.idle_since = self._last
        if not self.reusable:
            self.abort()
        if self._waiter is None or self._waiter.done():
            return
        if isinstance(result, Answer):
            self._waiter.set_result(result)
        else:
            self._waiter.set_exception(result)


def _has_input(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))


_CLOSED = gettext_noop(
    "The vendor closed the connection without an answer. If it happens often, ask the vendor why."
)
_CUT = gettext_noop(
    "The connection broke before the answer was complete. If it happens often, check the network between."
)
_OVERDUE = gettext_noop(
    "The answer took longer than the time allowed for one call. Allow more time, or ask for less output."
)
_SILENT = Template(
    gettext_noop(
        "The vendor went silent for {seconds} seconds in the middle of a call. "
        "If it happens often, the vendor is overloaded: ask fewer things at once."
    )
)


def _silent(idle: float) -> str:
    return _SILENT(seconds=f"{idle:g}")
