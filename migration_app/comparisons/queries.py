"""Samples of a run, one candidate beside the baseline: listed by what changed, narrowed, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from migration_app.runs.models import RunCandidate

from .changes import are_listed, list_changes
from .models import SampleChange, SampleTitle

WORSE, BETTER, ALL = "worse", "better", "all"
SHOWN = (WORSE, BETTER, ALL)


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


def categories_of(changes: QuerySet[SampleChange]) -> list[str]:
    """The named categories among these samples."""
    return list(
        changes.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    )
