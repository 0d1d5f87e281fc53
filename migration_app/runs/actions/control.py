"""A person steers a run: pause, resume, cancel, end early."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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
from .going_on import accept_going_on


class _Deed(NamedTuple):
    """What the run's log says, alone and with the person who did it; what the team's trail says."""

    alone: str
    by_a_person: str
    did: str


_PAUSED = _Deed(english("Paused."), english("Paused by {person}."), english("paused"))
_RESUMED = _Deed(english("Resumed."), english("Resumed by {person}."), english("resumed"))
_CANCELLED = _Deed(english("Cancelled."), english("Cancelled by {person}."), english("cancelled"))
_ENDED_EARLY = _Deed(english("Ended early."), english("Ended early by {person}."), english("ended early"))


def _move(
    run: Run, deed: _Deed, user: User | None, *, allowed: Sequence[str], to: str, note: str = ""
) -> None:
    """Change a run's state if it is in one of `allowed`. Raises CannotChange."""
    moved = Run.objects.filter(pk=run.pk, state__in=allowed).update(state=to, state_note=note)
    run.refresh_from_db()
    if not moved:
        raise CannotChange(
            _("The run is {state}, so it cannot be changed like this.").format(
                state=run.get_state_display().lower()
            )
        )
    log(run.pk, deed.by_a_person.format(person=user.get_username()) if user else deed.alone)
    record(team=run.team, user=user, verb=deed.did, subject=str(run))


def pause_run(*, run: Run, user: User | None) -> None:
    """Ask nothing more until resumed. What is in flight is still stored."""
    note = english("Paused by a person.")
    _move(run, _PAUSED, user, allowed=[RunState.RUNNING], to=RunState.PAUSED, note=note)


@transaction.atomic
def resume_run(*, run: Run, user: User | None, accepts_conflicts: str = "") -> tuple[int, ...]:
    """Go on; models that were stopped get another chance. Returns the feeds to wake. Raises CannotChange.

    A run that is still asking others may be told so too, once a stopped connection is repaired.
    What it asks leaves the machine now, so the rules on data and licences are asked as they are now:
    accepts_conflicts is why it is sent although one is broken, as a sentence.
    """
    stopped = RunCandidate.objects.filter(run=run).exclude(parked_reason="")
    allowed = (*WAITING, RunState.RUNNING) if stopped.exists() else WAITING
    if Run.objects.filter(pk=run.pk, state__in=allowed).exists():
        accept_going_on(run, accepts_conflicts, user)
    _move(run, _RESUMED, user, allowed=allowed, to=RunState.RUNNING)
    make_ready(run)
    return tuple(hint(seats_of(run)))


def make_ready(run: Run) -> None:
    """Let every model be asked again, whatever it was stopped for or told to wait for."""
    RunCandidate.objects.filter(run=run).update(
        parked_reason="", waiting_until=0, waiting_reason="", unanswered_since=0, is_out=False
    )


def cancel_run(*, run: Run, user: User | None) -> None:
    """End without a verdict. What was measured stays."""
    note = english("Cancelled by a person.")
    _move(run, _CANCELLED, user, allowed=[RunState.RUNNING, *WAITING], to=RunState.CANCELLED, note=note)
    Run.objects.filter(pk=run.pk).update(finished_at=Now())


@transaction.atomic
def finish_early(*, run: Run, user: User | None) -> str:
    """Judge with what there is; candidates with gaps are incomplete, never worse. The next stage.

    A run of judges is ended like this too; its parent then goes on with the judgements there are.
    """
    if run.parent_id is not None:
        cancel_run(run=run, user=user)
        return RunState.JUDGING
    _move(run, _ENDED_EARLY, user, allowed=[RunState.RUNNING, *WAITING], to=RunState.PAUSED)
    return begin_scoring(run)
