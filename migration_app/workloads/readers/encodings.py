"""Which encoding a text file is in: from its byte order mark, else from its bytes."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from migration_app.evaluation.wording import english

_CHUNK = 1 << 20
_ENOUGH_LINES = 2_000  # lines with letters beyond ASCII; more would not change the answer


class Encoding(NamedTuple):
    codec: str
    label: str
    note: str | None = None  # said on the page when the reading is a guess


_MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, Encoding("utf-8-sig", "UTF-8")),
    # UTF-32 first: its mark begins with that of UTF-16.
    (codecs.BOM_UTF32_LE, Encoding("utf-32", "UTF-32")),
    (codecs.BOM_UTF32_BE, Encoding("utf-32", "UTF-32")),
    (codecs.BOM_UTF16_LE, Encoding("utf-16", "UTF-16")),
    (codecs.BOM_UTF16_BE, Encoding("utf-16", "UTF-16")),
)
_UTF8 = Encoding("utf-8", "UTF-8")
_WINDOWS = Encoding(
    "cp1252",
    "Windows-1252",
    english(
        "The file is not in UTF-8 and was read as Windows-1252. Check in the preview "
        "that accents and quotation marks look right."
    ),
)


def detect(file: BinaryIO) -> Encoding:
    """The encoding of a file. UTF-8 with a few damaged lines is still UTF-8."""
    file.seek(0)
    head = file.read(4096)
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding
    return _unmarked_utf16(head) or _by_lines(file)


def _unmarked_utf16(head: bytes) -> Encoding | None:
    """UTF-16 of mostly Latin text has a NUL in every second byte."""
    pairs = len(head) // 2
    if pairs < 2:
        return None
    for offset, codec in ((1, "utf-16-le"), (0, "utf-16-be")):
        nulls = head[offset::2].count(0)
        others = head[1 - offset :: 2].count(0)
        if nulls > 0.7 * pairs and others < 0.05 * pairs:
            return Encoding(
                codec, "UTF-16", english("The file was read as UTF-16, which it does not say itself.")
            )
    return None


def _by_lines(file: BinaryIO) -> Encoding:
    valid = invalid = 0
    for line in _lines_beyond_ascii(file):
        if _is_utf8(line):
            valid += 1
        else:
            invalid += 1
        if valid + invalid >= _ENOUGH_LINES:
            break
    return _WINDOWS if invalid > valid else _UTF8


def _lines_beyond_ascii(file: BinaryIO) -> Iterator[bytes]:
    """Lines, or parts of overlong ones, that hold a byte above 127."""
    file.seek(0)
    rest = b""
    while chunk := file.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        if len(rest) > _CHUNK:  # an overlong line; its parts would be cut inside a letter
            rest = b""
        yield from (line for line in lines if not line.isascii())
    if not rest.isascii():
        yield rest


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
