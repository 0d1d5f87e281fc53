"""A run goes on with what it was asked on top: a finished one as a new edition."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english

from ..events import log
from ..models import WAITING, Extension, ExtensionKind, Run, RunCandidate, RunState
from ..queries import seats_of
from ..reconcile import hint
from ..warm_ups import plan_warm_ups
from .control import make_ready
from .errors import CannotChange

EXTENDABLE = (RunState.FINISHED, RunState.RUNNING, *WAITING)


def locked_run(run: Run) -> Run:
    """The row as it is now, held so that nothing ends or extends it meanwhile. Raises CannotChange."""
    locked = Run.objects.select_for_update().get(pk=run.pk)
    if locked.parent_id is not None:
        raise CannotChange(_("Judges are asked about the answers of another run. Extend that run instead."))
    if locked.state in EXTENDABLE:
        return locked
    if locked.is_open:
        raise CannotChange(_("The answers are being judged just now. Wait for the report, then ask more."))
    raise CannotChange(_("This run ended without a report, so it cannot be extended. Run it again instead."))


def edition_after(run: Run) -> int:
    return run.edition + (run.state == RunState.FINISHED)


def go_on(
    run: Run, kind: ExtensionKind, requests: int, user: User | None, subject: str = ""
) -> tuple[int, ...]:
    """Let the run ask what was added, with every model at the ready. Returns the feeds to wake."""
    finished, edition = run.state == RunState.FINISHED, edition_after(run)
    if finished:
        reopen(run, edition)
    else:
        Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING, state_note="")
    make_ready(run)
    asked = RunCandidate.objects.filter(run=run, items_total__gt=F("items_done") + F("items_failed"))
    plan_warm_ups(run, list(asked), edition)
    Extension.objects.create(
        run=run,
        kind=kind,
        requests=requests,
        subject=subject,
        edition=edition,
        after_report=finished or run.extensions.filter(after_report=True).exists(),
        created_by=user,
    )
    log(run.pk, _sentence(kind, requests, subject))
    record(team=run.team, user=user, verb=english("extended"), subject=str(run))
    return tuple(hint(seats_of(run)))


def reopen(run: Run, edition: int, state: RunState = RunState.RUNNING) -> None:
    try:
        with transaction.atomic():
            Run.objects.filter(pk=run.pk).update(
                state=state,
                state_note="",
                edition=edition,
                reopened_at=Now(),
                # Where nothing is asked, the answers stay as old as they are.
                replayed_at=None if state == RunState.RUNNING else F("replayed_at"),
                finished_at=None,
                stage_expires=0,
            )
    except IntegrityError as refusal:  # of the rule that an assessment has one open run
        raise CannotChange(
            _("Another run of this assessment is under way. Wait for its end, then extend this one.")
        ) from refusal
    RunCandidate.objects.filter(run=run).update(ended_before=F("items_done") + F("items_failed"))


def _sentence(kind: ExtensionKind, requests: int, subject: str) -> str:
    """For the run's log, which is kept in English: each number has a text of its own."""
    one, many = {
        ExtensionKind.CANDIDATE: (
            english("{model} was added: one request, a sample of the others'."),
            english("{model} was added: {count:,} requests, the same samples as the others."),
        ),
        ExtensionKind.SAMPLES: (
            english("One request was added."),
            english("{count:,} requests were added."),
        ),
    }.get(kind, (english("One request is asked again."), english("{count:,} requests are asked again.")))
    return (one if requests == 1 else many).format(model=subject, count=requests)
