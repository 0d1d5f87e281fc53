"""manage.py set_monthly_cap "Support" 500: what a team may spend a month; `none` takes the cap away."""

from __future__ import annotations

from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from migration_app.accounts.models import Team
from migration_app.runs.money import from_nanos
from migration_app.runs.team_budget import InvalidCap, ledger_of, set_monthly_cap, spent_this_month


class Command(BaseCommand):
    help = "Set, show or take away what a team may spend a month over all its runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("team", help="the team's name")
        parser.add_argument("cap", nargs="?", help="an amount, or none; left out, the present cap is shown")
        parser.add_argument("--currency", default="USD", type=str.upper)

    def handle(self, *args: Any, **options: Any) -> None:
        team, currency = self._team(options["team"]), options["currency"]
        if options["cap"] is not None:
            try:
                set_monthly_cap(team=team, user=None, cap=_amount(options["cap"]), currency=currency)
            except InvalidCap as refusal:
                raise CommandError(str(refusal)) from None
        nanos = ledger_of(team.pk, currency).cap_nanos
        cap = "no cap" if nanos is None else f"{from_nanos(nanos).normalize():f} {currency} a month"
        spent = spent_this_month(team, currency).normalize()
        self.stdout.write(f"{team.name}: {cap}, {spent:f} spent this month.")

    def _team(self, name: str) -> Team:
        teams = list(Team.objects.filter(name=name)[:2])
        if len(teams) != 1:
            raise CommandError(f"There is {'no' if not teams else 'more than one'} team called {name}.")
        return teams[0]


def _amount(text: str) -> Decimal | None:
    if text.lower() == "none":
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise CommandError(f"“{text}” is no amount. Write it like 500 or 99.50, or none.") from None
    if not amount.is_finite():
        raise CommandError(f"“{text}” is no amount. Write it like 500 or 99.50, or none.")
    return amount
