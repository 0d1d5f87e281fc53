"""A team's spending cap for a month, over all its runs, kept like a run's own cap.

Every reservation is made on the run and on the team's ledger in one transaction, each by an
update that carries its own condition. What is in flight when a month ends is charged to the
month it ends in; the ledger of a month never goes back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.errors import Refusal
from migration_app.accounts.models import Team, User
from migration_app.clock import database_now
from migration_app.evaluation.wording import english

from .models import Run, TeamLedger
from .money import LARGEST, from_nanos, to_nanos


class InvalidCap(Refusal):
    """A cap that no spending could keep to."""


def month_now() -> int:
    """The month in UTC on the database's clock, the same for every worker, as 202611."""
    now = datetime.fromtimestamp(database_now(), UTC)
    return now.year * 100 + now.month


def ledger_of(team_id: Any, currency: str) -> TeamLedger:
    return TeamLedger.objects.get_or_create(team_id=team_id, currency=currency)[0]


def reserve(run_id: Any, nanos: int) -> bool:
    """Reserve on the team's ledger; False when its cap leaves no room. Call inside a transaction."""
    month = month_now()
    used = F("reserved_nanos") + nanos
    room = (
        Q(cap_nanos__isnull=True)
        | Q(month__gte=month, cap_nanos__gte=F("spent_nanos") + used)
        | Q(month__lt=month, cap_nanos__gte=used)
    )
    if _ledger(run_id).filter(room).update(reserved_nanos=used, **_spend(month, 0)):
        return True
    return not _ledger(run_id).exists()


def charge(run_id: Any, *, spent: int, reserved: int) -> None:
    """Turn a reservation of so many nanos into what was spent. Call inside a transaction."""
    _ledger(run_id).update(reserved_nanos=F("reserved_nanos") - reserved, **_spend(month_now(), spent))


def _ledger(run_id: Any) -> QuerySet[TeamLedger]:
    # By a subquery and not a join: the update's conditions must stand on the row itself, so that
    # PostgreSQL looks at them again once it has the lock.
    return TeamLedger.objects.filter(pk__in=Run.objects.filter(pk=run_id).values("ledger_id"))


def _spend(month: int, nanos: int) -> dict[str, Any]:
    spent = Case(
        When(month__gte=month, spent_nanos__gt=LARGEST - nanos, then=Value(LARGEST)),
        When(month__gte=month, then=F("spent_nanos") + nanos),
        default=Value(nanos),
        output_field=BigIntegerField(),
    )
    return {"spent_nanos": spent, "month": Greatest(F("month"), month)}


def team_cap_reached(run: Run, needed: int) -> bool:
    """Whether the month has no room for the run's next call, whatever other runs give back."""
    ledger = run.ledger
    if ledger is None or ledger.cap_nanos is None:
        return False
    spent = ledger.spent_nanos if ledger.month >= month_now() else 0
    return spent + needed > ledger.cap_nanos


@transaction.atomic
def set_monthly_cap(*, team: Team, user: User | None, cap: Decimal | None, currency: str = "USD") -> None:
    """Let the team spend at most so much a month; None: no cap. Raises InvalidCap."""
    if cap is not None and cap <= 0:
        raise InvalidCap(_("A monthly cap must be above zero. Take it away with none."))
    TeamLedger.objects.filter(pk=ledger_of(team.pk, currency).pk).update(
        cap_nanos=None if cap is None else to_nanos(cap)
    )
    if cap is None:
        record(team=team, user=user, verb=english("took away the monthly cap in"), subject=currency)
    else:
        record(team=team, user=user, verb=english("set monthly cap"), subject=f"{cap} {currency}")


def spent_this_month(team: Team, currency: str) -> Decimal:
    """What the team's runs have spent in this currency since the month began."""
    found = TeamLedger.objects.filter(team=team, currency=currency, month=month_now())
    return from_nanos(found.aggregate(sum=Sum("spent_nanos"))["sum"] or 0)
