"""Amazon's binary event stream, read from a whole body after its end.

Each frame tells its own length, so that an event's last byte, and with it the moment it
arrived, is known; `botocore` checks the sums and reads the headers. The format:
https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from ..errors import BrokenAnswerError
from ..sse import Event

_PRELUDE = 12  # the frame's length, its headers' length, and the sum over both
CONTENT_TYPE = "application/vnd.amazon.eventstream"


def frames(body: bytes) -> Iterator[Event]:
    """The whole frames of `body`, named by their event's or exception's type.

    A last frame that is cut off is left out. Raises BrokenAnswerError for one that does not add up.
    """
    start = 0
    while len(body) - start >= _PRELUDE:
        end = start + int.from_bytes(body[start : start + 4], "big")
        if end - start < _PRELUDE:
            raise BrokenAnswerError
        if end > len(body):
            # Cut off, unless the length itself is wrong: the sum over the prelude tells.
            _read(body[start:])
            return
        event = _read(body[start:end])
        if event is None:
            raise BrokenAnswerError
        payload, name = event
        yield payload, end - 1, name
        start = end


def is_stream(body: bytes, content_type: str) -> bool:
    """Whether `body` is such a stream, by its label or by its looks: no JSON begins with a NUL."""
    return CONTENT_TYPE in content_type.lower() or body[:1] == b"\0"


def _read(frame: bytes) -> tuple[bytes, bytes] | None:
    from botocore.eventstream import EventStreamBuffer, ParserError  # 10 MB, for who speaks to Bedrock

    buffer = EventStreamBuffer()
    buffer.add_data(frame)
    try:
        event = next(buffer, None)
    except (ParserError, struct.error, ValueError, LookupError) as error:
        raise BrokenAnswerError from error
    if event is None:
        return None
    kinds = (event.headers.get(name) for name in (":exception-type", ":event-type", ":error-code"))
    return event.payload, next((str(kind).encode() for kind in kinds if kind), b"")
