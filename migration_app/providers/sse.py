"""Server-sent events, read from a whole body after its end.

The format: https://html.spec.whatwg.org/multipage/server-sent-events.html. Two
liberties, because vendors take them: a last event without its blank line counts, and so
does a lone `\\r` as a line's end.
"""

from __future__ import annotations

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


def _by_lines(body: bytes, offset: int) -> Iterator[Event]:
    """The same by the letter of the format; `body` begins `offset` bytes into the whole."""
    data: list[bytes] = []
    name, last = b"", 0
    for line in body.splitlines(keepends=True):
        offset += len(line)
        text = line.rstrip(b"\r\n")
        if text.startswith(b"data:"):
            data.append(text[5:])
            last = offset - 1
        elif not text:
            if data:
                yield b"\n".join(data), last, name
                data = []
            name = b""
        elif text.startswith(b"event:"):
            name = text[6:].strip()
    if data:
        yield b"\n".join(data), last, name


def looks_like_events(body: bytes, content_type: str) -> bool:
    """Whether `body` is an event stream, going by its label or, where that is wrong, its first line."""
    if "text/event-stream" in content_type.lower():
        return True
    return body.lstrip().startswith((b"data:", b"event:", b": "))
