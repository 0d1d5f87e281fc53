"""A plan worked out. Nothing here is stored: the same plan always gives the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from migration_app.evaluation.exchange import Exchange
from migration_app.evaluation.hosting.break_even import BreakEven, break_even
from migration_app.evaluation.hosting.fleet import Fleet, InvalidHostingError, Terms, Traffic, fleet_range
from migration_app.evaluation.hosting.memory import (
    PRECISIONS,
    Attention,
    Fit,
    Load,
    Memory,
    Precision,
    Weights,
    fit,
    memory_needed,
)
from migration_app.evaluation.hosting.throughput import Rate, Speed, estimate_speed

from ..catalogue.open_weights import OpenModel, open_models
from ..exchange.queries import rates_of
from ..prices import frozen_rate, text_of
from .machines import LISTED_IN, Gpu, gpus
from .models import HostingPlan


@dataclass(frozen=True, slots=True)
class Place:
    """The plan's model on one kind of processor. speed, fleets: None where it does not fit;
    fleets (dearest, expected, cheapest): None too where no price is known."""

    gpu: Gpu
    fit: Fit
    replica_hour: Decimal | None
    speed: Speed | None
    fleets: tuple[Fleet, Fleet, Fleet] | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class Worked:
    """rate: what the money rests on, measured where the plan says so. why: a sentence where the
    plan comes to no cost. exchange: what public prices were converted at."""

    plan: HostingPlan
    model: OpenModel
    precision: Precision
    memory: Memory
    places: Sequence[Place]
    rate: Rate | None
    why: str
    exchange: Exchange | None = None

    @property
    def rests_on_exchange(self) -> bool:
        """Whether the chosen processor's hour is a public price that was converted."""
        return self.exchange is not None and self.plan.gpu_hour is None and self.chosen.gpu.hour is not None

    @property
    def chosen(self) -> Place:
        return next(place for place in self.places if place.chosen)

    @property
    def fleets(self) -> tuple[Fleet, Fleet, Fleet] | None:
        return self.chosen.fleets

    @property
    def terms(self) -> Terms | None:
        hour = self.chosen.replica_hour
        return None if hour is None else terms_of(self.plan, hour)


def model_named(name: str) -> OpenModel | None:
    """The open model of that id, or of that family."""
    rows = open_models()
    exact = next((model for model in rows if model.model == name), None)
    return exact or next((model for model in rows if model.family == name.lower()), None)


def weights_of(model: OpenModel) -> Weights:
    says = dict(model.architecture)
    bits = says.pop("native_bits", None)
    assert model.parameters is not None
    return Weights(model.parameters, Attention(**says), model.active, None if bits is None else float(bits))


def load_of(plan: HostingPlan) -> Load:
    return Load(plan.context, plan.concurrency, plan.cache_bits, plan.adapters, plan.adapter_rank)


def terms_of(plan: HostingPlan, replica_hour: Decimal) -> Terms:
    monthly = plan.staff_hours * plan.staff_rate + plan.other_monthly
    return Terms(replica_hour, plan.utilisation, plan.spare, monthly)


def work_out(plan: HostingPlan) -> Worked:
    """Raises InvalidHostingError where the plan's numbers make no sense together."""
    model, precision = model_named(plan.model), PRECISIONS.get(plan.precision)
    if model is None or precision is None or plan.gpu not in gpus():
        raise InvalidHostingError(_("The plan names a model, precision or processor that is not on file."))
    weights, load, exchange = weights_of(model), load_of(plan), _exchange(plan)
    places = [_place(plan, weights, precision, load, gpu, exchange) for gpu in gpus().values()]
    chosen = next(place for place in places if place.chosen)
    return Worked(
        plan=plan,
        model=model,
        precision=precision,
        memory=memory_needed(weights, precision, load),
        places=places,
        rate=_rate(plan, chosen.speed),
        why=_why(chosen),
        exchange=exchange,
    )


def _exchange(plan: HostingPlan) -> Exchange | None:
    """The team's rate between the public prices' dollars and the plan's currency, where it needs one."""
    return None if plan.currency == LISTED_IN else rates_of(plan.team_id).between(LISTED_IN, plan.currency)


