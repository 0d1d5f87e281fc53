"""The answers that a judge is to mark, each with what it is compared with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from migration_app.evaluation.outcomes import Completed, Outcome
from migration_app.evaluation.scorers import Answer, Scorer, is_judged
from migration_app.runs.models import Attempt, Item, ItemState, Run

from ..actions import Scorers, stored_outcome

_CHUNK = 200
ENDED = (ItemState.DONE, ItemState.FAILED)


@dataclass(frozen=True, slots=True)
class Subject:
    """An ended item without a score, its outcome, and for a pairwise judge the incumbent's."""

    item: Item
    scorer: Scorer
    outcome: Outcome
    rival: Outcome | None = None

    @property
    def answer(self) -> Answer:
        return answer_of(self.outcome)


def answer_of(outcome: Outcome) -> Answer:
    """What a judge may see of an outcome; a failed call shows nothing."""
    if isinstance(outcome, Completed):
        return Answer(outcome.text, outcome.tool_calls, outcome.refusal)
    return Answer("")


def has_answered(outcome: Outcome) -> bool:
    """Whether there is an answer to judge: no failure, no refusal."""
    return isinstance(outcome, Completed) and not (outcome.refusal or "").strip()


def judged_categories(run: Run) -> Q | None:
    """A condition on items whose category is scored by a judge; None where no category is."""
    scoring = run.assessment.scoring
    by_category = scoring.get("by_category") or {}
    judged = [name for name, choice in by_category.items() if is_judged(choice.get("name"))]
    others = [name for name, choice in by_category.items() if choice.get("name") and name not in judged]
    condition = Q(sample__category__in=judged)
    if is_judged((scoring.get("default") or {}).get("name")):
        condition |= ~Q(sample__category__in=others)
    elif not judged:
        return None
    return condition


def subjects_of(run: Run) -> Iterator[Sequence[Subject]]:
    """The answers that have no score yet and that judges are to mark, in chunks."""
    condition = judged_categories(run)
    if condition is None:
        return
    scorers, last = Scorers(run.assessment.scoring), 0
    waiting = Item.objects.filter(condition, run=run, state__in=ENDED, scores__isnull=True)
    while True:
        items = list(
            waiting.filter(pk__gt=last).select_related("sample", "run_candidate").order_by("pk")[:_CHUNK]
        )
        if not items:
            return
        last = items[-1].pk
        yield _with_outcomes(run, items, scorers)


def _with_outcomes(run: Run, items: Sequence[Item], scorers: Scorers) -> list[Subject]:
    own = last_outcomes([item.pk for item in items])
    rivals = _incumbent_outcomes(run, items)
    return [
        Subject(
            item,
            scorers.of(item.sample.category),
            own[item.pk],
            rivals.get((item.sample_id, item.repetition)),
        )
        for item in items
        if item.pk in own
    ]


def last_outcomes(item_ids: Sequence[int]) -> dict[int, Outcome]:
    """The outcome of each item's last attempt."""
    return {
        attempt.item_id: stored_outcome(attempt)
        for attempt in _last_attempts().filter(item__in=list(item_ids))
    }


def _incumbent_outcomes(run: Run, items: Sequence[Item]) -> dict[tuple[int, int], Outcome]:
    """The incumbent's outcomes on the same samples, by (sample, repetition)."""
    attempts = _last_attempts().filter(
        item__run=run,
        item__run_candidate__is_baseline=True,
        item__state__in=ENDED,
        item__sample__in={item.sample_id for item in items},
    )
    return {
        (attempt.item.sample_id, attempt.item.repetition): stored_outcome(attempt) for attempt in attempts
    }


def _last_attempts() -> QuerySet[Attempt]:
    return Attempt.objects.filter(number=F("item__tries")).select_related("item")
