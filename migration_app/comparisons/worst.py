"""The samples on which a candidate lost most against the baseline, with both answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
_CUT = " […]"


@dataclass(frozen=True, slots=True)
class _Said:
    """What an option answered to some samples, or why it did not; and its scores. By the sample's key."""

    texts: Mapping[int, str]
    scores: Mapping[int, SampleScore]


def worst_samples(samples: SampleColumns, options: Sequence[Option]) -> list[dict[str, Any]]:
    """Up to twelve losses per candidate, the largest first."""
    baseline, *others = options
    lost = {other.entry.pk: _losses(samples, baseline, other) for other in others}
    asked = Sample.objects.in_bulk({pk for losses in lost.values() for pk in losses})
    today = _said(list(asked), baseline.entry)
    found = []
    for other in others:
        losses = lost[other.entry.pk]
        now = _said(list(losses), other.entry)
        found += [
            _described(asked[pk], today, now) | {"option": other.entry.pk, "difference": difference}
            for pk, difference in losses.items()
        ]
    return found


def _losses(samples: SampleColumns, baseline: Option, other: Option) -> dict[int, float]:
    """The candidate's score less the baseline's, of the samples on which it lost most."""
    difference = other.scores.values - baseline.scores.values
    lost = np.flatnonzero(difference < 0)
    rows = lost[np.argsort(difference[lost], kind="stable")][:_MOST]
    return {int(samples.ids[row]): float(difference[row]) for row in rows}


def _described(sample: Sample, today: _Said, now: _Said) -> dict[str, Any]:
    before, after = today.scores.get(sample.pk), now.scores.get(sample.pk)
    return {
        "sample": sample.pk,
        "external_id": sample.external_id,
        "category": sample.category,
        "question": _excerpt(question_of(sample)),
        "reference": _excerpt(sample.references[0] if sample.references else ""),
        "baseline_text": _excerpt(today.texts.get(sample.pk, "")),
        "candidate_text": _excerpt(now.texts.get(sample.pk, "")),
        "baseline_score": before.value if before else None,
        "candidate_score": after.value if after else None,
        "explanation": after.explanation if after else "",
    }


def _excerpt(text: str) -> str:
    """The beginning of a long text, with a mark that it goes on."""
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + _CUT


def _said(ids: Sequence[int], entry: RunCandidate) -> _Said:
    last = Attempt.objects.filter(
        item__run_candidate=entry, item__sample__in=ids, item__repetition=0, number=F("item__tries")
    )
    scores = SampleScore.objects.filter(
        item__run_candidate=entry, item__sample__in=ids, item__repetition=0
    ).annotate(sample=F("item__sample_id"))
    return _Said(
        texts={
            sample: text or message
            for sample, text, message in last.values_list("item__sample_id", "text", "message")
        },
        scores={score.sample: score for score in scores},
    )
