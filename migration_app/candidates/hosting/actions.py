"""Writes about plans for own servers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.hosting.fleet import InvalidHostingError
from migration_app.evaluation.wording import english

from ..actions.prices import check_amount
from ..errors import InvalidCandidateError
from ..models import Candidate, HostingPlan, PriceKind, PriceOrigin, PriceQuote
from .working import Worked, frozen, work_out

# What the columns hold, and more than any traffic has.
MOST_REQUESTS = 10**12
MOST_TOKENS = 100_000_000
MOST_CONCURRENCY = 4_096


def add_plan(*, team: Team, user: User | None, **fields: Any) -> HostingPlan:
    """Keep a plan; fields are those of HostingPlan. Raises InvalidCandidateError."""
    plan = HostingPlan(team=team, created_by=user)
    _fill(plan, fields)
    plan.save()
    record(team=team, user=user, verb=english("added hosting plan"), subject=plan.name)
    return plan


def change_plan(*, plan: HostingPlan, user: User | None, **fields: Any) -> HostingPlan:
    """Change what is given of a plan; prices made of it keep what it said. Raises InvalidCandidateError."""
    _fill(plan, fields)
    plan.save()
    record(team=plan.team, user=user, verb=english("changed hosting plan"), subject=plan.name)
    return plan


def archive_plan(*, plan: HostingPlan, user: User | None) -> None:
    plan.archived_at = timezone.now()
    plan.save(update_fields=["archived_at"])
    record(team=plan.team, user=user, verb=english("archived hosting plan"), subject=plan.name)


def price_by_plan(*, candidate: Candidate, user: User | None, plan: HostingPlan) -> PriceQuote:
    """Price a model of the team's by what the plan costs for each request. Raises InvalidCandidateError."""
    worked = checked(plan)
    try:
        stated = frozen(worked)
    except InvalidHostingError as error:
        raise InvalidCandidateError(str(error)) from None
    each = Decimal(stated["per_1000"]["amount"]) / 1000
    check_amount("per_request", each)
    quote = PriceQuote.objects.create(
        candidate=candidate,
        created_by=user,
        kind=PriceKind.PLAN,
        origin=PriceOrigin.PLAN,
        currency=plan.currency,
        per_request=each.quantize(Decimal("1e-6")),
        hosting_plan=plan,
        plan=stated,
        source=_("Plan for own servers: {name}").format(name=plan.name)[:300],
        as_of=plan.price_as_of or timezone.localdate(),
    )
    record(team=candidate.team, user=user, verb=english("priced by plan"), subject=candidate.label)
    return quote


def checked(plan: HostingPlan) -> Worked:
    """The plan worked out. Raises InvalidCandidateError."""
    try:
        return work_out(plan)
    except InvalidHostingError as error:
        raise InvalidCandidateError(str(error)) from None


def _fill(plan: HostingPlan, fields: dict[str, Any]) -> None:
    if fields.get("measured_rate", plan.measured_rate) != plan.measured_rate and "measured_low" not in fields:
        # Another rate than the one they were the ends of.
        fields = fields | {"measured_low": None, "measured_high": None}
    for name, value in fields.items():
        setattr(plan, name, value)
    plan.currency = plan.currency.strip().upper()
    if not plan.name.strip():
        raise InvalidCandidateError(_("Give the plan a name."), "name")
    if plan.gpu_hour is not None:
        check_amount("per_hour", plan.gpu_hour)
        if not plan.price_source.strip():
            raise InvalidCandidateError(
                _("Say where the price comes from, so that others can check it."), "price_source"
            )
    if plan.measured_rate is not None and not plan.measured_source.strip():
        raise InvalidCandidateError(
            _("Say which test measured this rate, so that others can check it."), "measured_source"
        )
    checked(plan)
