"""Writes about exchange rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from ..currencies import currency_code
from ..errors import InvalidCandidateError
from .models import LEAST_RATE, MOST_RATE, ExchangeRate


def add_rate(
    *, team: Team, user: User | None, currency: str, into: str, rate: Decimal, source: str, as_of: date
) -> ExchangeRate:
    """Write down that one unit of `currency` is worth `rate` of `into`. Raises InvalidCandidateError.

    Older rates stay as history; runs that have started keep the one they had.
    """
    row = ExchangeRate(
        team=team,
        created_by=user,
        currency=currency_code(currency, "currency"),
        into=currency_code(into, "into"),
        rate=rate,
        source=source.strip(),
        as_of=as_of,
    )
    _check(row)
    row.save()
    record(team=team, user=user, verb=english("added exchange rate"), subject=f"{row.currency}/{row.into}")
    return row


def remove_rate(*, rate: ExchangeRate, user: User | None) -> None:
    """Take a rate back that was wrong; what was converted with it keeps it."""
    rate.delete()
    record(
        team=rate.team,
        user=user,
        verb=english("removed exchange rate"),
        subject=f"{rate.currency}/{rate.into}",
    )


def _check(row: ExchangeRate) -> None:
    if row.currency == row.into:
        raise InvalidCandidateError(_("A rate is between two different currencies."), "into")
    if not row.rate.is_finite() or not LEAST_RATE <= row.rate <= MOST_RATE:
        raise InvalidCandidateError(
            _("A rate lies between {least} and {most}. Check the decimal point.").format(
                least=number_format(LEAST_RATE), most=number_format(MOST_RATE, force_grouping=True)
            ),
            "rate",
        )
    if not row.source:
        raise InvalidCandidateError(
            _("Say where the rate comes from, so that others can check it."), "source"
        )
    if row.as_of > timezone.localdate():
        raise InvalidCandidateError(_("A rate of a day to come is not known yet. Give today's."), "as_of")
