"""The story of a run, as Celery tells it.

    start ──► feed (one per seat, slice after slice) ──► score ──► judge ──► compare ──► report
                         ▲
    reconcile, every 3 s ┘  wakes whatever was lost

A task takes ids, calls actions, and sends the next hint from what they return. A task that
is lost, doubled or late changes nothing: the database decides who works on what.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import kombu.exceptions
from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.db.models import Q

from migration_app.comparisons.due import due_looks
from migration_app.evaluation.wording import english
from migration_app.reports.announcing import due as mail_due
from migration_app.reports.queries import files_wanted
from migration_app.runs.actions import note_budget_reached, note_team_cap_reached
from migration_app.runs.clock_jumps import follow_clock
from migration_app.runs.feed import replay
from migration_app.runs.models import Feed, Run, RunState
from migration_app.runs.queries import next_reservation
from migration_app.runs.reconcile import expire_leases, feeds_to_wake, replays_to_close, stages_to_wake
from migration_app.runs.recovery import recover
from migration_app.runs.stages import (
    claim_stage,
    close_replay,
    fail_stage,
    finish_stage,
    kept_stage,
    rest_stage,
)
from migration_app.runs.team_budget import team_cap_reached
from migration_app.runs.warm_ups import expire_warm_ups
from migration_app.workloads import waiting as imports

from . import startup, testing  # noqa: F401  a worker looks at its message server before it begins
from .shutdown import shutting_down
from .steps import STEPS, announce_ended, import_upload, take_look, write_file

logger = logging.getLogger(__name__)

# The database or the message server does not do what it is asked; whoever waits sees them come back.
_AWAY = (OperationalError, InterfaceError, kombu.exceptions.OperationalError)
_FILE_LOST = timedelta(seconds=30)  # a file that was asked for so long ago is asked for again
_LOOK_SECONDS = 1.0  # between two looks at a stage that waits


@shared_task(name="feed")
def feed(feed_id: int) -> None:
    """Replay one slice, then hand on: to the next stage, or to the seat's next slice."""
    if not replay(feed_id, stopping=shutting_down):
        return
    run_id = Feed.objects.values_list("lane__run_id", flat=True).get(pk=feed_id)
    if stage := close_replay(run_id):
        wake_stage(run_id, stage)
        return
    wake_feeds(feeds_to_wake())


@shared_task(name="stage")
def stage(run_id: str, name: str) -> None:
    """Do one stage after the replay, if nobody else does."""
    if not claim_stage(run_id, name):
        return
    run = Run.objects.select_related("assessment").get(pk=run_id)
    try:
        with kept_stage(run_id, name):
            feed_ids = STEPS[RunState(name)](run)
    except _AWAY as away:
        # Nothing is wrong with the stage: it is done again once its claim is over.
        logger.warning("Stage %s of run %s is left for later: %s", name, run_id, away)
        return
    except Exception as error:
        logger.exception("Stage %s of run %s failed.", name, run_id)
        fail_stage(
            run_id,
            name,
            english(
                "{label} failed ({name}). See the server's log.",
                label=RunState(name).label,
                name=type(error).__name__,
            ),
        )
        return
    if feed_ids is not None:
        wake_feeds(feed_ids)
        rest_stage(run_id, name, _LOOK_SECONDS)
    elif following := finish_stage(run_id, name):
        wake_stage(run_id, following)
    if settings.EMAIL_HOST:
        announce.delay()


@shared_task(name="file")
def file(report_id: str, kind: str, language: str) -> None:
    """Make a file of a report that somebody asked for."""
    write_file(report_id, kind, language)


@shared_task(name="announce")
def announce() -> None:
    """Send the mail that is due."""
    announce_ended()


@shared_task(name="look")
def look(look_id: int) -> None:
    """Compare what a run has answered so far, if nobody else does, and stop it where that is enough."""
    if stopped := take_look(look_id):
        wake_stage(*stopped)


@shared_task(name="import")
def import_stage(upload_id: str) -> None:
    """Do the stage that an upload is in, if nobody does and there is room for one more."""
    if imports.busy() < settings.IMPORTS_AT_ONCE:
        import_upload(UUID(upload_id))


@shared_task(name="reconcile")
def reconcile() -> None:
    """Repair what crashes left behind, and wake what no message wakes.

    What one part stumbles over keeps no other from its work: a single bad row would else stop every run.
    """
    for part in _PARTS:
        try:
            part()
        except _AWAY:
            raise
        except Exception:
            logger.exception("Reconciling did not come to its end: %s", getattr(part, "__name__", part))


def _end_lost_calls() -> None:
    while expire_leases():
        pass


def _close_replays() -> None:
    for run_id in replays_to_close():
        if following := close_replay(run_id):
            wake_stage(run_id, following)


def _keep_caps() -> None:
    capped = Q(cap_nanos__isnull=False) | Q(ledger__cap_nanos__isnull=False)
    for run in Run.objects.filter(capped, state=RunState.RUNNING, reserved_nanos=0).select_related("ledger"):
        _settle_budget(run)


def _wake_what_waits() -> None:
    wake_feeds(feeds_to_wake())
    for run_id, name in stages_to_wake():
        wake_stage(run_id, name)


def _wake_looks() -> None:
    for look_id in due_looks():
        look.delay(look_id)


def _wake_files() -> None:
    for wanted in files_wanted(_FILE_LOST):
        wake_file(wanted.report_id, wanted.kind, wanted.language)


def _wake_mail() -> None:
    if mail_due():
        announce.delay()


def _wake_imports() -> None:
    if imports.busy() < settings.IMPORTS_AT_ONCE:
        for upload_id in imports.idle()[: settings.IMPORTS_AT_ONCE]:
            wake_import(upload_id)


# In this order: what a crash left behind first, so that it is among what is woken.
_PARTS: tuple[Callable[[], object], ...] = (
    follow_clock,
    recover,
    _end_lost_calls,
    expire_warm_ups,
    _close_replays,
    _keep_caps,
    _wake_what_waits,
    _wake_looks,
    _wake_files,
    _wake_mail,
    _wake_imports,
)


def _settle_budget(run: Run) -> None:
    needed = next_reservation(run)
    if needed is None:
        return
    if run.cap_nanos is not None and run.spent_nanos + needed > run.cap_nanos:
        note_budget_reached(run.pk, needed)
    elif team_cap_reached(run, needed):
        note_team_cap_reached(run)


def wake_feeds(feed_ids: Any) -> None:
    for feed_id in feed_ids:
        feed.delay(feed_id)


def wake_stage(run_id: Any, name: str) -> None:
    stage.delay(str(run_id), name)


def wake_import(upload_id: Any) -> None:
    import_stage.delay(str(upload_id))


def wake_file(report_id: Any, kind: str, language: str) -> None:
    file.delay(str(report_id), kind, language)
