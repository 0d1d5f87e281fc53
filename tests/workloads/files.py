"""Files as people upload them, and bytes that no memory has to hold."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from migration_app.workloads import readers
from migration_app.workloads.readers import Problem, Reading, Row

CSV = (
    b"question,answer,topic\n"
    b'Where is my parcel?,"On its way, since Monday",shipping\n'
    b'"Two lines\nof text",yes,other\n'
    b"When do you open?,At nine,other\n"
)
JSONL = (
    '{"prompt": "Where is my parcel?", "reference": "On its way", "category": "shipping"}\n'
    '{"prompt": "Grüße?", "reference": ["hello", "hi"], "category": "other"}\n'
    '{"prompt": "When?", "reference": {"hour": 9}, "category": "other"}\n'
).encode()
ARRAY = (
    b'[\n  {"prompt": "Where?", "reference": "here"},\n  {"prompt": "When?",\n   "reference": "now"},\n'
    b'  {"prompt": "Who?", "reference": "you"}\n]\n'
)


def read(content: bytes, filename: str = "data.csv") -> tuple[Reading, list[Row], list[Problem]]:
    """Everything a file gives. Raises UnreadableFile."""
    file = io.BytesIO(content)
    reading = readers.begin(file, filename)
    found = list(readers.rows(file, reading))
    rows = [row for row in found if isinstance(row, Row)]
    return reading, rows, [problem for problem in found if isinstance(problem, Problem)]


class Endless(io.RawIOBase):
    """A file made of parts, each repeated some times, that is produced while it is read."""

    def __init__(self, parts: Iterable[tuple[bytes, int]]) -> None:
        self.parts = [(part, times) for part, times in parts]
        self.size = sum(len(part) * times for part, times in self.parts)
        self.at = 0

    def seek(self, offset: int, whence: int = 0) -> int:
        self.at = offset
        return offset

    def read(self, size: int = -1) -> Any:
        made, start = bytearray(), 0
        wanted = self.size if size < 0 else size
        for part, times in self.parts:
            end = start + len(part) * times
            while self.at < end and self.at >= start and len(made) < wanted:
                inside = (self.at - start) % len(part)
                take = part[inside : inside + wanted - len(made)]
                made += take
                self.at += len(take)
            start = end
        return bytes(made)
