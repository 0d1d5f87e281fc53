"""What people's reviews come to: how far they are, how far they agree, and what they say in figures."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from statistics import mean

from migration_app.evaluation.agreement import cohen_kappa, krippendorff_alpha, observed_agreement
from migration_app.runs.models import Item, Run

from ..judging.subjects import judged_categories
from ..models import ReviewCase, ReviewLabel, ReviewRound, SampleScore, SkippedCase

_EVEN = 0.5


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """Cases that people have to look at, those somebody labelled, and those this reviewer did.

    least: reviewed samples of the least reviewed candidate. skipped: by this reviewer.
    """

    samples: int
    cases: int
    labelled: int
    mine: int
    reviewers: int
    least: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far people agree with each other, and judges with people. None is unknown.

    kappa: Cohen's, of the two reviewers with most cases in common. alpha: Krippendorff's, of all.
    judge_kappa: Cohen's κ of the judges' preference with the reviewers' on the same cases.
    """

    reviewers: int
    shared: int
    agreed: float | None
    kappa: float | None
    alpha: float | None
    judged: int
    judge_agreed: float | None
    judge_kappa: float | None


def reviews_of(round_: ReviewRound | None, reviewer_id: int | None = None) -> ReviewProgress:
    """How far a round is; all zeros where none was drawn."""
    if round_ is None:
        return ReviewProgress(0, 0, 0, 0, 0, 0, 0)
    cases = ReviewCase.objects.filter(round=round_, known=None)
    labels = ReviewLabel.objects.filter(case__round=round_)
    counts = [len(found) for found in human_differences(round_.run).values()]
    return ReviewProgress(
        samples=round_.samples,
        cases=cases.count(),
        labelled=cases.filter(labels__isnull=False).distinct().count(),
        mine=labels.filter(reviewer=reviewer_id).count() if reviewer_id else 0,
        reviewers=labels.values("reviewer").distinct().count(),
        least=min(counts, default=0),
        skipped=SkippedCase.objects.filter(case__round=round_, reviewer=reviewer_id).count()
        if reviewer_id
        else 0,
    )


def human_differences(run: Run) -> dict[int, dict[int, float]]:
    """What people say of each candidate: {run candidate: {sample: preference − ½}}, in [−½, ½].

    Several reviewers' words are averaged. Cases that need no person come with their known value,
    in the share in which the others were reviewed, so that the labelled stay a random part.
    """
    round_ = ReviewRound.objects.filter(run=run).first()
    if round_ is None:
        return {}
    said = _preferences(round_)
    by_candidate: dict[int, list[ReviewCase]] = defaultdict(list)
    for case in ReviewCase.objects.filter(round=round_).select_related("subject").order_by("place"):
        by_candidate[case.subject.run_candidate_id].append(case)
    rule = _by_rule(run, round_)
    return {
        pk: _labelled(cases, said) | _some(rule.get(pk, []), cases, said)
        for pk, cases in by_candidate.items()
    }


def _preferences(round_: ReviewRound) -> dict[int, float]:
    """Mean preference by case."""
    words: dict[int, list[float]] = defaultdict(list)
    for label in ReviewLabel.objects.filter(case__round=round_).select_related("case"):
        words[label.case_id].append(label.preference)
    return {case: mean(preferences) for case, preferences in words.items()}


def _labelled(cases: list[ReviewCase], said: dict[int, float]) -> dict[int, float]:
    known = {
        case.subject.sample_id: case.known - _EVEN for case in _share(cases, said) if case.known is not None
    }
    return known | {case.subject.sample_id: said[case.pk] - _EVEN for case in cases if case.pk in said}


def _share(cases: list[ReviewCase], said: dict[int, float]) -> list[ReviewCase]:
    """Of the cases that need no person, as large a part as was reviewed of the others."""
    settled = [case for case in cases if case.known is not None]
    return settled[: round(len(settled) * _reviewed(cases, said))]


def _reviewed(cases: list[ReviewCase], said: dict[int, float]) -> float:
    asked = [case for case in cases if case.known is None]
    return sum(case.pk in said for case in asked) / len(asked) if asked else 1.0


