"""Exchange rates: written down by the team, kept as history, frozen with a price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from migration_app.accounts.models import AuditEvent, Team
from migration_app.candidates.actions import add_price
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.exchange.actions import add_rate, remove_rate
from migration_app.candidates.exchange.models import ExchangeRate
from migration_app.candidates.exchange.queries import Rates, rates_of
from migration_app.candidates.hosting.actions import add_plan, price_by_plan
from migration_app.candidates.hosting.working import work_out
from migration_app.candidates.models import Candidate
from migration_app.candidates.prices import freeze, in_currency, thaw
from migration_app.evaluation.outcomes import Usage
from migration_app.evaluation.price_lists import LengthTier, MachineTimePrice
from migration_app.evaluation.pricing import cost_of_call
from tests.builders import a_candidate, a_connection, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return a_team()


@pytest.fixture
def candidate(team: Team) -> Candidate:
    return a_candidate(a_connection(team, "http://127.0.0.1:9/v1"), "m", price=None)


def a_rate(team: Team, rate: str = "1.0834", **changes: Any) -> ExchangeRate:
    values = {"currency": "eur", "into": "USD", "source": "ECB", "as_of": date(2026, 11, 24)} | changes
    return add_rate(team=team, user=None, rate=Decimal(rate), **values)


def in_euros(candidate: Candidate, **amounts: Any) -> dict[str, Any]:
    values = {"kind": "tokens", "currency": "EUR", "source": "a list", "as_of": date(2026, 11, 1)}
    frozen = freeze(add_price(candidate=candidate, user=None, **values | amounts))
    assert frozen is not None
    return frozen


def test_without_a_rate_a_price_in_euros_is_unknown_in_dollars(candidate: Candidate) -> None:
    assert in_currency(in_euros(candidate, input_per_million=Decimal(1)), "USD", Rates()) is None


def test_the_newest_rate_of_the_pair_counts_whichever_way_round_it_was_written(team: Team) -> None:
    a_rate(team, "1.07", as_of=date(2026, 11, 1))
    a_rate(team, "0.90", currency="USD", into="EUR")
    a_rate(team, "0.85", currency="GBP")
    found = rates_of(team.pk).between("EUR", "USD")
    assert found is not None and (found.currency, found.rate) == ("USD", Decimal("0.90"))
    assert rates_of(team.pk).between("EUR", "GBP") is None, "none is made up of two others"


def test_another_team_s_rate_is_not_ours(team: Team) -> None:
    a_rate(a_team("Rivals", owner="charlie"))
    assert rates_of(team.pk).between("EUR", "USD") is None


def test_a_converted_price_keeps_the_rate_and_what_was_stated(team: Team, candidate: Candidate) -> None:
    a_rate(team)
    tier = LengthTier(200_000, input_per_million=Decimal(5))
    amounts = {"output_per_million": Decimal(10), "per_request": Decimal("0.000001"), "tiers": [tier]}
    stated = in_euros(candidate, input_per_million=Decimal("2.5"), batch_share=Decimal("0.5"), **amounts)
    frozen = in_currency(stated, "USD", rates_of(team.pk))
    assert frozen is not None and frozen["stated"] == stated and frozen["currency"] == "USD"
    assert (frozen["input_per_million"], frozen["output_per_million"]) == ("2.7085", "10.834")
    assert frozen["per_request"] == "0.0000010834" and frozen["batch_share"] == "0.5"
    assert frozen["tiers"][0] == {"above": 200_000, "whole_call": True, "input_per_million": "5.417"}
    assert frozen["cached_input_per_million"] is None, "what is unknown stays unknown"
    assert frozen["exchange"] == {
        "currency": "EUR", "into": "USD", "rate": "1.0834", "as_of": "2026-11-24", "source": "ECB",
    }  # fmt: skip
    price, usage = thaw(frozen), Usage(input_tokens=1_000_000, output_tokens=0)
    assert price is not None and cost_of_call(price, usage, None) == Decimal("5.4170010834")


def test_machine_time_is_converted_too(team: Team, candidate: Candidate) -> None:
    a_rate(team, "1.25")
    stated = in_euros(candidate, kind="machine_time", per_hour=Decimal(4))
    price = thaw(in_currency(stated, "USD", rates_of(team.pk)))
    assert price == MachineTimePrice("USD", Decimal(5), slots=8)


PLAN = {
    "name": "Llama on L4", "model": "meta-llama/Llama-3.1-8B-Instruct", "precision": "fp8", "context": 4096,
    "concurrency": 8, "gpu": "L4", "requests_per_month": 2_000_000, "input_tokens": 600,
    "output_tokens": 200, "currency": "EUR",
}  # fmt: skip


def test_own_servers_in_euros_use_public_prices_at_the_team_s_rate(team: Team, candidate: Candidate) -> None:
    plan = add_plan(team=team, user=None, **PLAN)
    assert work_out(plan).chosen.replica_hour is None, "public prices are in dollars"
    a_rate(team, "1.25")
    worked = work_out(plan)
    listed = worked.chosen.gpu.hour
    assert listed is not None and worked.chosen.replica_hour == listed / Decimal("1.25")
    quote = price_by_plan(candidate=candidate, user=None, plan=plan)
    assert quote.plan is not None and quote.plan["exchange"]["rate"] == "1.25"
    there = in_currency(freeze(quote), "USD", rates_of(team.pk))
    assert there is not None and Decimal(there["plan"]["replica_hour"]) == listed
    assert Decimal(there["per_request"]) == pytest.approx(Decimal(there["plan"]["per_1000"]["amount"]) / 1000)


@pytest.mark.parametrize(
    ("rate", "changes", "words"),
    [
        ("0", {}, "between"),
        ("NaN", {}, "between"),
        ("1000001", {}, "decimal point"),
        ("1.1", {"into": "EUR"}, "two different"),
        ("1.1", {"currency": "EURO"}, "three letters"),
        ("1.1", {"source": " "}, "comes from"),
        ("1.1", {"as_of": date(2999, 1, 1)}, "day to come"),
    ],
)
def test_a_rate_that_makes_no_sense_is_refused(team: Team, rate: str, changes: dict, words: str) -> None:
    with pytest.raises(InvalidCandidateError, match=words):
        a_rate(team, rate, **changes)
    assert not ExchangeRate.objects.exists()


def test_the_database_takes_no_rate_of_nothing(team: Team) -> None:
    kept = a_rate(team)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExchangeRate.objects.filter(pk=kept.pk).update(rate=0)


def test_who_wrote_a_rate_down_and_who_took_it_back_is_in_the_trail(team: Team) -> None:
    remove_rate(rate=a_rate(team), user=None)
    verbs = list(AuditEvent.objects.filter(team=team).values_list("verb", "subject").order_by("pk"))
    assert verbs[-2:] == [("added exchange rate", "EUR/USD"), ("removed exchange rate", "EUR/USD")]
