"""A run's answers as columns: one array entry per item, read once, in the samples' order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F, Sum
from numpy.typing import NDArray

from migration_app.evaluation.metrics import Calls, Scores
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunCandidate
from migration_app.runs.money import NANO
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample

_ENDED = (ItemState.DONE, ItemState.FAILED)


@dataclass(frozen=True, slots=True, eq=False)
class SampleColumns:
    """The samples that the run asks about; row numbers of every other column refer to these."""

    ids: NDArray[np.int64]
    categories: NDArray[Any]
    clusters: NDArray[Any]

    def rows(self, sample_ids: Sequence[int]) -> NDArray[np.int64]:
        return np.searchsorted(self.ids, np.asarray(sample_ids, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class CandidateColumns:
    """One candidate's calls and scores. `unanswered` items were never asked to the end."""

    entry: RunCandidate
    calls: Calls
    scores: Scores
    unanswered: int
    usage_estimated: bool


def read_samples(run: Run) -> SampleColumns:
    asked = Item.objects.filter(run=run).values("sample_id")
    rows = list(
        Sample.objects.filter(pk__in=asked)
        .order_by("pk")
        .values_list("pk", "category", "cluster", "content_hash")
    )
    return SampleColumns(
        ids=np.array([row[0] for row in rows], dtype=np.int64),
        categories=np.array([row[1] for row in rows], dtype=object),
        # Samples without a named source still share one when their prompts are identical.
        clusters=np.array([row[2] or row[3] for row in rows], dtype=object),
    )


_FIELDS = (
    "item_id state ttft total input_tokens output_tokens refusal finish_reason token_gaps usage_estimated"
).split()


def read_candidate(entry: RunCandidate, samples: SampleColumns) -> CandidateColumns:
    last = Attempt.objects.filter(
        item__run_candidate=entry, item__state__in=_ENDED, number=F("item__tries")
    ).order_by("item_id")
    rows = list(last.values_list(*_FIELDS))
    item_ids, states, ttft, total, inputs, outputs, refusals, finishes, gaps, estimated = (
        zip(*rows, strict=True) if rows else ((),) * len(_FIELDS)
    )
    failed = np.array([state != AttemptState.COMPLETED for state in states], dtype=bool)
    refused = [
        bool(text) or finish == "content_filter" for text, finish in zip(refusals, finishes, strict=True)
    ]
    calls = Calls(
        failed=failed,
        refused=np.array(refused, dtype=bool),
        ttft=_floats(ttft),
        total=_floats(total),
        input_tokens=_floats(inputs),
        output_tokens=_floats(outputs),
        costs=_costs(entry, item_ids),
        token_gaps=np.array([gap for call in gaps if call for gap in call], dtype=np.float64),
    )
    return CandidateColumns(
        entry=entry,
        calls=calls,
        scores=_scores(entry, samples),
        unanswered=entry.items_total - len(rows),
        usage_estimated=any(estimated),
    )


def _floats(values: Sequence[float | None]) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _costs(entry: RunCandidate, item_ids: Sequence[int]) -> list[Any]:
    """Cost of each item, all its tries together; None where the price is unknown."""
    if entry.price is None:
        return [None] * len(item_ids)
    sums = dict(
        Attempt.objects.filter(item__run_candidate=entry)
        .values_list("item_id")
        .annotate(cost=Sum("cost_nanos"))
    )
    return [None if (cost := sums.get(pk)) is None else NANO * cost for pk in item_ids]


def _scores(entry: RunCandidate, samples: SampleColumns) -> Scores:
    """One score per sample, repetitions averaged; NaN where no repetition is scored."""
    scored = SampleScore.objects.filter(item__run_candidate=entry).values_list(
        "item__sample_id", "value", "item__state"
    )
    values: dict[int, list[float]] = defaultdict(list)
    alive: set[int] = set()
    seen: set[int] = set()
    for sample_id, value, state in scored:
        seen.add(sample_id)
        if value is not None:
            values[sample_id].append(value)
        if state != ItemState.FAILED:
            alive.add(sample_id)
    means = np.full(samples.ids.size, np.nan)
    if values:
        means[samples.rows(list(values))] = [sum(found) / len(found) for found in values.values()]
    failed = np.zeros(samples.ids.size, dtype=bool)
    if dead := sorted(seen - alive):
        failed[samples.rows(dead)] = True
    return Scores(values=means, clusters=samples.clusters, failed=failed)


def read_run(run: Run) -> tuple[SampleColumns, list[CandidateColumns]]:
    """The samples, and every candidate with the baseline first."""
    samples = read_samples(run)
    return samples, [read_candidate(entry, samples) for entry in run.candidates.order_by("position")]
