"""A person steers a run: pause, resume, cancel, end early."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english

from ..events import log
from ..models import WAITING, Run, RunCandidate, RunState
from ..queries import seats_of
from ..reconcile import hint
from ..stages import begin_scoring
from .errors import CannotChange

# What the run's log says, alone and with the person who did it; what the team's trail says.
_HAPPENED = {
    "Paused": (english("Paused."), english("Paused by {person}."), english("paused")),
    "Resumed": (english("Resumed."), english("Resumed by {person}."), english("resumed")),
    "Cancelled": (english("Cancelled."), english("Cancelled by {person}."), english("cancelled")),
    "Ended early": (english("Ended early."), english("Ended early by {person}."), english("ended early")),
}


def _move(run: Run, *, allowed: Sequence[str], to: str, note: str, user: User | None, verb: str) -> None:
    """Change a run's state if it is in one of `allowed`. Raises CannotChange."""
    moved = Run.objects.filter(pk=run.pk, state__in=allowed).update(state=to, state_note=note)
    run.refresh_from_db()
    if not moved:
        raise CannotChange(
            _("The run is {state}, so it cannot be changed like this.").format(
                state=run.get_state_display().lower()
            )
        )
    alone, by_a_person, did = _HAPPENED[verb]
    log(run.pk, by_a_person.format(person=user.get_username()) if user else alone)
    record(team=run.team, user=user, verb=did, subject=str(run))


def pause_run(*, run: Run, user: User | None) -> None:
    """Ask nothing more until resumed. What is in flight is still stored."""
    _move(
        run,
        allowed=[RunState.RUNNING],
        to=RunState.PAUSED,
        note=english("Paused by a person."),
        user=user,
        verb="Paused",
    )


def resume_run(*, run: Run, user: User | None) -> tuple[int, ...]:
    """Go on; models that were stopped get another chance. Returns the feeds to wake.

    A run that is still asking others may be told so too, once a stopped connection is repaired.
    """
    stopped = RunCandidate.objects.filter(run=run).exclude(parked_reason="")
    allowed = (*WAITING, RunState.RUNNING) if stopped.exists() else WAITING
    _move(run, allowed=allowed, to=RunState.RUNNING, note="", user=user, verb="Resumed")
    RunCandidate.objects.filter(run=run).update(
        parked_reason="", waiting_until=0, waiting_reason="", unanswered_since=0, is_out=False
    )
    return tuple(hint(seats_of(run)))


def cancel_run(*, run: Run, user: User | None) -> None:
    """End without a verdict. What was measured stays."""
    _move(
        run,
        allowed=[RunState.RUNNING, *WAITING],
        to=RunState.CANCELLED,
        note=english("Cancelled by a person."),
        user=user,
        verb="Cancelled",
    )
    Run.objects.filter(pk=run.pk).update(finished_at=Now())


@transaction.atomic
def finish_early(*, run: Run, user: User | None) -> str:
    """Judge with what there is; candidates with gaps are incomplete, never worse. The next stage.

    A run of judges is ended like this too; its parent then goes on with the judgements there are.
    """
    if run.parent_id is not None:
        cancel_run(run=run, user=user)
        return RunState.JUDGING
    _move(
        run, allowed=[RunState.RUNNING, *WAITING], to=RunState.PAUSED, note="", user=user, verb="Ended early"
    )
    return begin_scoring(run)
