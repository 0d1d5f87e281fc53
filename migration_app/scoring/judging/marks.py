"""From judgements to scores. A judge's failure leaves an answer unscored; it is never the answer's."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from statistics import median

from migration_app.evaluation.judging import Preference, pairwise_score
from migration_app.evaluation.outcomes import Completed, Failed
from migration_app.evaluation.scorers import Score
from migration_app.evaluation.scorers.base import scored, unscored
from migration_app.evaluation.scorers.judged import PairwiseJudge
from migration_app.evaluation.wording import english
from migration_app.runs.models import Item

from ..models import Judgement, Order, SampleScore
from .subjects import Subject, has_answered

_EVEN = 0.5


def without_a_judge(subject: Subject) -> Score | None:
    """The score of an answer that needs no judge: none came, it refused, or there is nothing to compare."""
    if not isinstance(subject.scorer, PairwiseJudge):
        return None if has_answered(subject.outcome) else scored(0, _why_none(subject))
    if subject.item.run_candidate.is_baseline:
        return scored(
            _EVEN, english("The other models' answers are compared with this one, so it counts as even.")
        )
    if subject.rival is None:
        return unscored(english("Today's model was never asked this, so there is nothing to compare with."))
    own, rival = has_answered(subject.outcome), has_answered(subject.rival)
    if own and rival:
        same = _said(subject.outcome) == _said(subject.rival)
        return scored(_EVEN, english("Both answers are the same, so no judge was asked.")) if same else None
    if own:
        return scored(1, english("Today's model gave no answer to this; this one did."))
    return scored(_EVEN if not rival else 0, _why_none(subject))


def _why_none(subject: Subject) -> str:
    if isinstance(subject.outcome, Failed):
        return english("No answer came: {message}", message=subject.outcome.message)
    return english("The model refused.")


def _said(outcome: object) -> tuple[object, ...]:
    assert isinstance(outcome, Completed)
    return (outcome.text.strip(), tuple((call.name, call.arguments) for call in outcome.tool_calls))


def scores_from(subjects: Iterable[Subject], ended_early: bool) -> list[SampleScore]:
    """Scores of the subjects that judges were asked about, from what was read of their replies."""
    subjects = list(subjects)
    by_subject: dict[int, list[Judgement]] = defaultdict(list)
    asked = Judgement.objects.filter(subject__in=[subject.item.pk for subject in subjects])
    for judgement in asked.select_related("repair"):
        by_subject[judgement.subject_id].append(judgement)
    return [
        as_row(subject.item, subject.scorer.name, _score(subject, by_subject[subject.item.pk], ended_early))
        for subject in subjects
    ]


def as_row(item: Item, scorer: str, score: Score) -> SampleScore:
    return SampleScore(
        item=item,
        scorer=scorer,
        value=score.value,
        unscored=(score.unscored or "")[:300],
        explanation=score.explanation[:1000],
    )


def _score(subject: Subject, judgements: Sequence[Judgement], ended_early: bool) -> Score:
    final = [_final(judgement) for judgement in judgements if judgement.repairs_id is None]
    votes = _choices(final) if isinstance(subject.scorer, PairwiseJudge) else _grades(final)
    if not votes:
        return unscored(_why_unscored(final, ended_early))
    value = _majority(votes) if isinstance(subject.scorer, PairwiseJudge) else median(votes)
    said = next((judgement.reason for judgement in final if judgement.reason), "")
    return scored(value, f"{_judged(value, len(votes))} {said}".strip())


def _judged(value: float, judges: int) -> str:
    if judges == 1:
        return english("Judged {value:.2f}.", value=value)
    return english("Judged {value:.2f} by {judges} judges.", value=value, judges=judges)


def _final(judgement: Judgement) -> Judgement:
    """The repair where there was one: the same question, answered better or not at all."""
    return getattr(judgement, "repair", None) or judgement


def _grades(judgements: Iterable[Judgement]) -> list[float]:
    return [(judgement.grade - 1) / 4 for judgement in judgements if judgement.grade is not None]


def _choices(judgements: Iterable[Judgement]) -> list[float]:
    """Each judge's vote from both orders; a judge that failed in either has none."""
    by_judge: dict[int, dict[str, Preference | None]] = defaultdict(dict)
    for judgement in judgements:
        said = Preference(judgement.preference) if judgement.preference else None
        by_judge[judgement.judge_id][judgement.order] = said
    votes = [
        pairwise_score(orders.get(Order.STRAIGHT), orders.get(Order.SWAPPED)) for orders in by_judge.values()
    ]
    return [vote for vote in votes if vote is not None]


def _majority(votes: Sequence[float]) -> float:
    """What more than half of the judges say; even where there is no such majority."""
    value, count = Counter(votes).most_common(1)[0]
    return value if 2 * count > len(votes) else _EVEN


def _why_unscored(judgements: Sequence[Judgement], ended_early: bool) -> str:
    problems = [judgement.problem for judgement in judgements if judgement.problem]
    if problems:
        return problems[0]
    if ended_early:
        return english("Judging was ended before this answer was judged.")
    return english("No judge was asked about this answer.")
