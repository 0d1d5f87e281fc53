"""Fixtures of what each source exports, and what a file of them gives."""

from __future__ import annotations

import io
from pathlib import Path
from typing import NamedTuple

from migration_app.workloads.calls import Call, Skipped
from migration_app.workloads.drafts import Draft
from migration_app.workloads.mapping import guess
from migration_app.workloads.readers import Problem, Reading
from migration_app.workloads.sources import COLUMNS, found_in
from migration_app.workloads.uploads import survey

FIXTURES = Path(__file__).parent.parent / "readers" / "fixtures"


class Gives(NamedTuple):
    reading: Reading
    drafts: list[Draft]
    calls: list[Call]
    skipped: list[Skipped]
    problems: list[Problem]

    @property
    def source(self) -> str:
        return self.reading.source


def fixture(*path: str) -> bytes:
    """The bytes of fixture files, one after the other."""
    return b"".join((FIXTURES / one).read_bytes() for one in path)


def gives(content: bytes, filename: str = "data") -> Gives:
    """Everything that a file gives, read as it was recognised. Raises UnreadableFile."""
    file = io.BytesIO(content)
    reading, sample = survey(file, filename)
    mapping = guess(reading.columns, sample) if reading.source == COLUMNS else {}
    found = list(found_in(file, reading, mapping))
    kinds = (Draft, Call, Skipped, Problem)
    return Gives(reading, *([one for one in found if isinstance(one, kind)] for kind in kinds))
