"""Whether today's model is still itself: its recorded answers, and its answers to the same request.

Recorded answers are scored by the scorers of the run. Judges are not asked about them: that would
cost money for something that changes no verdict, so samples that only a judge can score are left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.drift import drift, has_changed, noise_floor
from migration_app.evaluation.intervals import Floats
from migration_app.evaluation.outcomes import Completed, Timing, Usage
from migration_app.evaluation.scorers import is_judged, score_outcome
from migration_app.runs.models import Run, RunCandidate, RunState
from migration_app.runs.stages import keep_stage
from migration_app.scoring.actions import Scorers, expected_of
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample

from .columns import SampleColumns
from .option import Option
from .timeline import timeline_of

_CHUNK = 500


def steadiness(run: Run, samples: SampleColumns, baseline: Option) -> dict[str, Any]:
    """`drift` and `noise`, each `None` where the run cannot tell; `timeline`, empty without other runs."""
    return {
        "drift": _drift(run, samples, baseline),
        "noise": _noise(run, samples, baseline.entry),
        "timeline": timeline_of(run, samples, baseline),
    }


def _drift(run: Run, samples: SampleColumns, baseline: Option) -> dict[str, Any] | None:
    recorded, texts = logged_scores(run, samples)
    today = baseline.scores.heard  # a request that failed says nothing of how the model answers
    found = drift(recorded, today, samples.clusters)
    if found is None:
        return {"finding": None, "changed": False, "recorded": texts} if texts else None
    return {
        "finding": found,
        "changed": has_changed(found),
        "recorded": texts,
        "mean_recorded": float(recorded[~np.isnan(recorded) & ~np.isnan(today)].mean()),
    }


def logged_scores(run: Run, samples: SampleColumns) -> tuple[Floats, int]:
    """The score of each sample's recorded answer (NaN without one), and how many answers there are."""
    scores, texts = np.full(samples.ids.size, np.nan), 0
    scorers = Scorers(run.assessment.scoring)
    for chunk in _recorded(run, samples):
        texts += len(chunk)
        values = [_score(sample, scorers) for sample in chunk]
        scores[samples.rows([sample.pk for sample in chunk])] = values
        keep_stage(run.pk, RunState.COMPARING)
    return scores, texts


def _recorded(run: Run, samples: SampleColumns) -> Iterator[Sequence[Sample]]:
    """The run's samples that have a recorded answer, in chunks."""
    fields = ("pk", "logged", "references", "response_format", "category")
    rows = Sample.objects.filter(workload=run.assessment.workload_id, logged__isnull=False).only(*fields)
    chunk: list[Sample] = []
    for sample in rows.order_by("pk").iterator(chunk_size=_CHUNK):
        if sample.logged and samples.has(sample.pk):
            chunk.append(sample)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _score(sample: Sample, scorers: Scorers) -> float:
    scorer = scorers.of(sample.category)
    if is_judged(scorer.name):
        return float("nan")
    value = score_outcome(scorer, _outcome(sample.logged or {}), expected_of(sample)).value
    return float("nan") if value is None else value


def _outcome(logged: dict[str, Any]) -> Completed:
    calls = [call for call in logged.get("tool_calls") or [] if isinstance(call, dict)]
    return Completed(
        text=str(logged.get("text") or ""),
        usage=Usage(),
        timing=Timing(first_byte=None, ttft=None, total=0.0),
        finish_reason=None,
        tool_calls=tuple(_tool_call(call) for call in calls),
        refusal=None,
    )


def _tool_call(call: dict[str, Any]) -> ToolCall:
    """Logs keep a call flat, or as OpenAI does under "function"."""
    inner = call.get("function")
    function: dict[str, Any] = inner if isinstance(inner, dict) else call
    return ToolCall(
        id=str(call.get("id") or ""),
        name=str(function.get("name") or ""),
        arguments=str(function.get("arguments") or ""),
    )


def _noise(run: Run, samples: SampleColumns, baseline: RunCandidate) -> Any:
    if run.assessment.repetitions < 2:
        return None
    rows = SampleScore.objects.filter(item__run_candidate=baseline)
    found = list(rows.values_list("item__sample_id", "value"))
    ids = np.array([pk for pk, _ in found], dtype=np.int64)
    values = np.array([np.nan if value is None else value for _, value in found], dtype=np.float64)
    kept = np.isin(ids, samples.ids)
    return noise_floor(ids[kept], values[kept])
