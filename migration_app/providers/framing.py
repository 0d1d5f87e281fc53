"""One HTTP/1.1 answer as it comes: where head and body begin and end, and when each read arrived.

`httptools` finds the places; what the bytes mean is read after the answer's end (`reading`).
"""

from __future__ import annotations

import httptools

from .answers import too_much
from .errors import CallError, NotHttpError, TooMuchError
from .wording import gettext_noop

HEAD_LIMIT = 64 * 1024

_NOT_HTTP = gettext_noop(
    "The address answered with something that is not HTTP. "
    "Check the port and whether the base URL should begin with https://."
)


class Framing:
    """One for each connection, begun anew for each call, so that nothing of an answer outlives it.

    received: bytes so far, head included. first: when the first of them came.
    complete: the answer came to its end. surplus: and more came after it.
    stamps, ends: see `Answer`. keep_alive: what the peer says of the connection, once it is complete.
    """

    def __init__(self) -> None:
        self.begin(0)

    def begin(self, limit: int) -> None:
        """Expect another answer, of at most `limit` bytes as they come over the wire."""
        self._parser = httptools.HttpResponseParser(self)
        self._limit = limit
        self.received = self.status = 0
        self.first = 0.0
        self.headers: dict[str, str] = {}
        self.head_done = self.complete = self.surplus = self.keep_alive = False
        self.body = bytearray()
        self.stamps: list[float] = []
        self.ends: list[int] = []

    def take(self, data: memoryview, now: float) -> CallError | None:
        """Take in one read; what is wrong with the answer, once something is."""
        if not self.received:
            self.first = now
        self.received += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if not self.complete:
                return NotHttpError(_NOT_HTTP)
            self.surplus = True
        if not self.stamps or len(self.body) != self.ends[-1]:
            self.stamps.append(now)
            self.ends.append(len(self.body))
        return None if self.complete else self._excess()

    def _excess(self) -> CallError | None:
        if self.received > self._limit:
            # Nobody reads what is thrown away; its beginning still tells when the answer began.
            del self.body[HEAD_LIMIT:]
            return TooMuchError(too_much(self._limit))
        if not self.head_done and self.received > HEAD_LIMIT:
            return NotHttpError(_NOT_HTTP)
        return None

    @property
    def ends_with_the_connection(self) -> bool:
        """Whether it has no length of its own: then it is over when the peer closes."""
        framed = "content-length" in self.headers or "chunked" in self.headers.get("transfer-encoding", "")
        return self.head_done and not framed

    # ── what the parser finds ─────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        self.surplus = self.complete

    def on_header(self, name: bytes, value: bytes) -> None:
        # What follows the body (a trailer, RFC 9112, 7.1.2) describes nothing that we read, and
        # may be as long as an answer: thousands joined under one name would take minutes.
        if self.surplus or self.head_done:
            return
        key = name.decode("latin-1").lower()
        text = value.decode("latin-1")
        before = self.headers.get(key)
        self.headers[key] = text if before is None else f"{before}, {text}"

    def on_headers_complete(self) -> None:
        if self.surplus:
            return
        self.status = self._parser.get_status_code()
        # 100 Continue and 103 Early Hints are heads without an answer: the real one follows.
        self.head_done = self.status >= 200
        if not self.head_done:
            self.headers = {}

    def on_body(self, body: bytes) -> None:
        if not self.surplus:
            self.body += body

    def on_message_complete(self) -> None:
        if self.surplus:
            return
        self.complete = self.head_done
        # The parser knows this only inside this callback: then it forgets the head.
        self.keep_alive = self._parser.should_keep_alive()
