"""Plan a run and open its feeds, once however often it is asked for."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app import __version__
from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english

from ..conflicts import acceptance, accepted_before, conflicts_of, to_accept
from ..events import log
from ..models import ENDED, Assessment, Run, RunCandidate
from ..money import BeyondLedger
from ..planning import add_feeds, add_items, choose_samples, enter_candidates
from ..queries import seats_of
from ..reconcile import hint
from ..team_budget import ledger_of
from ..traffic import traffic_of
from ..warm_ups import plan_warm_ups
from .errors import CannotStart
from .refusals import (
    refuse_hollow_cap,
    refuse_impossible_load,
    refuse_unexplained,
    refuse_without_judge,
)


@dataclass(frozen=True, slots=True)
class Started:
    """A run and the feeds to wake for it; none when it was running already."""

    run: Run
    feed_ids: tuple[int, ...]


def start_run(*, assessment: Assessment, user: User | None, accepts_conflicts: str = "") -> Started:
    """Plan a run and open its feeds. Asking twice gives the same run. Raises CannotStart.

    accepts_conflicts: why requests are sent against a rule on data or licences, as a sentence.

    1. Refuse what could not be kept: a cap that an unknown price would make hollow, a rule on data or
       licences that a model breaks, unless somebody said why it is to be tested all the same.
    2. Freeze the question; write the run, its candidates, lanes, items and feeds.
    """
    refuse_hollow_cap(assessment)
    refuse_without_judge(assessment)
    refuse_impossible_load(assessment)
    broken = to_accept(conflicts_of(assessment), assessment)
    if _open_run(assessment) is None:
        refuse_unexplained(broken, accepts_conflicts)
    accepted = acceptance(broken, accepts_conflicts, user) if broken else None
    try:
        with transaction.atomic():
            return _plan(assessment, user, accepted)
    except BeyondLedger as error:
        raise CannotStart(str(error)) from error
    except IntegrityError:
        # Two clicks at once: the database let one in.
        open_run = _open_run(assessment)
        if open_run is None:
            raise
        return Started(open_run, ())


def _open_run(assessment: Assessment) -> Run | None:
    return assessment.runs.filter(parent=None).exclude(state__in=ENDED).first()


def _plan(assessment: Assessment, user: User | None, accepted: dict[str, Any] | None) -> Started:
    if open_run := _open_run(assessment):
        return Started(open_run, ())
    samples = choose_samples(assessment)
    if not samples:
        raise CannotStart(_("The workload has no samples. Upload a file with at least one."))
    chosen = assessment.candidates.select_related("connection").order_by("label")
    if not chosen:
        raise CannotStart(_("Choose at least one model to compare with the one you use today."))
    Assessment.objects.filter(pk=assessment.pk, frozen_at=None).update(
        frozen_at=Now(), traffic=traffic_of(assessment)
    )
    run = Run.objects.create(
        team_id=assessment.team_id,
        created_by=user,
        assessment=assessment,
        number=assessment.runs.filter(parent=None).count() + 1,
        currency=assessment.currency,
        cap_nanos=assessment.budget_nanos,
        ledger=ledger_of(assessment.team_id, assessment.currency),
        environment=_environment(),
        accepted=[*accepted_before(assessment), *([accepted] if accepted else [])],
    )
    entries = enter_candidates(run, [assessment.baseline, *chosen])
    add_feeds(run)
    plan_warm_ups(run, entries, run.edition)
    total = add_items(run, entries, samples)
    Run.objects.filter(pk=run.pk).update(items_total=total)
    RunCandidate.objects.filter(run=run).update(items_total=len(samples) * assessment.repetitions)
    log(
        run.pk,
        english(
            "Started: {samples:,} requests to each of {entries} models.",
            samples=len(samples),
            entries=len(entries),
        ),
    )
    if accepted:
        note_acceptance(run, accepted, user)
    record(team=assessment.team, user=user, verb=english("started a run of"), subject=assessment.name)
    run.refresh_from_db()
    return Started(run, tuple(hint(seats_of(run))))


def note_acceptance(run: Run, accepted: dict[str, Any], user: User | None) -> None:
    """Put it into the run's log and the team's trail."""
    labels = ", ".join(dict.fromkeys(conflict["label"] for conflict in accepted["conflicts"]))
    text = english(
        "Sent although a rule on data or licences is broken by {names}: “{reason}”",
        names=labels[:120],
        reason=accepted["reason"],
    )
    log(run.pk, text)
    record(team=run.team, user=user, verb=english("accepted broken rules of"), subject=labels)


def _environment() -> dict[str, Any]:
    return {
        "crossover": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "planned_at": timezone.now().isoformat(timespec="seconds"),
    }
