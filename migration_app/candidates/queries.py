"""Named reads about connections, candidates and what they cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from migration_app.accounts.models import Team

from .exchange.queries import Rates
from .models import Candidate, Connection, DataTerms, PriceOrigin, PriceQuote
from .prices import freeze, in_currency


def current_price(candidate: Candidate) -> PriceQuote | None:
    """The quote that counts today, None where nobody knows the price."""
    return price_on(candidate, timezone.localdate())


def price_on(candidate: Candidate, day: date) -> PriceQuote | None:
    """The quote that counts on a day. Uses what `prices_at_hand` fetched."""
    quotes = getattr(candidate, "fetched_prices", None)
    return ruling(price_history(candidate) if quotes is None else quotes, day)


def price_in(currency: str, candidate: Candidate, rates: Rates) -> dict[str, Any] | None:
    """Today's price, frozen in that currency; None where nobody knows it, or no rate leads there."""
    return in_currency(freeze(current_price(candidate)), currency, rates)


def ruling(quotes: Iterable[PriceQuote], today: date) -> PriceQuote | None:
    """The quote that counts among these, the newest first: what the team pays comes before any list.

    A contract whose last day has passed counts no more; a plan or a contract overrides a list.
    """
    valid = [quote for quote in quotes if quote.valid_until is None or quote.valid_until >= today]
    own = (quote for quote in valid if quote.origin != PriceOrigin.LIST)
    return next(own, None) or (valid[0] if valid else None)


def currency_of(candidates: Iterable[Candidate]) -> str:
    """The currency of the first price that is known; dollars where none is."""
    known = (quote for candidate in candidates if (quote := current_price(candidate)))
    return next((quote.currency for quote in known), "USD")


def price_history(candidate: Candidate) -> QuerySet[PriceQuote]:
    """All quotes, the newest first."""
    return candidate.prices.select_related("candidate__connection", "created_by")


def candidates_of(team: Team) -> Sequence[Candidate]:
    """The team's models in use, the incumbent first, each with its connection and prices at hand."""
    rows = Candidate.objects.of(team).filter(archived_at=None, connection__archived_at=None)
    return list(rows.select_related("connection").prefetch_related(prices_at_hand()))


def connections_of(team: Team) -> Sequence[Connection]:
    """The team's connections in use, each with its models at hand as `fetched_candidates`, and its terms."""
    candidates = Candidate.objects.filter(archived_at=None).prefetch_related(prices_at_hand())
    models = Prefetch("candidates", candidates, to_attr="fetched_candidates")
    terms = Prefetch("terms", DataTerms.objects.select_related("created_by"), to_attr="fetched_terms")
    return list(Connection.objects.of(team).filter(archived_at=None).prefetch_related(models, terms))


def prices_at_hand(way: str = "") -> Prefetch:
    """Fetches every quote of many candidates at once. way: the lookup that leads to them, "" from theirs."""
    quotes = PriceQuote.objects.select_related("candidate__connection")
    return Prefetch(f"{way}prices", quotes, to_attr="fetched_prices")


def listed_models(connection: Connection) -> Sequence[str]:
    """The models that the vendor listed when the connection was last tested; [] when it lists none."""
    return [str(name) for check in connection.checks for name in check.get("models", ())]
