"""What keeps a run from starting, each with the sentence that says what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.utils.translation import gettext as _

from migration_app.candidates.exchange.queries import rates_of
from migration_app.candidates.models import Candidate
from migration_app.candidates.queries import current_price, price_in

from ..conflicts import LEAST_REASON, Conflict, names
from ..judges import judges_of, needs_judge
from ..models import Assessment, Load, TeamLedger
from ..team_budget import ledger_of
from .errors import CannotStart


def refuse_unexplained(broken: Sequence[Conflict], reason: str) -> None:
    """Raises CannotStart where a rule is broken and nobody says why the requests are sent all the same."""
    if broken and len(reason.strip()) < LEAST_REASON:
        raise CannotStart(
            _(
                "A rule on data or licences is broken by {names}. Say in a sentence, where the conflict is "
                "shown, why the requests are to be sent all the same; or leave the model out, for which a "
                "question that has started is copied on its run's page."
            ).format(names=names(broken))
        )


def refuse_without_judge(assessment: Assessment) -> None:
    if needs_judge(assessment) and not judges_of(assessment):
        raise CannotStart(
            _(
                "The answers are to be scored by a judge, and none is chosen. Choose a model that "
                "judges, or another way of scoring."
            )
        )


def refuse_impossible_load(assessment: Assessment) -> None:
    """An open load that our own limits would hold back measures us, not the models."""
    peak = assessment.peak_per_minute
    if assessment.load == Load.CLOSED or peak is None:
        return
    parts = [assessment.baseline, *assessment.candidates.select_related("connection")]
    shared = Counter(part.connection for part in parts)
    for connection, count in shared.items():
        if connection.machine:
            raise CannotStart(
                _(
                    "Models on the machine “{machine}” take turns, one request at a time, so they cannot "
                    "be asked at a peak rate. Choose a fixed number at a time, or measure each on a server "
                    "of its own."
                ).format(machine=connection.machine)
            )
        if connection.requests_per_minute and connection.requests_per_minute < peak * count:
            raise CannotStart(
                _(
                    "{connection} allows {limit} requests a minute, and this peak needs {needed} a minute "
                    "for its models. Lower the peak, or raise the connection's limit."
                ).format(
                    connection=connection.name, limit=connection.requests_per_minute, needed=peak * count
                )
            )


def refuse_hollow_cap(assessment: Assessment) -> None:
    _refuse_uncapped_currency(assessment)
    ledger = ledger_of(assessment.team_id, assessment.currency)
    own_cap = assessment.budget_nanos is not None or assessment.judging.get("cap_nanos") is not None
    if own_cap or ledger.cap_nanos is not None:
        parts = [assessment.baseline, *assessment.candidates.all(), *judges_of(assessment)]
        refuse_unpriced(parts, assessment.currency)


def refuse_unpriced(candidates: Sequence[Candidate], currency: str) -> None:
    """Raises CannotStart where a price is unknown, or no rate turns it into the cap's currency."""
    unknown = []
    rates = rates_of(candidates[0].team_id)
    for part in candidates:
        price = current_price(part)
        if price is None:
            unknown.append(part.label)
        elif price_in(currency, part, rates) is None:
            raise CannotStart(
                _(
                    "{label} is priced in {currency}, the cap in {cap_currency}. Write down an exchange "
                    "rate under Our prices, or remove the cap."
                ).format(label=part.label, currency=price.currency, cap_currency=currency)
            )
    if unknown:
        raise CannotStart(
            _(
                "The price of {unknown} is unknown, so a spending cap could not be kept. Enter a "
                "price, or remove the cap."
            ).format(unknown=", ".join(unknown))
        )


def _refuse_uncapped_currency(assessment: Assessment) -> None:
    capped = TeamLedger.objects.filter(team_id=assessment.team_id, cap_nanos__isnull=False)
    currencies = set(capped.values_list("currency", flat=True))
    if currencies and assessment.currency not in currencies:
        raise CannotStart(
            _(
                "The team's monthly cap is in {currencies}, this assessment is in {currency}, so "
                "the cap could not be kept. Have a cap set in that currency too."
            ).format(currencies=", ".join(sorted(currencies)), currency=assessment.currency)
        )
