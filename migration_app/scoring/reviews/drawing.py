"""Which answers people review. The draw is a fixed shuffle of the samples; more takes more of it."""

from __future__ import annotations

import random
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.errors import Refusal
from migration_app.accounts.models import User
from migration_app.evaluation.outcomes import Completed, Outcome
from migration_app.evaluation.wording import english
from migration_app.runs.models import Item, Run, RunState

from ..judging.subjects import ENDED, has_answered, judged_categories, last_outcomes
from ..models import ReviewCase, ReviewRound

MOST_SAMPLES = 1_000


class CannotReview(Refusal):
    """The review cannot be done like this."""


@transaction.atomic
def draw_more(*, run: Run, user: User | None, to: int) -> ReviewRound:
    """Have `to` samples of the run reviewed in all. Asking twice changes nothing. Raises CannotReview.

    In runs that judges mark, only what they mark needs people; elsewhere all answers are drawn from.
    """
    if run.state != RunState.FINISHED:
        raise CannotReview(_("The run is not finished. Review its answers once all of them are in."))
    if not 1 <= to <= MOST_SAMPLES:
        raise CannotReview(
            _("Choose between 1 and {most} requests to review.").format(most=f"{MOST_SAMPLES:,}")
        )
    round_, _created = ReviewRound.objects.get_or_create(
        run=run,
        defaults={"team_id": run.team_id, "created_by": user, "seed": run.assessment.seed + run.number},
    )
    round_ = ReviewRound.objects.select_for_update().get(pk=round_.pk)
    order = drawing_order(round_)
    if to > round_.samples and round_.samples < len(order):
        cases = _cases(round_, order[round_.samples : to], round_.samples)
        ReviewCase.objects.bulk_create(cases, ignore_conflicts=True)
        round_.samples = min(to, len(order))
        round_.save(update_fields=["samples"])
        record(team=run.team, user=user, verb=english("drew answers to review in"), subject=str(run))
    return round_


def drawing_order(round_: ReviewRound) -> list[int]:
    """The run's sample ids that may be reviewed, in the order of the draw."""
    items = Item.objects.filter(run=round_.run_id, run_candidate__is_baseline=True, repetition=0)
    condition = judged_categories(round_.run)
    if condition is not None:
        items = items.filter(condition)
    ids = sorted(items.values_list("sample_id", flat=True))
    random.Random(round_.seed).shuffle(ids)
    return ids


def _cases(round_: ReviewRound, sample_ids: Sequence[int], first: int) -> list[ReviewCase]:
    items = Item.objects.filter(
        run=round_.run_id, sample__in=sample_ids, repetition=0, state__in=ENDED
    ).select_related("run_candidate")
    found = list(items)
    outcomes = last_outcomes([item.pk for item in found])
    rivals = {item.sample_id: item for item in found if item.run_candidate.is_baseline}
    places = {pk: first + place for place, pk in enumerate(sample_ids)}
    cases = []
    for item in found:
        rival = rivals.get(item.sample_id)
        if (
            item.run_candidate.is_baseline
            or rival is None
            or item.pk not in outcomes
            or rival.pk not in outcomes
        ):
            continue
        generator = random.Random(f"{round_.seed}:{item.pk}")
        cases.append(
            ReviewCase(
                round=round_,
                subject=item,
                rival=rival,
                place=places[item.sample_id],
                order=first + generator.random() * len(sample_ids),
                subject_left=generator.random() < 0.5,
                known=_known(outcomes[item.pk], outcomes[rival.pk]),
            )
        )
    return cases


def _known(own: Outcome, rival: Outcome) -> float | None:
    """What needs no person; None where one has to look."""
    answered, rivalled = has_answered(own), has_answered(rival)
    if answered and rivalled:
        assert isinstance(own, Completed)
        assert isinstance(rival, Completed)
        same = own.text.strip() == rival.text.strip() and own.tool_calls == rival.tool_calls
        return 0.5 if same else None
    return 0.5 if answered == rivalled else float(answered)
