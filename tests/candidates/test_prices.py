"""Prices: kept as history, frozen with a run, unknown where nobody knows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from migration_app.candidates.actions import add_price
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.models import Candidate
from migration_app.candidates.prices import TOKEN_PARTS, freeze, thaw
from migration_app.candidates.queries import candidates_of, current_price, price_history, ruling
from migration_app.evaluation.price_lists import LengthTier, MachineTimePrice, TokenPrice
from tests.builders import a_candidate, a_connection, a_team

pytestmark = pytest.mark.django_db


@pytest.fixture
def candidate() -> Candidate:
    connection = a_connection(a_team(), "http://127.0.0.1:9/v1", max_concurrency=4)
    return a_candidate(connection, "model-a", price=None)


def quote(candidate: Candidate, **parts: object):
    values = {"kind": "tokens", "source": "a price list", "as_of": date(2026, 11, 1), **parts}
    return add_price(candidate=candidate, user=None, **values)


def test_a_model_without_a_quote_has_no_price(candidate: Candidate) -> None:
    assert current_price(candidate) is None
    assert freeze(None) is None and thaw(None) is None


def test_a_frozen_price_survives_json_and_keeps_what_is_unknown_unknown(candidate: Candidate) -> None:
    found = quote(candidate, input_per_million=Decimal("0.150"))
    stored = json.loads(json.dumps(freeze(found)))
    assert stored["input_per_million"] == "0.15" and stored["output_per_million"] is None
    assert (stored["source"], stored["as_of"]) == ("a price list", "2026-11-01")
    assert thaw(stored) == TokenPrice("USD", input_per_million=Decimal("0.15"))


def test_a_price_of_zero_is_free_and_not_unknown(candidate: Candidate) -> None:
    nothing = {"input_per_million": Decimal(0), "output_per_million": Decimal(0)}
    with pytest.raises(InvalidCandidateError, match="really costs nothing"):
        quote(candidate, **nothing)
    price = thaw(freeze(quote(candidate, **nothing, states_free=True)))
    assert isinstance(price, TokenPrice) and price.input_per_million == 0


def test_every_part_of_a_price_survives_its_freezing(candidate: Candidate) -> None:
    tier = LengthTier(200_000, input_per_million=Decimal(6), output_per_million=Decimal("22.5"))
    parts = {name: Decimal(index) / 8 for index, name in enumerate(TOKEN_PARTS, start=1)}
    found = quote(candidate, **parts, batch_share=Decimal("0.5"), tiers=[tier])
    found.refresh_from_db()
    stored = json.loads(json.dumps(freeze(found)))
    assert thaw(stored) == TokenPrice("USD", **parts, batch_share=Decimal("0.5"), tiers=(tier,))


def test_what_the_team_pays_comes_before_any_list_until_it_ends(candidate: Candidate) -> None:
    contract = quote(
        candidate, input_per_million=Decimal(1), origin="contract", valid_until=date(2026, 12, 31)
    )
    listed = quote(candidate, input_per_million=Decimal(3), as_of=date(2026, 11, 20))
    quotes = list(price_history(candidate))
    assert ruling(quotes, date(2026, 11, 25)) == contract
    assert ruling(quotes, date(2027, 1, 1)) == listed
    assert ruling([], date(2026, 11, 25)) is None


def test_the_database_takes_no_price_that_no_vendor_asks(candidate: Candidate) -> None:
    found = quote(candidate, input_per_million=Decimal(1))
    for amount in (Decimal(-1), Decimal(1_000_001)):
        with pytest.raises(IntegrityError), transaction.atomic():
            candidate.prices.filter(pk=found.pk).update(output_per_million=amount)


def test_a_round_price_is_written_without_an_exponent(candidate: Candidate) -> None:
    stored = freeze(quote(candidate, input_per_million=Decimal("100")))
    assert stored is not None and stored["input_per_million"] == "100"


def test_machine_time_is_shared_by_the_calls_that_run_at_once(candidate: Candidate) -> None:
    found = quote(candidate, kind="machine_time", per_hour=Decimal("0.40"))
    assert thaw(freeze(found)) == MachineTimePrice("USD", Decimal("0.4"), slots=4)
    candidate.connection.machine = "gpu-1"
    found.candidate.connection.machine = "gpu-1"
    assert thaw(freeze(found)) == MachineTimePrice("USD", Decimal("0.4"), slots=1), "they take turns"


def test_the_newest_quote_counts_and_the_older_ones_stay(candidate: Candidate) -> None:
    new = quote(candidate, input_per_million=Decimal(2), as_of=date(2026, 11, 2))
    quote(candidate, input_per_million=Decimal(1), as_of=date(2026, 10, 1))
    assert current_price(candidate) == new
    [listed] = candidates_of(candidate.team)
    assert current_price(listed) == new and candidate.prices.count() == 2


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"kind": "machine_time"}, "hour of machine time"),
        ({}, "at least one price"),
        ({"input_per_million": Decimal(-1)}, "below zero"),
        ({"input_per_million": Decimal(1), "currency": "DOLLAR"}, "three letters"),
        ({"input_per_million": Decimal(1), "source": " "}, "comes from"),
        ({"input_per_million": Decimal(1_000_001)}, "decimal point"),
        ({"input_per_million": Decimal("NaN")}, "below zero"),
        ({"per_request": Decimal(1), "batch_share": Decimal(2)}, "batch discount"),
        ({"per_request": Decimal(1), "valid_until": date(2026, 10, 1)}, "end before"),
        ({"per_request": Decimal(1), "tiers": [LengthTier(10**9)]}, "that long"),
        ({"per_request": Decimal(1), "tiers": [LengthTier(5), LengthTier(5)]}, "higher than"),
    ],
)
def test_a_price_that_makes_no_sense_is_refused(candidate: Candidate, parts: dict, words: str) -> None:
    with pytest.raises(InvalidCandidateError, match=words):
        quote(candidate, **parts)
    assert candidate.prices.count() == 0
