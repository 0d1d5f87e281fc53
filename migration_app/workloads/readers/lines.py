"""Lines of a text file with bounded memory, each with its number and its fault if it has one."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from migration_app.evaluation.wording import english

from .rows import MAX_LINE_CHARACTERS

_CHUNK = 1 << 18
# What `surrogateescape` leaves for a byte that cannot be decoded.
_UNDECODED = re.compile("[\udc80-\udcff]")
_REPLACEMENT = "\ufffd"


class Line(NamedTuple):
    number: int
    text: str  # without its line ending; empty when the line is too long
    fault: str | None = None


def read_lines(file: BinaryIO, encoding: str, newline: str = "\n") -> Iterator[Line]:
    """Every line of `file`. A line over the limit is passed over without being held."""
    splitter = _Splitter(newline, wide=_is_wide(encoding))
    for text in read_text(file, encoding):
        yield from splitter.feed(text)
    yield from splitter.close()


def read_text(file: BinaryIO, encoding: str) -> Iterator[str]:
    """The decoded text in parts. Bytes that cannot be decoded stay visible as escapes."""
    errors = "replace" if _is_wide(encoding) else "surrogateescape"
    decoder = codecs.getincrementaldecoder(encoding)(errors=errors)
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def fault_of(text: str, *, wide: bool) -> str | None:
    """Why this text cannot be stored, or None. `wide`: decoded from UTF-16 or UTF-32."""
    if "\0" in text:
        return english("It holds a NUL character, which text does not have. Remove it and upload again.")
    if not text.isascii() and (_REPLACEMENT in text if wide else _UNDECODED.search(text)):
        return english(
            "It holds bytes that do not fit the file's encoding. Save the file as UTF-8 and upload again."
        )
    return None


def _is_wide(encoding: str) -> bool:
    """UTF-16 and UTF-32 know no `surrogateescape`; their damage shows as U+FFFD."""
    return encoding.startswith(("utf-16", "utf-32"))


class _Splitter:
    """Joins parts of text into lines and counts them."""

    def __init__(self, newline: str, *, wide: bool) -> None:
        self.newline = newline
        self.wide = wide
        self.number = 1
        self.parts: list[str] = []
        self.size = 0

    def feed(self, text: str) -> Iterator[Line]:
        *ended, rest = text.split(self.newline)
        for part in ended:
            self._hold(part)
            yield self._finish()
        self._hold(rest)

    def close(self) -> Iterator[Line]:
        if self.size:
            yield self._finish()

    def _hold(self, part: str) -> None:
        self.size += len(part)
        if self.size > MAX_LINE_CHARACTERS:
            self.parts.clear()
        elif part:
            self.parts.append(part)

    def _finish(self) -> Line:
        number, size, text = self.number, self.size, "".join(self.parts).removesuffix("\r")
        self.number, self.size = number + 1, 0
        self.parts.clear()
        if size > MAX_LINE_CHARACTERS:
            limit = MAX_LINE_CHARACTERS // 1_000_000
            return Line(
                number,
                "",
                english("It is longer than {limit} million characters, the most for a line.", limit=limit),
            )
        return Line(number, text, fault_of(text, wide=self.wide))
