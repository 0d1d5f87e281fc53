"""Server-sent events, read from a whole body after its end.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html. Two
liberties, because vendors take them: a last event without its blank line counts, and so
does a lone `\\r` as a line's end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Event(NamedTuple):
    """One event. `last` is the offset in the body of the last byte of its data."""

    data: bytes
    last: int
    name: bytes = b""


def events(body: bytes) -> Iterator[Event]:
    """The events of `body` that carry data, in order. Comments, ids and retry hints are skipped."""
    data: list[bytes] = []
    name, last, offset = b"", 0, 0
    for line in body.splitlines(keepends=True):
        offset += len(line)
        text = line.rstrip(b"\r\n")
        if text.startswith(b"data:"):
            data.append(text[5:].lstrip(b" "))
            last = offset - 1
        elif not text:
            if data:
                yield Event(data[0] if len(data) == 1 else b"\n".join(data), last, name)
                data = []
            name = b""
        elif text.startswith(b"event:"):
            name = text[6:].strip()
    if data:
        yield Event(b"\n".join(data), last, name)


def looks_like_events(body: bytes, content_type: str) -> bool:
    """Whether `body` is an event stream, going by its label or, where that is wrong, its first line."""
    if "text/event-stream" in content_type.lower():
        return True
    return body.lstrip().startswith((b"data:", b"event:", b": "))
