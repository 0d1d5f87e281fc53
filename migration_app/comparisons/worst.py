"""The samples on which a candidate lost most against the baseline, with both answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.models import F

from migration_app.runs.models import Attempt, RunCandidate
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample
from migration_app.workloads.queries import question_of

from .columns import SampleColumns
from .option import Option

_MOST = 12
_EXCERPT = 600


def worst_samples(samples: SampleColumns, options: Sequence[Option]) -> list[dict[str, Any]]:
    """Up to twelve losses per candidate, the largest first."""
    baseline, *others = options
    found = []
    for other in others:
        difference = other.scores.values - baseline.scores.values
        lost = np.flatnonzero(difference < 0)
        rows = lost[np.argsort(difference[lost], kind="stable")][:_MOST]
        ids = [int(samples.ids[row]) for row in rows]
        described = _describe(ids, baseline.entry, other.entry)
        found += [
            described[pk] | {"difference": float(difference[row])} for pk, row in zip(ids, rows, strict=True)
        ]
    return found


def _describe(ids: Sequence[int], baseline: RunCandidate, other: RunCandidate) -> dict[int, dict[str, Any]]:
    answers = {entry.pk: _answers(ids, entry) for entry in (baseline, other)}
    scores = {entry.pk: _scores(ids, entry) for entry in (baseline, other)}
    described = {}
    for sample in Sample.objects.filter(pk__in=ids):
        mine, theirs = scores[other.pk].get(sample.pk), scores[baseline.pk].get(sample.pk)
        described[sample.pk] = {
            "option": other.pk,
            "sample": sample.pk,
            "external_id": sample.external_id,
            "category": sample.category,
            "question": question_of(sample)[:_EXCERPT],
            "reference": (sample.references[0] if sample.references else "")[:_EXCERPT],
            "baseline_text": answers[baseline.pk].get(sample.pk, "")[:_EXCERPT],
            "candidate_text": answers[other.pk].get(sample.pk, "")[:_EXCERPT],
            "baseline_score": theirs.value if theirs else None,
            "candidate_score": mine.value if mine else None,
            "explanation": mine.explanation if mine else "",
        }
    return described


def _answers(ids: Sequence[int], entry: RunCandidate) -> dict[int, str]:
    """Each sample's answer, or the sentence that says why there is none."""
    last = Attempt.objects.filter(
        item__run_candidate=entry, item__sample__in=ids, item__repetition=0, number=F("item__tries")
    )
    rows = last.values_list("item__sample_id", "text", "message")
    return {sample: text or message for sample, text, message in rows}


def _scores(ids: Sequence[int], entry: RunCandidate) -> dict[int, SampleScore]:
    found = SampleScore.objects.filter(
        item__run_candidate=entry, item__sample__in=ids, item__repetition=0
    ).annotate(sample=F("item__sample_id"))
    return {score.sample: score for score in found}
