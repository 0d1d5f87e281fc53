"""Server-sent events, read from a whole body after its end.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html. Two
liberties, because vendors take them: a last event without its blank line counts, and so
does a lone `\\r` as a line's end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

# (data, offset in the body of the last byte of the data's line, name). A plain tuple: there is
# one for every token of every answer.
Event = tuple[bytes, int, bytes]


def events(body: bytes) -> Iterator[Event]:
    """The events of `body` that carry data, in order. Comments, ids and retry hints are skipped."""
    if b"\r" in body:
        yield from _by_lines(body, 0)
        return
    start = 0
    for block in body.split(b"\n\n"):
        end = start + len(block)
        if block.startswith(b"data:") and b"\n" not in block:
            yield block[5:], end, b""  # What nearly every event looks like.
        elif block:  # Nothing is between two blank lines; millions of them would cost seconds.
            yield from _by_lines(block, start)
        start = end + 2


# A line that says something, or line ends that may hold a blank line. What lies between is passed over
# without a step of ours for each line: sixteen million of them fit into an answer.
_TELLING = re.compile(rb"(?:\A|(?<=[\r\n]))(data:|event:)([^\r\n]*)|[\r\n]{2,}")


def _by_lines(body: bytes, offset: int) -> Iterator[Event]:
    """The same by the letter of the format; `body` begins `offset` bytes into the whole."""
    data: list[bytes] = []
    name, last = b"", 0
    for found in _TELLING.finditer(body):
        field, value = found.groups()
        if field == b"data:":
            data.append(value)
            last = offset + _line_end(body, found.end())
        elif field is not None:
            name = value.strip()
        elif _line_ends(found[0]) > 1:
            if data:
                yield b"\n".join(data), last, name
                data = []
            name = b""
    if data:
        yield b"\n".join(data), last, name


def _line_end(body: bytes, end: int) -> int:
    """Where the last byte of a line is whose text ends before `end`, its line end included."""
    return min(end + body.startswith(b"\r\n", end), len(body) - 1)


def _line_ends(run: bytes) -> int:
    return run.count(b"\n") + run.count(b"\r") - run.count(b"\r\n")


def looks_like_events(body: bytes, content_type: str) -> bool:
    """Whether `body` is an event stream, going by its label or, where that is wrong, its first line."""
    if "text/event-stream" in content_type.lower():
        return True
    return body.lstrip().startswith((b"data:", b"event:", b": "))
