"""A team's monthly cap holds over all its runs, and is told in a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from migration_app.pipeline.tasks import _settle_budget
from migration_app.runs import actions, team_budget
from migration_app.runs.claims import claim
from migration_app.runs.leases import release
from migration_app.runs.models import Item, ItemState, Run, RunState, TeamLedger
from migration_app.runs.reconcile import expire_leases
from migration_app.runs.team_budget import month_now, set_monthly_cap, spent_this_month
from tests.runs.test_leases import die


def cap_at(bench, reservations: float) -> TeamLedger:
    """Let the team's cap be so many times the dearest call."""
    dearest = max(Item.objects.filter(run=bench.run).values_list("reserve_nanos", flat=True))
    TeamLedger.objects.filter(team=bench.run.team).update(cap_nanos=int(dearest * reservations))
    return TeamLedger.objects.get(team=bench.run.team)


def test_what_runs_spend_is_on_the_teams_ledger_with_and_without_a_cap(started):
    bench = started("weak", samples=6)
    bench.replay()
    ledger = TeamLedger.objects.get(team=bench.run.team)
    assert ledger.spent_nanos == bench.run.spent_nanos > 0 and ledger.reserved_nanos == 0
    assert spent_this_month(bench.run.team, "USD") == Decimal(ledger.spent_nanos) / 10**9


def test_a_run_stops_before_the_teams_cap_says_so_and_goes_on_once_it_is_raised(started):
    bench = started("weak", samples=15)
    cap_at(bench, 1.5)
    bench.replay()
    ledger = TeamLedger.objects.get()
    assert 0 < ledger.spent_nanos <= ledger.cap_nanos and ledger.reserved_nanos == 0
    assert bench.run.reserved_nanos == 0 and 0 < len(bench.asked()) < 30
    _settle_budget(Run.objects.select_related("ledger").get(pk=bench.run.pk))
    bench.run.refresh_from_db()
    assert bench.run.state == RunState.BUDGET_REACHED
    assert "team's cap for this month is reached" in bench.run.state_note
    set_monthly_cap(team=bench.run.team, user=None, cap=Decimal(1))
    actions.resume_run(run=bench.run, user=None)
    bench.replay()
    assert Item.objects.filter(run=bench.run, state=ItemState.DONE).count() == 30


def test_two_runs_share_what_is_left_and_reserve_no_more_than_it(started):
    bench = started("weak", samples=10)
    cap_at(bench, 5.2)
    first = bench.run
    Run.objects.filter(pk=first.pk).update(state=RunState.CANCELLED)
    second = actions.start_run(assessment=first.assessment, user=None).run
    claims = []
    for run in (first, second):  # an assessment has one open run at a time
        Run.objects.filter(pk__in=[first.pk, second.pk]).update(state=RunState.FINISHED)
        Run.objects.filter(pk=run.pk).update(state=RunState.RUNNING)
        claims.append(claim(run.lanes.get().pk, run.pk, 4))
    assert [len(found.items) for found in claims] == [4, 1] and claims[1].budget_reached
    ledger = TeamLedger.objects.get()
    assert ledger.reserved_nanos <= ledger.cap_nanos
    second.refresh_from_db()
    assert second.reserved_nanos == sum(item.reserved_nanos for item in claims[1].items)
    release(first.pk, claims[0].items)
    die(second)
    assert expire_leases() == 1
    ledger.refresh_from_db()
    assert (ledger.reserved_nanos, ledger.spent_nanos) == (0, claims[1].items[0].reserved_nanos)


def test_a_new_month_starts_afresh_and_a_clock_set_back_starts_none(started, monkeypatch):
    bench = started("weak", samples=3)
    ledger = cap_at(bench, 4)
    TeamLedger.objects.update(month=month_now(), spent_nanos=ledger.cap_nanos)
    assert claim(bench.run.lanes.get().pk, bench.run.pk, 2).items == ()
    monkeypatch.setattr(team_budget, "month_now", lambda: 190001)
    assert claim(bench.run.lanes.get().pk, bench.run.pk, 2).items == ()
    monkeypatch.setattr(team_budget, "month_now", lambda: 999901)
    assert len(claim(bench.run.lanes.get().pk, bench.run.pk, 2).items) == 2
    ledger.refresh_from_db()
    assert (ledger.month, ledger.spent_nanos) == (999901, 0)


def test_a_cap_that_could_not_be_kept_refuses_the_start(started):
    bench = started("weak", samples=3, price=None)
    assessment = bench.run.assessment
    actions.cancel_run(run=bench.run, user=None)
    set_monthly_cap(team=bench.run.team, user=None, cap=Decimal(5), currency="EUR")
    with pytest.raises(actions.CannotStart, match="monthly cap is in EUR"):
        actions.start_run(assessment=assessment, user=None)
    set_monthly_cap(team=bench.run.team, user=None, cap=Decimal(5))
    with pytest.raises(actions.CannotStart, match="is unknown, so a spending cap could not be kept"):
        actions.start_run(assessment=assessment, user=None)


def test_the_command_sets_the_cap_shows_it_and_takes_it_away(started, capsys):
    bench = started("weak", samples=3)
    call_command("set_monthly_cap", "Acme", "250", "--currency", "usd")
    assert TeamLedger.objects.get().cap_nanos == 250 * 10**9
    call_command("set_monthly_cap", "Acme")
    assert "250 USD a month" in capsys.readouterr().out
    call_command("set_monthly_cap", "Acme", "none")
    assert TeamLedger.objects.get().cap_nanos is None
    for wrong in (("Nobody", "5"), ("Acme", "-5"), ("Acme", "much")):
        with pytest.raises(CommandError):
            call_command("set_monthly_cap", *wrong)
    assert bench.run.team.name == "Acme"
