"""Prices near the most that any may be: refused with a sentence, never a ledger that runs over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from migration_app.accounts.models import Team
from migration_app.candidates.actions import add_price
from migration_app.candidates.exchange.actions import add_rate
from migration_app.candidates.models import AMOUNTS, Candidate
from migration_app.runs.actions import CannotChange, CannotStart, start_run
from migration_app.runs.actions.extend import add_candidate
from migration_app.runs.actions.trial import put_trial
from migration_app.runs.models import Item, Run
from tests.builders import a_candidate, a_connection, a_question, a_team, a_workload

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    return a_team()


def dearest(team: Team, label: str, currency: str) -> Candidate:
    """A model that asks the most that anybody may, for everything."""
    connection = a_connection(team, "http://127.0.0.1:9/v1", name=label)
    model = a_candidate(connection, label, price=None)
    amounts = {name: most for name, most in AMOUNTS.items() if name != "per_hour"}
    facts = {"source": "x", "as_of": date(2026, 11, 1), "currency": currency}
    add_price(candidate=model, user=None, kind="tokens", **facts, **amounts)
    return model


def test_the_dearest_price_anybody_may_type_starts_and_fits_the_ledger(team: Team) -> None:
    dear = dearest(team, "dear", "USD")
    question = a_question(team, a_workload(team, 60), dear, a_candidate(dear.connection, "other"))
    run = start_run(assessment=question, user=None).run
    assert max(Item.objects.filter(run=run).values_list("reserve_nanos", flat=True)) > 10**13


def test_what_an_exchange_rate_makes_of_it_is_refused_with_a_sentence(team: Team) -> None:
    dear, other = dearest(team, "dear", "EUR"), dearest(team, "other", "USD")
    rate = {"currency": "EUR", "into": "USD", "source": "a slip", "as_of": date(2026, 11, 24)}
    add_rate(team=team, user=None, rate=Decimal(1_000_000), **rate)
    question = a_question(team, a_workload(team, 60), dear, other)
    with pytest.raises(CannotStart, match="more than a ledger can hold"):
        start_run(assessment=question, user=None)
    with pytest.raises(CannotStart, match="more than a ledger can hold"):
        start_run(assessment=put_trial(draft=question, user=None), user=None)
    assert not Run.objects.exists() and not Item.objects.exists()


def test_such_a_model_does_not_join_a_run_that_goes_on(team: Team) -> None:
    dear = dearest(team, "dear", "EUR")
    rate = {"currency": "EUR", "into": "USD", "source": "a slip", "as_of": date(2026, 11, 24)}
    add_rate(team=team, user=None, rate=Decimal(1_000_000), **rate)
    sane = [a_candidate(dear.connection, name) for name in ("one", "two")]
    run = start_run(assessment=a_question(team, a_workload(team, 60), *sane), user=None).run
    with pytest.raises(CannotChange, match="exchange rates"):
        add_candidate(run=run, user=None, candidate=dear)
    assert run.candidates.count() == 2
