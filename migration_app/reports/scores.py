"""The scores behind a report as CSV, written while they are read: a run may have millions of lines."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from migration_app.comparisons.score_lines import ScoreLine, score_lines
from migration_app.runs.models import Run

from .files import disarmed

_AT_ONCE = 500  # lines in a piece of the file


class _Echo:
    """A file for `csv.writer` that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def scores_csv(run: Run) -> Iterator[str]:
    """Pieces of the file, the headings first. The columns are `ScoreLine`'s; unknown is empty."""
    write = csv.writer(_Echo(), lineterminator="\r\n").writerow
    piece = [str(write(ScoreLine._fields))]
    for line in score_lines(run):
        piece.append(str(write([disarmed(value) for value in line])))
        if len(piece) >= _AT_ONCE:
            yield "".join(piece)
            piece = []
    yield "".join(piece)
