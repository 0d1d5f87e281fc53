"""Writes about assessments and runs, as verbs."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from migration_app import __version__
from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import current_price
from migration_app.workloads.models import Workload

from .models import ENDED, WAITING, Assessment, Feed, Run, RunCandidate, RunState, TeamLedger
from .money import from_nanos, to_nanos
from .planning import add_feeds, add_items, choose_samples, enter_candidates
from .reconcile import hint
from .settling import log
from .stages import begin_scoring
from .team_budget import ledger_of

MAX_CANDIDATES = 8  # with the incumbent: one colour and one shape each


class InvalidAssessment(ValueError):
    """The question cannot be put like this; the message says what to change."""


class CannotStart(Exception):
    """The run cannot start; the message says what to do first."""


class CannotChange(Exception):
    """The run is not in a state that allows this; the message says so."""


@dataclass(frozen=True, slots=True)
class Started:
    """A run and the feeds to wake for it; none when it was running already."""

    run: Run
    feed_ids: tuple[int, ...]


def check_candidates(
    *, team: Team, workload: Workload, baseline: Candidate, candidates: Sequence[Any]
) -> None:
    """Raises InvalidAssessment unless the parts are the team's own and fit together."""
    if not candidates:
        raise InvalidAssessment("Choose at least one model to compare with the one you use today.")
    if len(candidates) >= MAX_CANDIDATES:
        raise InvalidAssessment(f"Compare at most {MAX_CANDIDATES - 1} models with today's at a time.")
    if baseline in candidates:
        raise InvalidAssessment("Today's model cannot be its own alternative. Take it off the list.")
    if any(part.team_id != team.pk for part in (workload, baseline, *candidates)):
        raise InvalidAssessment("Choose a workload and models of your own team.")


def _in_range(name: str, value: float, low: float, high: float) -> None:
    if not low < value < high:
        raise InvalidAssessment(f"{name} must lie between {low:g} and {high:g}.")


@transaction.atomic
def create_assessment(
    *,
    team: Team,
    user: User | None,
    name: str,
    workload: Workload,
    baseline: Candidate,
    candidates: Sequence[Candidate],
    margin: float = 0.05,
    category_margin: float = 0.10,
    critical_categories: Sequence[str] = (),
    alpha: float = 0.05,
    scoring: Mapping[str, Any] | None = None,
    rules: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    repetitions: int = 1,
    seed: int = 0,
    requests_per_month: int | None = None,
    budget: Decimal | None = None,
    currency: str = "USD",
    sample_limit: int | None = None,
) -> Assessment:
    """Put a question, before any result is seen. Raises InvalidAssessment."""
    check_candidates(team=team, workload=workload, baseline=baseline, candidates=candidates)
    _in_range("The quality limit", margin, 0, 1)
    _in_range("The limit per category", category_margin, 0, 1)
    _in_range("The error rate", alpha, 0, 0.5)
    if not name.strip():
        raise InvalidAssessment("Give the assessment a name.")
    if budget is not None and budget <= 0:
        raise InvalidAssessment("A spending cap must be above zero. Leave it empty for none.")
    assessment = Assessment.objects.create(
        team=team,
        created_by=user,
        name=name.strip()[:200],
        workload=workload,
        baseline=baseline,
        margin=margin,
        category_margin=category_margin,
        critical_categories=list(critical_categories),
        alpha=alpha,
        scoring=dict(scoring or workload.scoring),
        rules=dict(rules or {}),
        settings=dict(settings or {}),
        repetitions=max(1, repetitions),
        seed=seed,
        requests_per_month=requests_per_month,
        budget_nanos=None if budget is None else to_nanos(budget),
        currency=currency,
        sample_limit=sample_limit,
    )
    assessment.candidates.set(candidates)
    return assessment


def start_run(*, assessment: Assessment, user: User | None) -> Started:
    """Plan a run and open its feeds. Asking twice gives the same run. Raises CannotStart.

    1. Refuse what could not be kept: a cap that an unknown price would make hollow.
    2. Freeze the question; write the run, its candidates, lanes, items and feeds.
    """
    _refuse_hollow_cap(assessment)
    try:
        with transaction.atomic():
            return _plan(assessment, user)
    except IntegrityError:
        # Two clicks at once: the database let one in.
        open_run = assessment.runs.exclude(state__in=ENDED).first()
        if open_run is None:
            raise
        return Started(open_run, ())


def _plan(assessment: Assessment, user: User | None) -> Started:
    if open_run := assessment.runs.exclude(state__in=ENDED).first():
        return Started(open_run, ())
    samples = choose_samples(assessment)
    if not samples:
        raise CannotStart("The workload has no samples. Upload a file with at least one.")
    Assessment.objects.filter(pk=assessment.pk, frozen_at=None).update(frozen_at=Now())
    run = Run.objects.create(
        team_id=assessment.team_id,
        created_by=user,
        assessment=assessment,
        number=assessment.runs.count() + 1,
        currency=assessment.currency,
        cap_nanos=assessment.budget_nanos,
        ledger=ledger_of(assessment.team_id, assessment.currency),
        environment=_environment(),
    )
    chosen = assessment.candidates.select_related("connection").order_by("label")
    entries = enter_candidates(run, [assessment.baseline, *chosen])
    add_feeds(run)
    total = add_items(run, entries, samples)
    Run.objects.filter(pk=run.pk).update(items_total=total)
    RunCandidate.objects.filter(run=run).update(items_total=len(samples) * assessment.repetitions)
    log(run.pk, f"Started: {len(samples):,} requests to each of {len(entries)} models.")
    record(team=assessment.team, user=user, verb="started a run of", subject=assessment.name)
    run.refresh_from_db()
    return Started(run, tuple(hint(_seats(run))))


