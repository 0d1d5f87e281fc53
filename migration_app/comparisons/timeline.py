"""The incumbent over time: what it scored in each finished run of the same requests, beside this one.

Runs compare where they asked the same model the same version of a workload, with the same settings, and
scored it by the same rules. Where a judge scored, there is no timeline: the judge may have changed too.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from migration_app.evaluation.drift import drift, has_changed
from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.metrics import Quality, summarise_quality
from migration_app.runs.judges import needs_judge
from migration_app.runs.models import Run, RunCandidate, RunState

from .columns import CandidateColumns, SampleColumns, read_candidate, read_samples
from .models import Projection
from .option import Option

MOST = 12  # runs before this one, the latest


def timeline_of(run: Run, samples: SampleColumns, today: Option) -> list[dict[str, Any]]:
    """One entry a run, the oldest first, this one last; empty where there is no other to compare with.

    finding: this run less that one, on the samples that both scored; None of this run, or without any.
    """
    earlier = [_entry(entry.run, *_then(entry, samples, today)) for entry in _before(run, today.entry)]
    return [*earlier, _entry(run, today.metrics.quality, None)] if earlier else []


def _before(run: Run, baseline: RunCandidate) -> Iterator[RunCandidate]:
    """Today's model as it was asked in earlier runs, the oldest first."""
    assessment = run.assessment
    if needs_judge(assessment) or run.replayed_at is None:
        return
    entries = RunCandidate.objects.filter(
        candidate=baseline.candidate_id,
        is_baseline=True,
        run__assessment__workload=assessment.workload_id,
        run__state=RunState.FINISHED,
        run__parent=None,
        run__replayed_at__lt=run.replayed_at,
    ).exclude(run=run)
    asked = (baseline.model, assessment.settings, assessment.scoring)
    alike = (
        entry
        for entry in entries.select_related("run__assessment").order_by("-run__replayed_at")
        if (entry.model, entry.run.assessment.settings, entry.run.assessment.scoring) == asked
        and Projection.objects.filter(run_candidate=entry).exists()
    )
    yield from reversed([entry for entry, _ in zip(alike, range(MOST), strict=False)])


def _then(entry: RunCandidate, samples: SampleColumns, today: Option) -> tuple[Quality, Any]:
    """What the model scored in that run, and this run's scores less those."""
    asked = read_samples(entry.run)
    columns = read_candidate(entry, asked)
    before = _in_rows_of(samples, asked, columns)
    return summarise_quality(columns.scores), drift(before, today.scores.heard, samples.clusters)


def _in_rows_of(samples: SampleColumns, asked: SampleColumns, columns: CandidateColumns) -> Floats:
    """That run's scores at this run's samples; NaN for those that it did not ask, or that failed."""
    found = np.full(samples.ids.size, np.nan)
    shared, here, there = np.intersect1d(samples.ids, asked.ids, assume_unique=True, return_indices=True)
    if shared.size:
        found[here] = columns.scores.heard[there]
    return found


def _entry(run: Run, quality: Quality, finding: Any) -> dict[str, Any]:
    return {
        "run": str(run.pk),
        "at": run.replayed_at.isoformat() if run.replayed_at else None,
        "mean": quality.mean,
        "interval": quality.interval,
        "scored": quality.n_scored,
        "finding": finding,
        "changed": finding is not None and has_changed(finding),
    }