def _by_rule(run: Run, round_: ReviewRound) -> dict[int, list[tuple[int, float]]]:
    """Differences of the samples that a rule scores, beside those that judges mark: nobody need look.

    Each candidate's (sample, difference), in the same random order every time.
    """
    condition = judged_categories(run)
    if condition is None:
        return {}
    scored = SampleScore.objects.filter(item__run=run, item__repetition=0, value__isnull=False)
    rows = scored.exclude(item__in=Item.objects.filter(condition, run=run)).values_list(
        "item__run_candidate_id", "item__run_candidate__is_baseline", "item__sample_id", "value"
    )
    values = [(candidate, is_base, sample, float(value or 0)) for candidate, is_base, sample, value in rows]
    base = {sample: value for _, is_base, sample, value in values if is_base}
    found: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for candidate, is_base, sample, value in values:
        if not is_base and sample in base:
            found[candidate].append((sample, value - base[sample]))
    for pairs in found.values():
        pairs.sort(key=lambda pair: random.Random(f"{round_.seed}:{pair[0]}").random())
    return found


def _some(rule: list[tuple[int, float]], cases: list[ReviewCase], said: dict[int, float]) -> dict[int, float]:
    """Of the rule-scored samples, as large a part as was reviewed of all that judges mark."""
    run_id = cases[0].subject.run_id if cases else None
    judged = Item.objects.filter(run=run_id, run_candidate=cases[0].subject.run_candidate_id, repetition=0)
    total = judged.count() - len(rule) if cases else 0
    reviewed = len(_labelled(cases, said))
    return dict(rule[: round(len(rule) * reviewed / total)]) if total > 0 else {}


def agreement_of(run: Run) -> Agreement | None:
    """None where nobody reviewed anything."""
    labels = list(
        ReviewLabel.objects.filter(case__round__run=run).select_related("case").order_by("case_id", "pk")
    )
    if not labels:
        return None
    by_case: dict[int, dict[int, float]] = defaultdict(dict)
    for label in labels:
        by_case[label.case_id][label.reviewer_id] = label.preference
    shared = [words for words in by_case.values() if len(words) > 1]
    pairs = [pair for words in shared for pair in combinations(words.values(), 2)]
    judged = _judge_pairs(run, by_case)
    return Agreement(
        reviewers=len({label.reviewer_id for label in labels}),
        shared=len(shared),
        agreed=observed_agreement(pairs),
        kappa=cohen_kappa(_closest_pair(shared)),
        alpha=krippendorff_alpha([list(words.values()) for words in shared]),
        judged=len(judged),
        judge_agreed=observed_agreement(judged),
        judge_kappa=cohen_kappa(judged),
    )


def _closest_pair(shared: list[dict[int, float]]) -> list[tuple[float, float]]:
    """The words of the two reviewers that have most cases in common."""
    pairs: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for words in shared:
        for one, other in combinations(sorted(words), 2):
            pairs[one, other].append((words[one], words[other]))
    return max(pairs.values(), key=len, default=[])


def _judge_pairs(run: Run, by_case: dict[int, dict[int, float]]) -> list[tuple[float, float]]:
    """(judges' word, reviewers' word) of the cases that both marked, each as 0, ½ or 1."""
    condition = judged_categories(run)
    if condition is None:
        return []
    cases = ReviewCase.objects.filter(pk__in=by_case).values_list("pk", "subject_id", "rival_id")
    items = {pk for _, subject, rival in cases for pk in (subject, rival)}
    rows = SampleScore.objects.filter(item__in=items, value__isnull=False).values_list("item_id", "value")
    scores = {item: float(value or 0) for item, value in rows}
    return [
        (_sign(scores[subject] - scores[rival]), _sign(mean(by_case[pk].values()) - _EVEN))
        for pk, subject, rival in cases
        if subject in scores and rival in scores
    ]


def _sign(difference: float) -> float:
    return 0.5 if abs(difference) < 1e-9 else float(difference > 0)
