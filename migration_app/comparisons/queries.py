"""Samples of a run, one candidate beside the baseline: a list by what changed, and one in full.

Lists are read by keyset: a page starts after the last row of the one before it, so the
thousandth page costs what the first one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, FloatField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from migration_app.runs.models import Attempt, AttemptState, Item, RunCandidate
from migration_app.runs.money import from_nanos
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample
from migration_app.workloads.queries import question_of

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
    output_tokens: int | None
    estimated: bool  # tokens and cost were counted here, not by the vendor
    cost: Decimal | None


def compared_samples(baseline: RunCandidate, candidate: RunCandidate) -> QuerySet[Any]:
    """The samples asked of the candidate, with `baseline_score`, `candidate_score` and their `difference`."""
    return Sample.objects.filter(
        pk__in=Item.objects.filter(run_candidate=candidate).values("sample_id")
    ).annotate(
        baseline_score=_mean_score(baseline),
        candidate_score=_mean_score(candidate),
        difference=F("candidate_score") - F("baseline_score"),
    )


def _mean_score(entry: RunCandidate) -> Subquery:
    scores = SampleScore.objects.filter(item__run_candidate=entry, item__sample=OuterRef("pk"))
    means = scores.order_by().values("item__sample").annotate(mean=Avg("value")).values("mean")
    return Subquery(means, output_field=FloatField())


def sample_counts(samples: QuerySet[Any]) -> dict[str, int]:
    """How many samples there are, got worse, got better."""
    return samples.order_by().aggregate(
        all=Count("pk"),
        worse=Count("pk", filter=Q(difference__lt=0)),
        better=Count("pk", filter=Q(difference__gt=0)),
    )


def shown(samples: QuerySet[Any], show: str) -> QuerySet[Any]:
    """Only what is asked for, the largest change first; all of them in the workload's order."""
    if show == WORSE:
        return samples.filter(difference__lt=0).order_by("difference", "pk")
    if show == BETTER:
        return samples.filter(difference__gt=0).order_by("-difference", "pk")
    return samples.order_by("pk")


def sample_page(
    samples: QuerySet[Any],
    show: str,
    *,
    after: str = "",
    before: str = "",
    at: int | None = None,
    size: int,
) -> SamplePage:
    """A page of `shown(samples, show)`: after or before a row's key, or beginning at a sample.

    A key that makes no sense is taken as none.
    """
    rows = shown(samples, show)
    if before and (edge := _beyond(show, before, forward=False)) is not None:
        found = list(rows.reverse().filter(edge)[: size + 1])
        return SamplePage([_row(s, show) for s in reversed(found[:size])], len(found) > size, True)
    edge = _from_sample(rows, show, at) if at is not None else _beyond(show, after, forward=True)
    found = list((rows if edge is None else rows.filter(edge))[: size + 1])
    return SamplePage([_row(s, show) for s in found[:size]], edge is not None, len(found) > size)


def place_of(samples: QuerySet[Any], show: str, row: SampleRow) -> int:
    """Which one it is in the list, counted from 1."""
    edge = _beyond(show, row.key, forward=False)
    return 1 + (shown(samples, show).filter(edge).count() if edge is not None else 0)


def _key(sample: Any, show: str) -> str:
    return str(sample.pk) if show == ALL else f"{sample.difference!r}_{sample.pk}"


def _beyond(show: str, key: str, *, forward: bool) -> Q | None:
    """Rows strictly after (or before) the key, in the list's own order; None for a key that is none."""
    try:
        if show == ALL:
            return Q(pk__gt=int(key)) if forward else Q(pk__lt=int(key))
        difference, pk = key.split("_")
        value, number = float(difference), int(pk)
    except ValueError:
        return None
    larger = forward == (show == WORSE)
    further = Q(difference__gt=value) if larger else Q(difference__lt=value)
    same = Q(difference=value) & (Q(pk__gt=number) if forward else Q(pk__lt=number))
    return further | same


def _from_sample(rows: QuerySet[Any], show: str, pk: int) -> Q | None:
    sample = rows.filter(pk=pk).first()
    if sample is None:
        return None
    edge = _beyond(show, _key(sample, show), forward=True)
    return None if edge is None else edge | Q(pk=pk)


def _row(sample: Any, show: str) -> SampleRow:
    title = " ".join(question_of(sample).split())
    return SampleRow(
        pk=sample.pk,
        name=str(sample),
        title=title if len(title) <= TITLE_LENGTH else title[: TITLE_LENGTH - 1] + "…",
        category=sample.category,
        baseline_score=sample.baseline_score,
        candidate_score=sample.candidate_score,
        difference=sample.difference,
        key=_key(sample, show),
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
        output_tokens=last.output_tokens,
        estimated=last.usage_estimated,
        cost=None if nanos is None else from_nanos(nanos),
    )  # fmt: skip


def _since_due(attempt: Attempt, seconds: float | None) -> float | None:
    """From the moment the request was due to be sent, as every latency of an open load is counted."""
    return None if seconds is None else seconds + (attempt.lateness or 0.0)


def categories_of(samples: QuerySet[Any]) -> list[str]:
    """The named categories among these samples."""
    return list(
        samples.exclude(category="").order_by("category").values_list("category", flat=True).distinct()
    )
