"""What a run may spend: raised by a person, or reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english

from ..events import log
from ..models import ENDED, Run, RunState
from ..money import from_nanos, to_nanos
from .control import resume_run
from .errors import CannotChange


def raise_cap(*, run: Run, user: User | None, cap: Decimal) -> tuple[int, ...]:
    """Allow more spending, and go on if the run had stopped for it. Returns the feeds to wake.

    Raises CannotChange; as RuleBroken the cap is raised, and the run waits for a sentence on the rule.
    """
    nanos = to_nanos(cap)
    raised = (
        Run.objects.filter(pk=run.pk, cap_nanos__lt=nanos).exclude(state__in=ENDED).update(cap_nanos=nanos)
    )
    run.refresh_from_db()
    if not raised:
        if run.cap_nanos is None:
            raise CannotChange(_("This run has no spending cap, so there is none to raise."))
        now = f"{from_nanos(run.cap_nanos).normalize():f}"
        raise CannotChange(
            _("The new cap must be above today's ({now} {currency}).").format(now=now, currency=run.currency)
        )
    log(run.pk, english("The spending cap was raised to {cap} {currency}.", cap=cap, currency=run.currency))
    record(team=run.team, user=user, verb=english("raised the spending cap of"), subject=f"{run}: {cap:f}")
    if run.state != RunState.BUDGET_REACHED:
        return ()
    return resume_run(run=run, user=user)


def note_budget_reached(run_id: Any, needed: int) -> bool:
    """Stop a run that cannot afford its next call, once nothing is in flight any more.

    needed: what that call may cost, in nanos. A cap that was raised at this moment stops nobody.
    """
    note = english("The spending cap is reached. Raise it and go on, or judge with what there is.")
    with transaction.atomic():
        moved = Run.objects.filter(
            pk=run_id,
            state=RunState.RUNNING,
            reserved_nanos=0,
            cap_nanos__gte=F("spent_nanos"),
            cap_nanos__lt=F("spent_nanos") + needed,
        ).update(state=RunState.BUDGET_REACHED, state_note=note)
        if moved:
            log(run_id, note)
    return bool(moved)


def note_team_cap_reached(run: Run) -> bool:
    """Stop a run that the team's cap leaves no room, once nothing of it is in flight."""
    cap = run.ledger.cap_nanos if run.ledger and run.ledger.cap_nanos is not None else 0
    note = english(
        "The team's cap for this month is reached ({cap:f} {currency}). Have it "
        "raised or wait for the next month, then go on; or judge with what there is.",
        cap=from_nanos(cap).normalize(),
        currency=run.currency,
    )
    with transaction.atomic():
        moved = Run.objects.filter(pk=run.pk, state=RunState.RUNNING, reserved_nanos=0).update(
            state=RunState.BUDGET_REACHED, state_note=note
        )
        if moved:
            log(run.pk, note)
    return bool(moved)
