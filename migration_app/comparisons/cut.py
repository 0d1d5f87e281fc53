"""A run's columns, cut to the samples that count: those of the look at which it stopped."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.metrics import Calls, Scores

from .columns import CandidateColumns, SampleColumns


def cut_to(
    samples: SampleColumns, candidates: Iterable[CandidateColumns], ids: NDArray[np.int64], repetitions: int
) -> tuple[SampleColumns, Iterator[CandidateColumns]]:
    """Only the samples in `ids`. An answer to any other is left out, whoever gave it.

    Gaps between tokens are not known by sample and stay those of the whole replay.
    """
    kept = np.isin(samples.ids, ids)
    fewer = SampleColumns(samples.ids[kept], samples.categories[kept], samples.clusters[kept])
    return fewer, (_cut(columns, kept, fewer, repetitions) for columns in candidates)


def _cut(
    columns: CandidateColumns, kept: NDArray[np.bool_], fewer: SampleColumns, repetitions: int
) -> CandidateColumns:
    rows = kept[columns.sample_rows]
    calls = columns.calls
    mine = {
        field.name: column[rows]
        for field in dataclasses.fields(Calls)
        if field.name not in ("token_gaps", "gap_counts")
        and (column := getattr(calls, field.name)) is not None
    }
    places = np.cumsum(kept) - 1
    asked = int(fewer.ids.size) * repetitions
    return CandidateColumns(
        entry=columns.entry,
        calls=dataclasses.replace(calls, **mine),
        sample_rows=places[columns.sample_rows[rows]].astype(np.int32),
        scores=_cut_scores(columns.scores, kept, fewer),
        unanswered=asked - int(np.count_nonzero(rows)),
        usage_estimated=columns.usage_estimated,
    )


def _cut_scores(scores: Scores, kept: NDArray[np.bool_], fewer: SampleColumns) -> Scores:
    return Scores(
        values=scores.values[kept],
        clusters=fewer.clusters,
        failed=scores.failed[kept],
        lowest=None if scores.lowest is None else scores.lowest[kept],
        answered=None if scores.answered is None else scores.answered[kept],
    )