def _place(
    plan: HostingPlan,
    weights: Weights,
    precision: Precision,
    load: Load,
    gpu: Gpu,
    exchange: Exchange | None,
) -> Place:
    held = fit(weights, precision, load, gpu.processor)
    chosen = gpu.name == plan.gpu
    hour = plan.gpu_hour if chosen and plan.gpu_hour is not None else _listed_hour(plan, gpu, exchange)
    if held.count is None:
        return Place(gpu, held, None, None, None, chosen)
    speed = estimate_speed(
        weights, precision, load, gpu.processor, held.count, plan.input_tokens, plan.output_tokens
    )
    replica_hour = None if hour is None else hour * held.count
    # A measured rate holds on the processor it was measured on.
    rate = _rate(plan, speed) if chosen else speed.rate
    fleets = _fleets(plan, replica_hour, rate)
    return Place(gpu, held, replica_hour, speed, fleets, chosen)


def _listed_hour(plan: HostingPlan, gpu: Gpu, exchange: Exchange | None) -> Decimal | None:
    """The public price, in dollars; in a plan's other currency only at a rate of the team's."""
    if gpu.hour is None or plan.currency == LISTED_IN:
        return gpu.hour
    return None if exchange is None else exchange.convert(gpu.hour, plan.currency)


def _rate(plan: HostingPlan, speed: Speed | None) -> Rate | None:
    if plan.measured_rate is None:
        return None if speed is None else speed.rate
    low, high = plan.measured_low or plan.measured_rate, plan.measured_high or plan.measured_rate
    return Rate(plan.measured_rate, low, high, measured=True)


def _fleets(
    plan: HostingPlan, replica_hour: Decimal | None, rate: Rate | None
) -> tuple[Fleet, Fleet, Fleet] | None:
    if replica_hour is None or rate is None:
        return None
    traffic = Traffic(plan.requests_per_month, plan.peak)
    try:
        return fleet_range(traffic, terms_of(plan, replica_hour), rate)
    except InvalidHostingError:
        return None


def _why(place: Place) -> str:
    if place.fit.why == "arithmetic":
        return _("This processor cannot calculate in this precision. Choose another of the two.")
    if place.fit.count is None:
        return _(
            "Not even eight of this processor hold the model with this load. Choose a larger one, "
            "fewer bits, or fewer requests at a time."
        )
    if place.replica_hour is None and place.gpu.hour is not None:
        return _(
            "The public price of this processor is in {currency}. State what an hour of it costs you, or "
            "write down an exchange rate under Our prices."
        ).format(currency=LISTED_IN)
    if place.replica_hour is None:
        return _("No price is known for this processor. State what an hour of it costs you.")
    if place.fleets is None:
        return _("This traffic would need more machines than anybody has. Check its numbers.")
    return ""


def against(
    worked: Worked, per_request: Decimal, low: Decimal | None = None, high: Decimal | None = None
) -> BreakEven | None:
    """The break-even against an API of so much a request; None where the plan comes to no cost."""
    if worked.terms is None or worked.rate is None:
        return None
    ends = (None if end is None else float(end) for end in (low, high))
    return break_even(worked.terms, worked.rate, worked.plan.peak, float(per_request), *ends)


def frozen(worked: Worked) -> dict[str, Any]:
    """The plan as JSON, for the price that is made of it. Needs a cost."""
    fleets, rate, place = worked.fleets, worked.rate, worked.chosen
    if fleets is None or rate is None or place.replica_hour is None:
        raise InvalidHostingError(worked.why)
    dearest, expected, cheapest = fleets
    plan = worked.plan
    return {
        "name": plan.name,
        "model": worked.model.name,
        "precision": worked.precision.label,
        "gpu": place.gpu.label,
        "gpus": place.fit.count,
        "on_one": place.fit.on_one,
        "concurrency": plan.concurrency,
        "replicas": expected.replicas,
        "requests_per_month": plan.requests_per_month,
        "peak": plan.peak,
        "utilisation": plan.utilisation,
        "spare": plan.spare,
        "replica_hour": text_of(place.replica_hour),
        "monthly": text_of(expected.monthly),
        "hours_idle_share": 1 - expected.utilised,
        "rate": {"value": rate.value, "low": rate.low, "high": rate.high, "measured": rate.measured},
        "measured_source": plan.measured_source,
        "exchange": frozen_rate(worked.exchange) if worked.exchange and worked.rests_on_exchange else None,
        "per_1000": {name: text_of(each.per_1000) for name, each in _named(expected, cheapest, dearest)},
    }


def _named(expected: Fleet, low: Fleet, high: Fleet) -> Sequence[tuple[str, Fleet]]:
    return (("amount", expected), ("low", low), ("high", high))
