"""One case at a time, as a reviewer sees it: nothing tells whose answer is whose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, When

from migration_app.accounts.models import User
from migration_app.runs.models import Attempt

from ..models import Choice, ReviewCase, ReviewLabel, ReviewRound, SkippedCase

_APART = 0.618034  # the golden ratio: its multiples lie far apart within any stretch (Weyl 1916)
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
    """Cases that nobody labelled, and of the others every fifth; in the shuffled order.

    Each reviewer begins somewhere else in it, so that two who work at one pace do not label the same
    cases. A request that this one saw comes again last: today's answer is the one that would come twice.
    """
    mine = ReviewLabel.objects.filter(reviewer=reviewer)
    skipped = SkippedCase.objects.filter(case=OuterRef("pk"), reviewer=reviewer)
    seen = mine.filter(case__round=round_, case__subject__sample=OuterRef("subject__sample"))
    start = reviewer.pk * _APART % 1 * round_.samples
    return (
        ReviewCase.objects.filter(
            ~Exists(mine.filter(case=OuterRef("pk"))), ~Exists(skipped), round=round_, known=None
        )
        .annotate(count=Count("labels"))
        .filter(Q(count=0) | Q(pk__in=_shared(round_)))
        .order_by(Exists(seen), Case(When(order__lt=start, then=1), default=0), "order", "pk")
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


@transaction.atomic
def skip_case(*, round_: ReviewRound, case_id: int, reviewer: User) -> bool:
    """Leave a case to others. False where the round has no such case, or it was labelled already."""
    mine = ReviewLabel.objects.filter(case=OuterRef("pk"), reviewer=reviewer)
    case = ReviewCase.objects.filter(~Exists(mine), round=round_, pk=case_id, known=None).first()
    if case is None:
        return False
    SkippedCase.objects.get_or_create(case=case, reviewer=reviewer)
    return True


def bring_back(*, round_: ReviewRound, reviewer: User) -> int:
    """Have the cases that a reviewer skipped come again; how many."""
    return SkippedCase.objects.filter(case__round=round_, reviewer=reviewer).delete()[0]


def take_back(*, round_: ReviewRound, reviewer: User) -> bool:
    """Forget a reviewer's last word, or last skip, so that its case comes again; False when there is none."""
    mine = {"case__round": round_, "reviewer": reviewer}
    label = ReviewLabel.objects.filter(**mine).order_by("-created_at", "-pk").first()
    skip = SkippedCase.objects.filter(**mine).order_by("-created_at", "-pk").first()
    if label and (skip is None or label.created_at > skip.created_at):
        label.delete()
    elif skip:
        skip.delete()
    return bool(label or skip)
