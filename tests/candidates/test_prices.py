"""Prices: kept as history, frozen with a run, unknown where nobody knows."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from migration_app.candidates.actions import add_price
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.models import Candidate
from migration_app.candidates.prices import freeze, thaw
from migration_app.candidates.queries import candidates_of, current_price
from migration_app.evaluation.pricing import MachineTimePrice, TokenPrice
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
    price = thaw(freeze(quote(candidate, input_per_million=Decimal(0), output_per_million=Decimal(0))))
    assert isinstance(price, TokenPrice) and price.input_per_million == 0


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
    ],
)
def test_a_price_that_makes_no_sense_is_refused(candidate: Candidate, parts: dict, words: str) -> None:
    with pytest.raises(InvalidCandidateError, match=words):
        quote(candidate, **parts)
    assert candidate.prices.count() == 0
