"""Turns a run's answers into scores. Doing it twice changes nothing: a score is a unique row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome, Retry, Timing, Usage
from migration_app.evaluation.scorers import (
    DEFAULT_SCORER,
    Expected,
    Scorer,
    build,
    is_judged,
    score_outcome,
)
from migration_app.evaluation.scorers.judged import PairwiseJudge
from migration_app.runs.models import Attempt, AttemptState, Item, ItemState, Run, RunState
from migration_app.runs.stages import keep_stage
from migration_app.workloads.models import Sample

from .models import SampleScore
from .queries import unscored_answers


class Scorers:
    """The scorers of an assessment, by category; each is built once."""

    def __init__(self, scoring: Mapping[str, Any]) -> None:
        self._default = build_scorer(scoring.get("default") or {})
        self._by_category = {
            category: build_scorer(choice)
            for category, choice in (scoring.get("by_category") or {}).items()
            if choice.get("name")
        }

    def of(self, category: str) -> Scorer:
        return self._by_category.get(category, self._default)


def build_scorer(choice: Mapping[str, Any]) -> Scorer:
    """The chosen scorer; the default where nothing was chosen. Raises evaluation.scorers.ScorerError."""
    return build(choice.get("name") or DEFAULT_SCORER, **(choice.get("parameters") or {}))


def score_run(*, run: Run) -> int:
    """Score every ended item that has no score yet; how many were scored."""
    scorers = Scorers(run.assessment.scoring)
    count = 0
    for attempts in unscored_answers(run):
        # A judge's marks come later, from the judges' own run.
        ruled = [one for one in attempts if not is_judged(scorers.of(one.item.sample.category).name)]
        rows = [_score(attempt, scorers) for attempt in ruled]
        SampleScore.objects.bulk_create(rows, ignore_conflicts=True)
        count += len(rows)
        keep_stage(run.pk, RunState.SCORING)
    return count


def forget_scores(*, run: Run) -> None:
    """Drop the scores of items that are asked again: they were those of an earlier answer.

    Where today's answer is asked again, what was compared with it is compared anew.
    """
    again = Item.objects.filter(run=run, state=ItemState.PENDING)
    SampleScore.objects.filter(item__in=again).delete()
    rivals = again.filter(run_candidate__is_baseline=True).values("sample_id")
    SampleScore.objects.filter(item__run=run, item__sample__in=rivals, scorer=PairwiseJudge.name).delete()


def _score(attempt: Attempt, scorers: Scorers) -> SampleScore:
    sample = attempt.item.sample
    scorer = scorers.of(sample.category)
    score = score_outcome(scorer, stored_outcome(attempt), expected_of(sample))
    return SampleScore(
        item_id=attempt.item_id,
        scorer=scorer.name,
        value=score.value,
        unscored=(score.unscored or "")[:300],
        explanation=score.explanation[:1000],
    )


def expected_of(sample: Sample) -> Expected:
    return Expected(references=tuple(sample.references), response_format=sample.response_format)


def stored_outcome(attempt: Attempt) -> Outcome:
    """The outcome of a stored attempt, as far as scoring needs it."""
    if attempt.state != AttemptState.COMPLETED:
        return Failed(
            FailureKind(attempt.failure or FailureKind.UNKNOWN),
            attempt.message,
            Retry.NEVER,
            status=attempt.status,
        )
    return Completed(
        text=attempt.text,
        usage=Usage(),
        timing=Timing(first_byte=attempt.first_byte, ttft=attempt.ttft, total=attempt.total or 0.0),
        finish_reason=attempt.finish_reason or None,
        tool_calls=tuple(ToolCall(**call) for call in attempt.tool_calls),
        refusal=attempt.refusal or None,
    )
