"""The list of samples by the page, read by keyset: a page starts after the last row of the one before
it, so the thousandth page costs what the first one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from .models import SampleChange, SampleTitle
from .queries import SORTS, Wanted, shown, sort_of

TITLE_LENGTH = 90


@dataclass(frozen=True, slots=True)
class SampleRow:
    """One line of the list. Scores are means over repetitions; `None` is unscored."""

    pk: int
    name: str
    title: str
    category: str
    baseline_score: float | None
    candidate_score: float | None
    difference: float | None
    failure: str
    key: str  # where a page that starts after this row begins


@dataclass(frozen=True, slots=True)
class SamplePage:
    rows: Sequence[SampleRow]
    has_previous: bool
    has_next: bool


def sample_page(
    changes: QuerySet[SampleChange],
    wanted: Wanted,
    *,
    after: str = "",
    before: str = "",
    at: int | None = None,
    size: int,
) -> SamplePage:
    """A page of `shown(changes, wanted)`: after or before a row's key, or beginning at a sample.

    A key that makes no sense is taken as none.
    """
    rows = shown(changes, wanted)
    if before and (edge := _beyond(wanted, before, forward=False)) is not None:
        found = list(rows.reverse().filter(edge)[: size + 1])
        return SamplePage(_rows(reversed(found[:size]), wanted), len(found) > size, True)
    edge = _from_sample(rows, wanted, at) if at is not None else _beyond(wanted, after, forward=True)
    found = list((rows if edge is None else rows.filter(edge))[: size + 1])
    return SamplePage(_rows(found[:size], wanted), edge is not None, len(found) > size)


def place_of(changes: QuerySet[SampleChange], wanted: Wanted, page: SamplePage, row: SampleRow) -> int:
    """Which one of the list a row of the page is, counted from 1; the first page is not asked for again."""
    if not page.has_previous and row in page.rows:
        return 1 + page.rows.index(row)
    edge = _beyond(wanted, row.key, forward=False)
    return 1 + (shown(changes, wanted).filter(edge).count() if edge is not None else 0)


def _key(change: SampleChange, wanted: Wanted) -> str:
    column, _upwards = SORTS[sort_of(wanted)]
    return (
        str(change.sample_id) if column == "sample_id" else f"{getattr(change, column)!r}_{change.sample_id}"
    )


def _beyond(wanted: Wanted, key: str, *, forward: bool) -> Q | None:
    """Rows strictly after (or before) the key, in the list's own order; None for a key that is none."""
    column, upwards = SORTS[sort_of(wanted)]
    try:
        if column == "sample_id":
            number = _whole(key)
            return Q(sample_id__gt=number) if forward else Q(sample_id__lt=number)
        text, pk = key.split("_")
        value, number = float(text), _whole(pk)
    except ValueError:
        return None
    further = Q(**{f"{column}__gt" if forward == upwards else f"{column}__lt": value})
    same = Q(**{column: value}) & (Q(sample_id__gt=number) if forward else Q(sample_id__lt=number))
    return further | same


def _whole(text: str) -> int:
    """Raises ValueError for what is no sample's number."""
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError(text)
    return number


def _from_sample(rows: QuerySet[SampleChange], wanted: Wanted, sample: int) -> Q | None:
    change = rows.filter(sample_id=sample).first()
    if change is None:
        return None
    edge = _beyond(wanted, _key(change, wanted), forward=True)
    return None if edge is None else edge | Q(sample_id=sample)


def _rows(changes: Iterable[SampleChange], wanted: Wanted) -> list[SampleRow]:
    listed = list(changes)
    if not listed:
        return []
    titles = SampleTitle.objects.filter(
        run=listed[0].run_candidate.run_id, sample__in=[change.sample_id for change in listed]
    )
    by_sample = {title.sample_id: title for title in titles}
    return [_row(change, by_sample[change.sample_id], wanted) for change in listed]


def _row(change: SampleChange, title: SampleTitle, wanted: Wanted) -> SampleRow:
    text = title.title
    return SampleRow(
        pk=change.sample_id,
        name=title.name,
        title=text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…",
        category=change.category,
        baseline_score=change.baseline_score,
        candidate_score=change.candidate_score,
        difference=change.difference,
        failure=change.failure,
        key=_key(change, wanted),
    )
