"""Sources: the tools whose exports are read. A new one is a module here and a line in SOURCES.

`readers` cuts a file into rows, whatever wrote it; a source knows what a row means. It is a
module with two functions: `recognises(values)`, which says from a row's content alone how sure
it is that the row is its own (0 to 1), and `records(row)`, which yields what the row holds:

    Draft     a request that can be replayed
    Call      a call that the log only counts: it feeds the traffic profile
    Skipped   something that is in order and no request

or raises BadRow. A source whose rows belong together (OpenAI's batch has requests and answers)
also has `everything(passes)`, where each `passes()` goes over the rows from the start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import ModuleType
from typing import Any, BinaryIO, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Reading, Row, rows
from . import openai_batch
from .columns import draft_from

__all__ = ["COLUMNS", "SOURCES", "Call", "Found", "Skipped", "Source", "found_in", "recognised"]

Found = Draft | Call | Skipped | Problem
COLUMNS = "columns"  # no source of its own: a table whose columns the person maps
_LEAST = 0.5  # how sure a source must be of a row


class Source(NamedTuple):
    label: str | Promise
    because: str | Promise  # what in the content shows it, as a sentence
    module: ModuleType | None


# The more particular one first: of two that are equally sure, the earlier is chosen.
SOURCES: dict[str, Source] = {
    "openai_batch": Source(
        _("OpenAI Batch"), _("Its lines have a custom_id and the body of a request."), openai_batch
    ),
    COLUMNS: Source(_("Table of requests"), _("Its columns are named freely; you say what each is."), None),
}


class Recognised(NamedTuple):
    """Which source wrote a file, and how many of the rows that were looked at say so."""

    source: str
    rows: int
    looked_at: int


def recognised(sample: Sequence[Row]) -> Recognised:
    """The source of most of these rows; COLUMNS where no source knows them."""
    votes = Counter(_source_of(row.values) for row in sample)
    votes.setdefault(COLUMNS, 0)
    order = list(SOURCES)
    best = max(votes, key=lambda key: (votes[key], -order.index(key)))
    return Recognised(best, votes[best], len(sample))


def _source_of(values: Mapping[str, Any]) -> str:
    sure = {key: source.module.recognises(values) for key, source in SOURCES.items() if source.module}
    best = max(sure, key=lambda key: sure[key])
    return best if sure[best] >= _LEAST else COLUMNS


def found_in(file: BinaryIO, reading: Reading, mapping: Mapping[str, str]) -> Iterator[Found]:
    """Everything that a file holds, in the order of its lines. `mapping` matters to COLUMNS alone."""
    passes = partial(rows, file, reading)
    module = SOURCES[reading.source].module
    if module is not None and hasattr(module, "everything"):
        yield from module.everything(passes)
        return
    records: Callable[[Row], Iterator[Draft | Call | Skipped]]
    records = module.records if module is not None else partial(_mapped, mapping=mapping)
    for row in passes():
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield from records(row)
        except BadRow as bad:
            yield Problem(row.line, str(bad))


def _mapped(row: Row, mapping: Mapping[str, str]) -> Iterator[Draft]:
    yield draft_from(row, mapping)
