"""Samples of a run, one candidate beside the baseline: a list by what changed, and one in full.

Lists are read by keyset: a page starts after the last row of the one before it, so the
thousandth page costs what the first one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from migration_app.runs.models import Attempt, AttemptState, RunCandidate
from migration_app.runs.money import from_nanos
from migration_app.scoring.models import SampleScore

from .changes import are_listed, list_changes
from .models import SampleChange, SampleTitle

WORSE, BETTER, ALL = "worse", "better", "all"
SHOWN = (WORSE, BETTER, ALL)
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


@dataclass(frozen=True, slots=True)
class Answer:
    """What one option said to one sample, once. Seconds, tokens; `None` is unknown."""

    text: str
    reasoning: str
    tool_calls: Sequence[Any]
    refusal: str
    failed: bool
    message: str
    finish_reason: str
    served_model: str
    tries: int
    score: float | None
    unscored: str
    explanation: str
    seconds: float | None
    ttft: float | None
    thought: float | None  # from the first token of its reasoning to the first of its answer
    output_tokens: int | None
    reasoning_tokens: int | None  # part of the output
    estimated: bool  # tokens and cost were counted here, not by the vendor
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to. `low`, `high`: the candidate's score, both included."""

    show: str = ALL
    category: str = ""
    failure: str = ""  # a kind, ANY_FAILURE, or UNSCORED
    text: str = ""
    low: float | None = None
    high: float | None = None
    sort: str = ""


ANY_FAILURE, UNSCORED = "any", "unscored"
_MOST_CARRIED = 2_000  # more keys in a query cost more than reading the titles again
# By name: the column, and whether it goes upwards. Rows of one value follow each other by sample.
SORTS = {
    "order": ("sample_id", True),
    "worst": ("difference", True),
    "best": ("difference", False),
    "lowest": ("candidate_score", True),
    "highest": ("candidate_score", False),
}
_USUAL = {WORSE: "worst", BETTER: "best", ALL: "order"}


def sort_of(wanted: Wanted) -> str:
    """The sort that is asked for, else the one that suits what is shown."""
    return wanted.sort if wanted.sort in SORTS else _USUAL[wanted.show]


def changes_of(candidate: RunCandidate) -> QuerySet[SampleChange]:
    """The samples asked of a candidate; listed now if the run was compared before there were lists."""
    if not are_listed(candidate):
        list_changes(candidate.run)
    return SampleChange.objects.filter(run_candidate=candidate)


def narrowed(changes: QuerySet[SampleChange], run_id: Any, wanted: Wanted) -> QuerySet[SampleChange]:
    """All that `wanted` asks for but `show`, which the counts are taken over."""
    if wanted.category:
        changes = changes.filter(category=wanted.category)
    if wanted.failure == ANY_FAILURE:
        changes = changes.exclude(failure="")
    elif wanted.failure == UNSCORED:
        changes = changes.filter(candidate_score=None)
    elif wanted.failure:
        changes = changes.filter(failure=wanted.failure)
    if wanted.low is not None:
        changes = changes.filter(candidate_score__gte=wanted.low)
    if wanted.high is not None:
        changes = changes.filter(candidate_score__lte=wanted.high)
    if text := wanted.text.casefold().strip():
        changes = changes.filter(sample__in=_found(run_id, text))
    return changes


def _found(run_id: Any, text: str) -> Any:
    """The samples whose title holds the text: read once where a query can carry so many, since a page
    asks its list several times and each would search all titles again."""
    found = SampleTitle.objects.filter(run=run_id, folded__contains=text).values_list("sample_id", flat=True)
    listed = list(found[: _MOST_CARRIED + 1])
    return listed if len(listed) <= _MOST_CARRIED else found


def sample_counts(changes: QuerySet[SampleChange]) -> dict[str, int]:
    """How many samples there are, got worse, got better."""
    return changes.order_by().aggregate(
        all=Count("pk"),
        worse=Count("pk", filter=Q(difference__lt=0)),
        better=Count("pk", filter=Q(difference__gt=0)),
    )


def failures_of(changes: QuerySet[SampleChange]) -> list[tuple[str, int]]:
    """The kinds of failure there are, each with its count, most frequent first."""
    kinds = changes.exclude(failure="").order_by().values_list("failure").annotate(count=Count("pk"))
    return sorted(kinds, key=lambda pair: (-pair[1], pair[0]))


def shown(changes: QuerySet[SampleChange], wanted: Wanted) -> QuerySet[SampleChange]:
    """Only what is asked for, in its order. What has no value to sort by is left to other orders."""
    if wanted.show == WORSE:
        changes = changes.filter(difference__lt=0)
    elif wanted.show == BETTER:
        changes = changes.filter(difference__gt=0)
    column, upwards = SORTS[sort_of(wanted)]
    if column == "sample_id":
        return changes.order_by("sample_id")
    way = column if upwards else f"-{column}"
    return changes.filter(**{f"{column}__isnull": False}).order_by(way, "sample_id")


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


def place_of(changes: QuerySet[SampleChange], wanted: Wanted, row: SampleRow) -> int:
    """Which one it is in the list, counted from 1."""
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


def answer(entry: RunCandidate, sample_pk: int, repetition: int = 0) -> Answer | None:
    """The last try of an item with its score; `None` when it was never asked to the end."""
    last = (
        Attempt.objects.filter(
            item__run_candidate=entry,
            item__sample=sample_pk,
            item__repetition=repetition,
            number=F("item__tries"),
        )
        .exclude(state=AttemptState.IN_FLIGHT)
        .select_related("item")
        .first()
    )
    if last is None:
        return None
    score = SampleScore.objects.filter(item=last.item).first()
    nanos = (
        None
        if entry.price is None
        else last.item.attempts.aggregate(sum=Sum(Coalesce("estimated_cost_nanos", "cost_nanos")))["sum"]
    )
    return Answer(
        text=last.text, reasoning=last.reasoning, tool_calls=last.tool_calls, refusal=last.refusal,
        failed=last.state != AttemptState.COMPLETED, message=last.message, finish_reason=last.finish_reason,
        served_model=last.served_model, tries=last.item.tries, score=score.value if score else None,
        unscored=score.unscored if score else "", explanation=score.explanation if score else "",
        seconds=_since_due(last, last.total), ttft=_since_due(last, last.ttft),
        thought=_thought(last),
        output_tokens=last.output_tokens,
        reasoning_tokens=last.reasoning_tokens,
        estimated=last.usage_estimated,
        cost=None if nanos is None else from_nanos(nanos),
    )  # fmt: skip


def _since_due(attempt: Attempt, seconds: float | None) -> float | None:
    """From the moment the request was due to be sent, as every latency of an open load is counted."""
    return None if seconds is None else seconds + (attempt.lateness or 0.0)


def _thought(attempt: Attempt) -> float | None:
    """Seconds, where the vendor streamed its reasoning; one that hides it leaves this unknown."""
    if attempt.first_reasoning is None or attempt.ttft is None:
        return None
    return max(attempt.ttft - attempt.first_reasoning, 0.0)


def categories_of(changes: QuerySet[SampleChange]) -> list[str]:
    """The named categories among these samples."""
    return list(
        changes.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    )
