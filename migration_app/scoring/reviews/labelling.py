"""One case at a time, as a reviewer sees it: nothing tells whose answer is whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from migration_app.accounts.models import User
from migration_app.runs.models import Attempt

from ..models import Choice, ReviewCase, ReviewLabel, ReviewRound

_SHARED_EVERY = 5  # every fifth case goes to all reviewers, to measure how far they agree


@dataclass(frozen=True, slots=True)
class Shown:
    """A case for the page: the request, and two answers in swapped or straight order."""

    key: int
    messages: list[dict[str, Any]]
    references: list[str]
    left: Attempt
    right: Attempt


def next_case(*, round_: ReviewRound, reviewer: User) -> Shown | None:
    """The next case this reviewer has not seen; None when there is none left for them."""
    case = _open_cases(round_, reviewer).select_related("subject__sample", "subject", "rival").first()
    return None if case is None else _shown(case)


def _open_cases(round_: ReviewRound, reviewer: User) -> QuerySet[ReviewCase]:
    """Cases that nobody labelled, and of the others every fifth; in the shuffled order."""
    mine = ReviewLabel.objects.filter(case=OuterRef("pk"), reviewer=reviewer)
    return (
        ReviewCase.objects.filter(~Exists(mine), round=round_, known=None)
        .annotate(count=Count("labels"))
        .filter(Q(count=0) | Q(pk__in=_shared(round_)))
        .order_by("order", "pk")
    )


def _shared(round_: ReviewRound) -> list[int]:
    keys = ReviewCase.objects.filter(round=round_, known=None).order_by("place", "pk")
    return list(keys.values_list("pk", flat=True))[::_SHARED_EVERY]


def _shown(case: ReviewCase) -> Shown:
    answers = {
        item.pk: Attempt.objects.filter(item=item, number=item.tries).get()
        for item in (case.subject, case.rival)
    }
    left, right = (case.subject_id, case.rival_id) if case.subject_left else (case.rival_id, case.subject_id)
    sample = case.subject.sample
    return Shown(case.pk, sample.messages, sample.references, answers[left], answers[right])


@transaction.atomic
def label_case(*, round_: ReviewRound, case_id: int, reviewer: User, choice: str) -> bool:
    """Keep a reviewer's word; saying it again replaces it. False where the round has no such case."""
    if choice not in Choice.values:
        return False
    case = ReviewCase.objects.filter(round=round_, pk=case_id, known=None).first()
    if case is None:
        return False
    ReviewLabel.objects.update_or_create(case=case, reviewer=reviewer, defaults={"choice": choice})
    return True


def take_back(*, round_: ReviewRound, reviewer: User) -> bool:
    """Forget a reviewer's last word, so that its case comes again; False when there is none."""
    last = ReviewLabel.objects.filter(case__round=round_, reviewer=reviewer).order_by("-pk").first()
    if last is None:
        return False
    last.delete()
    return True
