"""From replay to report: each stage is claimed by a conditional update, done, and handed on.

    running ──► scoring ──► judging ──► comparing ──► reporting ──► finished

A run of judges has no stages: once its answers are in it is finished, and its parent goes on.

Whoever makes the update that changes a row goes on; everybody else finds nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models.functions import Now

from migration_app.clock import DatabaseNow
from migration_app.evaluation.wording import english

from .events import log
from .models import Item, ItemState, Run, RunState

_NEXT = {
    RunState.SCORING: RunState.JUDGING,
    RunState.JUDGING: RunState.COMPARING,
    RunState.COMPARING: RunState.REPORTING,
    RunState.REPORTING: RunState.FINISHED,
}


@transaction.atomic
def close_replay(run_id: Any) -> str | None:
    """End the replay when nothing is left to ask. Returns the next stage, or None.

    When what is left belongs to connections that were stopped, the run pauses and says so.
    """
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.RUNNING:
        return None
    still_open = Item.objects.filter(run=run, state__in=[ItemState.PENDING, ItemState.LEASED])
    if not still_open.exists():
        if run.parent_id is None:
            return begin_scoring(run)
        _end_judging(run)
        return None
    parked = still_open.filter(state=ItemState.PENDING).exclude(run_candidate__parked_reason="")
    if parked.count() == still_open.count():
        _pause_for_parked(run)
    return None


def _end_judging(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=RunState.FINISHED, state_note="", replayed_at=Now(), finished_at=Now()
    )
    log(run.pk, english("The judges have answered."))


def begin_scoring(run: Run, note: str = "") -> str:
    """Move a run on to its first stage, whatever it still had to ask. `note` goes into its log."""
    Run.objects.filter(pk=run.pk).update(
        state=RunState.SCORING, state_note="", replayed_at=Now(), stage_expires=0
    )
    log(run.pk, note or english("All answers are in. Scoring begins."))
    return RunState.SCORING


@transaction.atomic
def end_early(run_id: Any, note: str) -> str | None:
    """End a replay that has answered its question, whatever it still had to ask. Returns the next
    stage; None when it is not running any more."""
    run = Run.objects.select_for_update().get(pk=run_id)
    if run.state != RunState.RUNNING:
        return None
    log(run.pk, note)
    return begin_scoring(run, english("What is in is scored now."))


def _pause_for_parked(run: Run) -> None:
    names = ", ".join(run.candidates.exclude(parked_reason="").values_list("label", flat=True))
    note = english(
        "{names} cannot be reached. Repair the connection and resume, or judge with what there is.",
        names=names,
    )
    Run.objects.filter(pk=run.pk).update(state=RunState.PAUSED, state_note=note[:500])
    log(run.pk, note)


def _claim_seconds() -> float:
    # Twice a lease: a stage may keep the interpreter to itself for seconds, and its keeper waits.
    return 2 * settings.LEASE_SECONDS


def claim_stage(run_id: Any, stage: str) -> bool:
    """Take a stage for a while; False when it is done already or somebody works on it."""
    return bool(
        Run.objects.filter(pk=run_id, state=stage, stage_expires__lt=DatabaseNow()).update(
            stage_expires=DatabaseNow() + _claim_seconds()
        )
    )


@contextmanager
def kept_stage(run_id: Any, stage: str) -> Iterator[None]:
    """Keep the claim for the length of a `with`, from a thread of its own: who dies lets go of it soon."""
    over = Event()

    def keep() -> None:
        while not over.wait(settings.LEASE_SECONDS / 2):
            try:
                keep_stage(run_id, stage)
            except (OperationalError, InterfaceError):
                connection.close_if_unusable_or_obsolete()
        connection.close()

    keeper = Thread(target=keep, name="stage-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def keep_stage(run_id: Any, stage: str) -> None:
    """Extend the claim of a stage that takes long."""
    Run.objects.filter(pk=run_id, state=stage).update(stage_expires=DatabaseNow() + _claim_seconds())


def rest_stage(run_id: Any, stage: str, seconds: float) -> None:
    """Leave a stage that waits for something; whoever comes after `seconds` looks again."""
    Run.objects.filter(pk=run_id, state=stage).update(stage_expires=DatabaseNow() + seconds)


def finish_stage(run_id: Any, stage: str) -> str | None:
    """Hand on to the next stage. Returns it, or None when there is none or it was done already."""
    following = _NEXT[RunState(stage)]
    changes: dict[str, Any] = {"state": following, "stage_expires": 0}
    if following == RunState.FINISHED:
        changes["finished_at"] = Now()
    if not Run.objects.filter(pk=run_id, state=stage).update(**changes):
        return None
    if following == RunState.FINISHED:
        log(run_id, english("The report is ready."))
        return None
    return following


def fail_stage(run_id: Any, stage: str, reason: str) -> None:
    """Stop a run whose stage cannot be done; what it measured stays."""
    if Run.objects.filter(pk=run_id, state=stage).update(
        state=RunState.FAILED, state_note=reason[:500], finished_at=Now()
    ):
        log(run_id, reason)
