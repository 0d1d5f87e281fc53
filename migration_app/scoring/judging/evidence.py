"""What the judges' word is worth: consistency, leaning to length, agreement with people, cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models.functions import Length

from migration_app.evaluation.judging import (
    JudgeEvidence,
    LengthSensitivity,
    Preference,
    SwapConsistency,
    length_sensitivity,
    swap_consistency,
)
from migration_app.evaluation.scorers.judged import PairwiseJudge
from migration_app.runs.judge_favour import Favour, favour_of
from migration_app.runs.models import Attempt, Run, RunCandidate
from migration_app.runs.money import from_nanos

from ..models import Judgement, Order, Rubric, SampleScore
from ..reviews.counting import human_differences
from ..rubrics import rubrics_of
from .subjects import judged_categories

_Orders = tuple[Preference | None, Preference | None]


@dataclass(frozen=True, slots=True)
class JudgeRecord:
    """One judge in a run. `unreadable`: replies that were no judgement, the repair included."""

    label: str
    vendor: str
    model: str
    questions: int
    unreadable: int
    spent: Any  # Decimal; None: the price is unknown
    currency: str
    consistency: SwapConsistency | None  # of a pairwise judge
    favours: Favour | None  # the models that it is akin to
    terms: dict[str, Any]  # as they were when the judges were first asked


@dataclass(frozen=True, slots=True)
class Judging:
    """All that a reader needs to weigh a run's judges."""

    judges: tuple[JudgeRecord, ...]
    rubrics: tuple[dict[str, Any], ...]  # scorer, version, sha256, text
    length: LengthSensitivity


def judge_evidence(run: Run) -> dict[int, JudgeEvidence]:
    """By run candidate, where a judge was asked about it or its rival: what the verdict needs to know of it.

    Where all answers were the same, or none came, no judge was asked and a rule gave every score.
    """
    if judged_categories(run) is None:
        return {}
    labels = human_differences(run)
    judgements = Judgement.objects.filter(subject__run=run)
    orders = _orders(judgements)
    asked = set(judgements.values_list("subject__run_candidate_id", flat=True).distinct())
    baseline, *others = run.candidates.order_by("-is_baseline", "position")
    return {
        entry.pk: JudgeEvidence(
            consistency=swap_consistency(_flat(orders[entry.pk])) if entry.pk in orders else None,
            labels=len(labels.get(entry.pk, {})),
        )
        for entry in others
        if asked & {baseline.pk, entry.pk}
    }


def describe_judging(run: Run) -> Judging | None:
    """For the method: who judged, by what, how steadily, and at what cost. None without judges."""
    judging = Run.objects.filter(parent=run).first()
    if judging is None:
        return None
    candidates = [entry.candidate for entry in run.candidates.select_related("candidate__connection")]
    judges = [
        _record(entry, judging, candidates)
        for entry in judging.candidates.select_related("candidate__connection")
    ]
    return Judging(tuple(judges), tuple(map(_rubric, rubrics_of(run))), _length(run))


def _rubric(rubric: Rubric) -> dict[str, Any]:
    return {
        "scorer": rubric.scorer,
        "version": rubric.version,
        "sha256": rubric.sha256,
        "text": rubric.text,
    }


def _record(entry: RunCandidate, judging: Run, candidates: list[Any]) -> JudgeRecord:
    asked = Judgement.objects.filter(judge=entry)
    orders = _flat_all(_orders(asked))
    unreadable = asked.exclude(problem="").filter(repair=None).count()
    return JudgeRecord(
        label=entry.label,
        vendor=entry.vendor_label,
        model=entry.model,
        questions=asked.filter(repairs=None).count(),
        unreadable=unreadable,
        spent=None if entry.price is None else from_nanos(entry.spent_nanos),
        currency=judging.currency,
        consistency=swap_consistency(orders) if orders else None,
        favours=favour_of(entry.candidate, candidates),
        terms=entry.terms,
    )


def _orders(asked: Any) -> dict[int, dict[tuple[int, int], dict[str, Preference | None]]]:
    """What was said in each order: {run candidate: {(judge, subject): {order: preference}}}."""
    found: dict[int, dict[tuple[int, int], dict[str, Preference | None]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    rows = (
        asked.exclude(order=Order.ALONE)
        .order_by("pk")  # a repair comes after what it repairs, and counts instead of it
        .values_list("subject__run_candidate_id", "judge_id", "subject_id", "order", "preference")
    )
    for candidate, judge, subject, order, preference in rows:
        found[candidate][judge, subject][order] = Preference(preference) if preference else None
    return found


def _flat(by_pair: Mapping[Any, Mapping[str, Preference | None]]) -> list[_Orders]:
    return [(said.get(Order.STRAIGHT), said.get(Order.SWAPPED)) for said in by_pair.values()]


def _flat_all(by_candidate: Mapping[int, Mapping[Any, Mapping[str, Preference | None]]]) -> list[_Orders]:
    return [pair for by_pair in by_candidate.values() for pair in _flat(by_pair)]


def _length(run: Run) -> LengthSensitivity:
    """Judged scores against the answer's length; for compared answers, the difference in length."""
    judged = SampleScore.objects.filter(
        item__run=run, item__judgements__isnull=False, value__isnull=False
    ).distinct()
    rows = list(
        judged.values_list("item_id", "value", "scorer", "item__sample_id", "item__repetition").order_by("pk")
    )
    lengths = _lengths(run, [row[0] for row in rows])
    rivals = _rival_lengths(run)
    values: list[float] = []
    differences: list[float] = []
    for item, value, scorer, sample, repetition in rows:
        rival = rivals.get((sample, repetition), 0) if scorer == PairwiseJudge.name else 0
        values.append(value or 0.0)
        differences.append(float(lengths.get(item, 0) - rival))
    return length_sensitivity(values, differences)


def _lengths(run: Run, items: Iterable[int]) -> dict[int, int]:
    rows = _answers(run).values_list("item_id", "length")
    wanted = set(items)
    return {item: length for item, length in rows if item in wanted}


def _rival_lengths(run: Run) -> dict[tuple[int, int], int]:
    rows = _answers(run).filter(item__run_candidate__is_baseline=True)
    return {
        (sample, repetition): length
        for sample, repetition, length in rows.values_list("item__sample_id", "item__repetition", "length")
    }


def _answers(run: Run) -> Any:
    return Attempt.objects.filter(item__run=run, state="completed").annotate(length=Length("text"))
