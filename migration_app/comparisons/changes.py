"""The samples' list, written once from a run's columns, so that each page of it is one short read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db import transaction
from django.db.models import F

from migration_app.runs.models import Attempt, AttemptState, ItemState, Run, RunCandidate
from migration_app.workloads.models import Sample
from migration_app.workloads.queries import question_of

from .columns import CandidateColumns, SampleColumns, read_run
from .models import Projection, SampleChange, SampleTitle
from .projection import project_run

_BATCH = 2_000
_TITLE, _NAME = 240, 200
_ENDED = (ItemState.DONE, ItemState.FAILED)


@transaction.atomic
def list_changes(run: Run) -> None:
    """Write the run's titles and changes anew. Doing it twice gives the same."""
    Run.objects.select_for_update().only("pk").get(pk=run.pk)
    if not Projection.objects.filter(run=run).exists():
        project_run(run)
    samples, (baseline, *others) = read_run(run)
    SampleTitle.objects.filter(run=run).delete()
    SampleChange.objects.filter(run_candidate__run=run).delete()
    _write(SampleTitle, _titles(run, samples))
    for candidate in others:
        _write(SampleChange, _changes(samples, baseline, candidate))


def are_listed(candidate: RunCandidate) -> bool:
    return SampleChange.objects.filter(run_candidate=candidate).exists()


def _write(model: type[SampleTitle] | type[SampleChange], rows: Iterator[SampleTitle | SampleChange]) -> None:
    while batch := list(islice(rows, _BATCH)):
        model._default_manager.bulk_create(batch)  # type: ignore[arg-type]


def _titles(run: Run, samples: SampleColumns) -> Iterator[SampleTitle]:
    ids = [int(pk) for pk in samples.ids]
    for start in range(0, len(ids), _BATCH):
        for sample in Sample.objects.filter(pk__in=ids[start : start + _BATCH]).order_by("pk"):
            name, title = str(sample)[:_NAME], _title(sample)
            folded = f"{name} {title}".casefold()[:460]
            yield SampleTitle(run=run, sample=sample, name=name, title=title, folded=folded)


def _title(sample: Sample) -> str:
    title = " ".join(question_of(sample).split())
    return title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"


def _changes(
    samples: SampleColumns, baseline: CandidateColumns, candidate: CandidateColumns
) -> Iterator[SampleChange]:
    failures = _failures(candidate.entry)
    asked = set(samples.ids[candidate.sample_rows].tolist()) | failures.keys()
    columns = (samples.ids, samples.categories, baseline.scores.values, candidate.scores.values)
    for pk, category, before, after in zip(*(column.tolist() for column in columns), strict=True):
        if pk not in asked:
            continue
        unscored = math.isnan(before) or math.isnan(after)
        yield SampleChange(
            run_candidate=candidate.entry,
            sample_id=pk,
            category=str(category or "")[:_NAME],
            baseline_score=None if math.isnan(before) else before,
            candidate_score=None if math.isnan(after) else after,
            difference=None if unscored else after - before,
            failure=failures.get(pk, ""),
        )


def _failures(entry: RunCandidate) -> dict[int, str]:
    """The kind of failure by sample, of those whose last try failed."""
    failed = Attempt.objects.filter(
        item__run_candidate=entry, item__state__in=_ENDED, number=F("item__tries")
    ).exclude(state=AttemptState.COMPLETED)
    rows: Sequence[tuple[int, str]] = list(failed.values_list("item__sample_id", "failure"))
    return {sample: kind or "unknown" for sample, kind in rows}
