"""A run's answers as columns: one array entry per item, read from the run's projection."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from migration_app.evaluation.labels import CodedLabels
from migration_app.evaluation.metrics import Calls, Scores
from migration_app.runs.models import Run, RunCandidate

from .projection import stored


@dataclass(frozen=True, slots=True, eq=False)
class SampleColumns:
    """The samples that the run asks about, by id; row numbers of every other column refer to these.

    categories: names, "" for none. clusters: whole numbers; samples with the same one share a source.
    """

    ids: NDArray[np.int64]
    categories: CodedLabels
    clusters: NDArray[np.int32]

    def rows(self, sample_ids: Sequence[int]) -> NDArray[np.int64]:
        return np.searchsorted(self.ids, np.asarray(sample_ids, dtype=np.int64))

    def has(self, sample_id: int) -> bool:
        row = int(np.searchsorted(self.ids, sample_id))
        return row < self.ids.size and int(self.ids[row]) == sample_id


@dataclass(frozen=True, slots=True, eq=False)
class CandidateColumns:
    """One candidate's calls and scores. `unanswered` items were never asked to the end.

    sample_rows: for each call, the row of its sample; calls stand by sample and repetition.
    """

    entry: RunCandidate
    calls: Calls
    sample_rows: NDArray[np.int32]
    scores: Scores
    unanswered: int
    usage_estimated: bool


def read_samples(run: Run) -> SampleColumns:
    """Raises Projection.DoesNotExist unless the run was projected (`projection.project_run`)."""
    found = stored(run)
    categories = CodedLabels(found["categories"].tolist(), found["category"])
    return SampleColumns(ids=found["ids"], categories=categories, clusters=found["cluster"])


def read_candidate(entry: RunCandidate, samples: SampleColumns) -> CandidateColumns:
    """Some 60 bytes a call; reads one archive and computes nothing."""
    found = stored(entry.run, entry)
    calls = Calls(
        failed=found["failed"],
        refused=found["refused"],
        ttft=found["ttft"],
        total=found["total"],
        input_tokens=found["input_tokens"],
        output_tokens=found["output_tokens"],
        costs=found["cost"] if entry.price is not None else np.full(found["cost"].size, -1),
        token_gaps=found["gaps"] / 1e6,
        gap_counts=found["gap_counts"],
        # Neither is there where no call thought, nor in a projection of before they were kept.
        content_tokens=found.get("content_tokens"),
        thinking=found.get("thinking"),
    )
    return CandidateColumns(
        entry=entry,
        calls=calls,
        sample_rows=found["sample"],
        scores=Scores(
            values=found["score"],
            clusters=samples.clusters,
            failed=found["all_failed"],
            lowest=found.get("lowest"),
            answered=found.get("answered"),
        ),
        unanswered=entry.items_total - calls.failed.size,
        usage_estimated=bool(found["estimated"]),
    )


def read_candidates(run: Run, samples: SampleColumns) -> Iterator[CandidateColumns]:
    """Every candidate with the baseline first, each read when it is asked for: one may be let go first."""
    for entry in run.candidates.select_related("run", "connection").order_by("position"):
        yield read_candidate(entry, samples)


def read_run(run: Run) -> tuple[SampleColumns, list[CandidateColumns]]:
    """The samples, and every candidate at once with the baseline first."""
    samples = read_samples(run)
    return samples, list(read_candidates(run, samples))
