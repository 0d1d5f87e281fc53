"""What a person may do with a run. Each verb changes the database, then sends the hints."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from migration_app.accounts.models import User
from migration_app.candidates.models import Candidate
from migration_app.reports import actions as reports
from migration_app.reports.models import Report
from migration_app.runs import actions
from migration_app.runs.actions import trial
from migration_app.runs.models import Assessment, Run
from migration_app.scoring.actions import forget_scores

from .startup import broker_refusal
from .tasks import wake_feeds, wake_file, wake_stage


def _after_commit(hint: Callable[[], object]) -> None:
    # robust: the database has it; when the broker is down, the reconciler wakes it later.
    transaction.on_commit(hint, robust=True)


def start(*, assessment: Assessment, user: User | None, accepts_conflicts: str = "") -> Run:
    """Start a run, or return the one that is open. Raises runs.actions.CannotStart."""
    _refuse_without_broker()
    started = actions.start_run(assessment=assessment, user=user, accepts_conflicts=accepts_conflicts)
    _after_commit(lambda: wake_feeds(started.feed_ids))
    return started.run


def start_trial(*, draft: Assessment, user: User | None, accepts_conflicts: str = "") -> Run:
    """Start a trial of a draft, or return the one that is open. Raises CannotStart, InvalidAssessment."""
    _refuse_without_broker()
    started = trial.start_trial(draft=draft, user=user, accepts_conflicts=accepts_conflicts)
    _after_commit(lambda: wake_feeds(started.feed_ids))
    return started.run


def _refuse_without_broker() -> None:
    if refusal := broker_refusal():
        raise actions.CannotStart(refusal)


def pause(*, run: Run, user: User | None) -> None:
    """Raises runs.actions.CannotChange."""
    actions.pause_run(run=run, user=user)


def resume(*, run: Run, user: User | None, accepts_conflicts: str = "") -> None:
    """Raises runs.actions.CannotChange."""
    feed_ids = actions.resume_run(run=run, user=user, accepts_conflicts=accepts_conflicts)
    _after_commit(lambda: wake_feeds(feed_ids))


def cancel(*, run: Run, user: User | None) -> None:
    """Raises runs.actions.CannotChange."""
    actions.cancel_run(run=run, user=user)


def finish_early(*, run: Run, user: User | None) -> None:
    """Judge with what there is. Raises runs.actions.CannotChange."""
    stage = actions.finish_early(run=run, user=user)
    _after_commit(lambda: wake_stage(run.pk, stage))


def raise_cap(*, run: Run, user: User | None, cap: Decimal) -> None:
    """Raises runs.actions.CannotChange."""
    feed_ids = actions.raise_cap(run=run, user=user, cap=cap)
    _after_commit(lambda: wake_feeds(feed_ids))


def ask_failed_again(*, run: Run, user: User | None, accepts_conflicts: str = "") -> None:
    """Raises runs.actions.CannotChange."""
    with transaction.atomic():
        feed_ids = actions.ask_failed_again(run=run, user=user, accepts_conflicts=accepts_conflicts)
        forget_scores(run=run)
        _after_commit(lambda: wake_feeds(feed_ids))


def extend_samples(*, run: Run, user: User | None, to: int, accepts_conflicts: str = "") -> None:
    """Raises runs.actions.CannotChange."""
    feed_ids = actions.extend_samples(run=run, user=user, to=to, accepts_conflicts=accepts_conflicts)
    _after_commit(lambda: wake_feeds(feed_ids))


def add_candidate(
    *, run: Run, user: User | None, candidate: Candidate, accepts_conflicts: str = ""
) -> None:
    """Raises runs.actions.CannotChange."""
    feed_ids = actions.add_candidate(
        run=run, user=user, candidate=candidate, accepts_conflicts=accepts_conflicts
    )
    _after_commit(lambda: wake_feeds(feed_ids))


def weigh_reviews(*, run: Run, user: User | None, reviews: int) -> None:
    """Compare anew with what people said. Raises runs.actions.CannotChange."""
    stage = actions.weigh_reviews(run=run, user=user, reviews=reviews)
    _after_commit(lambda: wake_stage(run.pk, stage))


def ask_for_file(*, report: Report, kind: str, user: User | None) -> None:
    """Have a file of a report made in the background; one that is there, or on its way, stays."""
    if export := reports.ask_for_file(report=report, kind=kind, user=user):
        language = export.language
        _after_commit(lambda: wake_file(report.pk, kind, language))
