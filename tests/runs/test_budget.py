"""The cap is never passed, and nothing that may have been billed goes uncounted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from migration_app.runs import actions
from migration_app.runs.models import Attempt, Item, ItemState, Run, RunState
from migration_app.runs.money import from_nanos, to_nanos
from migration_app.runs.queries import next_reservation


def test_money_is_rounded_up_to_the_next_nano():
    assert to_nanos(Decimal("0.0000000011")) == 2
    assert from_nanos(2) == Decimal("2e-9")


def cap_at(run: Run, reservations: float) -> None:
    """Let the run's cap be so many times the dearest call."""
    dearest = max(Item.objects.filter(run=run).values_list("reserve_nanos", flat=True))
    Run.objects.filter(pk=run.pk).update(cap_nanos=int(dearest * reservations))


def test_a_run_stops_before_its_cap_and_says_so(started):
    bench = started("weak", samples=30, budget=Decimal("1"))
    cap_at(bench.run, 1.3)
    bench.replay()
    run = Run.objects.get(pk=bench.run.pk)
    assert run.reserved_nanos == 0
    assert 0 < run.spent_nanos <= run.cap_nanos
    assert 0 < len(bench.asked()) < 60
    assert actions.note_budget_reached(run.pk, next_reservation(run))
    run.refresh_from_db()
    assert run.state == RunState.BUDGET_REACHED
    assert "cap" in run.state_note


def test_raising_the_cap_goes_on_where_the_run_stopped(started):
    bench = started("weak", samples=10, budget=Decimal("1"))
    cap_at(bench.run, 1.3)
    bench.replay()
    actions.note_budget_reached(bench.run.pk, next_reservation(bench.run))
    asked = len(bench.asked())
    actions.raise_cap(run=bench.run, user=None, cap=Decimal("1"))
    bench.replay()
    assert len(bench.asked()) == 20 > asked
    assert Item.objects.filter(state=ItemState.DONE).count() == 20


def test_a_cap_that_is_raised_while_somebody_looks_stops_nobody(started):
    bench = started("weak", samples=10, budget=Decimal("1"))
    cap_at(bench.run, 1.3)
    bench.replay()
    needed = next_reservation(bench.run)
    actions.raise_cap(run=bench.run, user=None, cap=Decimal("1"))
    assert not actions.note_budget_reached(bench.run.pk, needed)
    assert Run.objects.get(pk=bench.run.pk).state == RunState.RUNNING


def test_a_lower_cap_is_refused(started):
    bench = started("weak", samples=3, budget=Decimal("1"))
    with pytest.raises(actions.CannotChange, match="above today's"):
        actions.raise_cap(run=bench.run, user=None, cap=Decimal("0.5"))


def test_a_cap_is_refused_where_a_price_is_unknown(started):
    with pytest.raises(actions.CannotStart, match="unknown"):
        started("weak", samples=3, price=None, budget=Decimal("1"))


def test_an_answer_without_usage_is_charged_at_the_most_it_can_have_cost(started):
    bench = started("silent", samples=3)
    bench.replay()
    silent = Attempt.objects.filter(item__run_candidate__label="silent")
    assert all(attempt.cost_nanos == attempt.reserved_nanos > 0 for attempt in silent)
    assert all(attempt.output_tokens is None for attempt in silent)
