"""Reservations: the most that calls can cost, set aside before they are made, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from django.db.models import F, Q

from . import team_budget
from .models import Run, RunState


class Priced(Protocol):
    """Something to be called that may cost so much at most."""

    @property
    def reserve_nanos(self) -> int: ...


def reserve(run_id: UUID, items: Sequence[Priced]) -> int:
    """Reserve budget for as many items as fit, in order; how many did. Call inside a transaction."""
    total = sum(item.reserve_nanos for item in items)
    for fitting in range(len(items), 0, -1):
        reserved = Run.objects.filter(
            Q(cap_nanos__isnull=True) | Q(cap_nanos__gte=F("spent_nanos") + F("reserved_nanos") + total),
            pk=run_id,
            state=RunState.RUNNING,
        ).update(reserved_nanos=F("reserved_nanos") + total)
        if reserved:
            return _within_team(run_id, items[:fitting])
        total -= items[fitting - 1].reserve_nanos
    return 0


def charge(run_id: UUID, *, spent: int, reserved: int) -> None:
    """Turn so many reserved nanos into what was spent, on the run and on its team. Inside a transaction."""
    Run.objects.filter(pk=run_id).update(
        spent_nanos=F("spent_nanos") + spent, reserved_nanos=F("reserved_nanos") - reserved
    )
    team_budget.charge(run_id, spent=spent, reserved=reserved)


def _within_team(run_id: UUID, items: Sequence[Priced]) -> int:
    """Reserve on the team's ledger what the run has reserved already; how many fit, the rest undone."""
    total = sum(item.reserve_nanos for item in items)
    fitting = len(items)
    while fitting and not team_budget.reserve(run_id, total):
        fitting -= 1
        total -= items[fitting].reserve_nanos
    if undone := sum(item.reserve_nanos for item in items[fitting:]):
        Run.objects.filter(pk=run_id).update(reserved_nanos=F("reserved_nanos") - undone)
    return fitting