def _refuse_hollow_cap(assessment: Assessment) -> None:
    _refuse_uncapped_currency(assessment)
    ledger = ledger_of(assessment.team_id, assessment.currency)
    if assessment.budget_nanos is None and ledger.cap_nanos is None:
        return
    parts = [assessment.baseline, *assessment.candidates.all()]
    unknown = []
    for part in parts:
        price = current_price(part)
        if price is None:
            unknown.append(part.label)
        elif price.currency != assessment.currency:
            raise CannotStart(
                f"{part.label} is priced in {price.currency}, the cap in {assessment.currency}. "
                "Enter its price in the cap's currency, or remove the cap."
            )
    if unknown:
        raise CannotStart(
            f"The price of {', '.join(unknown)} is unknown, so a spending cap could not be kept. "
            "Enter a price, or remove the cap."
        )


def _refuse_uncapped_currency(assessment: Assessment) -> None:
    capped = TeamLedger.objects.filter(team_id=assessment.team_id, cap_nanos__isnull=False)
    currencies = set(capped.values_list("currency", flat=True))
    if currencies and assessment.currency not in currencies:
        raise CannotStart(
            f"The team's monthly cap is in {', '.join(sorted(currencies))}, this assessment is in "
            f"{assessment.currency}, so the cap could not be kept. Have a cap set in that currency too."
        )


def _environment() -> dict[str, Any]:
    return {
        "crossover": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "planned_at": timezone.now().isoformat(timespec="seconds"),
    }


def _seats(run: Run) -> list[int]:
    return list(Feed.objects.filter(lane__run=run).values_list("pk", flat=True))


def _move(run: Run, *, allowed: Sequence[str], to: str, note: str, user: User | None, verb: str) -> None:
    """Change a run's state if it is in one of `allowed`. Raises CannotChange."""
    moved = Run.objects.filter(pk=run.pk, state__in=allowed).update(state=to, state_note=note)
    run.refresh_from_db()
    if not moved:
        raise CannotChange(
            f"The run is {run.get_state_display().lower()}, so it cannot be changed like this."
        )
    who = f" by {user.get_username()}" if user else ""
    log(run.pk, f"{verb}{who}.")
    record(team=run.team, user=user, verb=verb.lower(), subject=str(run))


def pause_run(*, run: Run, user: User | None) -> None:
    """Ask nothing more until resumed. What is in flight is still stored."""
    _move(
        run,
        allowed=[RunState.RUNNING],
        to=RunState.PAUSED,
        note="Paused by a person.",
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
    return tuple(hint(_seats(run)))


def cancel_run(*, run: Run, user: User | None) -> None:
    """End without a verdict. What was measured stays."""
    _move(
        run,
        allowed=[RunState.RUNNING, *WAITING],
        to=RunState.CANCELLED,
        note="Cancelled by a person.",
        user=user,
        verb="Cancelled",
    )
    Run.objects.filter(pk=run.pk).update(finished_at=Now())


@transaction.atomic
def finish_early(*, run: Run, user: User | None) -> str:
    """Judge with what there is; candidates with gaps are incomplete, never worse. The next stage."""
    _move(
        run, allowed=[RunState.RUNNING, *WAITING], to=RunState.PAUSED, note="", user=user, verb="Ended early"
    )
    return begin_scoring(run)


def raise_cap(*, run: Run, user: User | None, cap: Decimal) -> tuple[int, ...]:
    """Allow more spending, and go on if the run had stopped for it. Returns the feeds to wake."""
    nanos = to_nanos(cap)
    raised = (
        Run.objects.filter(pk=run.pk, cap_nanos__lt=nanos).exclude(state__in=ENDED).update(cap_nanos=nanos)
    )
    run.refresh_from_db()
    if not raised:
        now = "none" if run.cap_nanos is None else f"{from_nanos(run.cap_nanos).normalize():f}"
        raise CannotChange(f"The new cap must be above today's ({now} {run.currency}).")
    log(run.pk, f"The spending cap was raised to {cap} {run.currency}.")
    if run.state != RunState.BUDGET_REACHED:
        return ()
    return resume_run(run=run, user=user)


def note_budget_reached(run_id: Any) -> bool:
    """Stop a run that cannot afford its next call, once nothing is in flight any more."""
    with transaction.atomic():
        note = "The spending cap is reached. Raise it and go on, or judge with what there is."
        moved = Run.objects.filter(
            pk=run_id, state=RunState.RUNNING, reserved_nanos=0, cap_nanos__gte=F("spent_nanos")
        ).update(state=RunState.BUDGET_REACHED, state_note=note)
        if moved:
            log(run_id, note)
    return bool(moved)


def note_team_cap_reached(run: Run) -> bool:
    """Stop a run that the team's cap leaves no room, once nothing of it is in flight."""
    cap = run.ledger.cap_nanos if run.ledger and run.ledger.cap_nanos is not None else 0
    note = (
        f"The team's cap for this month is reached ({from_nanos(cap).normalize():f} {run.currency}). "
        "Have it raised or wait for the next month, then go on; or judge with what there is."
    )
    with transaction.atomic():
        moved = Run.objects.filter(pk=run.pk, state=RunState.RUNNING, reserved_nanos=0).update(
            state=RunState.BUDGET_REACHED, state_note=note
        )
        if moved:
            log(run.pk, note)
    return bool(moved)
