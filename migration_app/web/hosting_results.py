"""What follows from a plan for own servers, as the pages show it: memory, fleets, prices, break-even."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from migration_app.accounts.models import Team
from migration_app.candidates import queries
from migration_app.candidates.actions import InvalidCandidateError
from migration_app.candidates.exchange.queries import rates_of
from migration_app.candidates.hosting import actions
from migration_app.candidates.hosting.models import HostingPlan
from migration_app.candidates.hosting.working import Worked, against
from migration_app.candidates.models import Candidate, PriceKind
from migration_app.candidates.prices import frozen_rate, thaw
from migration_app.evaluation.hosting.break_even import BreakEven
from migration_app.evaluation.hosting.memory import GIB
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.pricing import cost_of_call
from migration_app.reports import formatting
from migration_app.reports.words import exchange_rate


@dataclass(frozen=True, slots=True)
class Api:
    """A priced model of the team's, and from which volume the plan undercuts it."""

    candidate: Candidate
    exchange: Mapping[str, Any] | None  # what its price was converted at
    per_1000: Decimal
    at_volume: Decimal
    break_even: BreakEven | None


def results_of(worked: Worked, team: Team) -> dict[str, Any]:
    memory = worked.memory
    return {
        "worked": worked,
        "parts": [
            (_("Weights"), memory.weights / GIB),
            (_("Cache of all requests at a time"), memory.cache / GIB),
            (_("Adapters"), memory.adapters / GIB),
        ],
        "needed": memory.total / GIB,
        "fleets": _ends(worked),
        "idle": None if worked.fleets is None else 1 - worked.fleets[1].utilised,
        "rate_note": _rate_note(worked),
        "price_basis": _price_basis(worked),
        "apis": _apis(worked, team),
    }


def _rate_note(worked: Worked) -> str:
    rate = worked.rate
    if rate is None:
        return ""
    if rate.measured:
        return _("measured")
    text = _("estimated, {low} to {high}")
    return text.format(low=formatting.number(rate.low, 2), high=formatting.number(rate.high, 2))


def _price_basis(worked: Worked) -> str:
    """Where the price of the machines comes from, and of which day."""
    plan, gpu = worked.plan, worked.chosen.gpu
    source, as_of = (
        (gpu.source, gpu.as_of) if plan.gpu_hour is None else (plan.price_source, plan.price_as_of)
    )
    if worked.chosen.replica_hour is None:
        return _("unknown")
    text = _("{source}, as of {day}").format(source=source, day=formatting.day(as_of))
    if plan.gpu_hour is None:
        text = _("A list price, replace it by yours: {source}").format(source=text)
    if worked.exchange is None or not worked.rests_on_exchange:
        return text
    rate = exchange_rate(frozen_rate(worked.exchange))
    return _("{source}; converted at {rate}").format(source=text, rate=rate)


def _ends(worked: Worked) -> dict[str, Any] | None:
    if worked.fleets is None:
        return None
    dear, expected, cheap = worked.fleets
    return {"dear": dear, "expected": expected, "cheap": cheap}


def _apis(worked: Worked, team: Team) -> list[Api]:
    """The team's models that are priced by token, at the plan's mean request and in its currency."""
    usage = Usage(input_tokens=worked.plan.input_tokens, output_tokens=worked.plan.output_tokens)
    rates, found = rates_of(team.pk), []
    for candidate in queries.candidates_of(team):
        quote = queries.price_in(worked.plan.currency, candidate, rates)
        if quote is None or quote["kind"] != PriceKind.TOKENS:
            continue
        price = thaw(quote)
        each = None if price is None else cost_of_call(price, usage, None)
        if each is not None:
            at_volume = each * worked.plan.requests_per_month
            exchange = quote.get("exchange")
            found.append(Api(candidate, exchange, each * 1000, at_volume, against(worked, each)))
    return found


def row_of(plan: HostingPlan) -> dict[str, Any]:
    try:
        worked = actions.checked(plan)
    except InvalidCandidateError as refusal:
        return {"plan": plan, "why": str(refusal)}
    return {"plan": plan, "worked": worked, "fleets": _ends(worked), "why": worked.why}
