"""The form of an exchange rate: one unit of a currency is worth so much of another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.exchange.models import LEAST_RATE, MOST_RATE

from . import fields


class RateForm(forms.Form):
    currency = fields.currency_code(_("One unit of"), "EUR")
    rate = forms.DecimalField(
        label=_("is worth"), min_value=LEAST_RATE, max_value=MOST_RATE, max_digits=18, decimal_places=9,
        localize=False,
    )  # fmt: skip
    into = fields.currency_code(_("of this currency"), "USD")
    as_of = fields.day(_("As of"))
    source = fields.TextField(
        label=_("Source"), max_length=300, help_text=_("A central bank's page, your accounting department.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate

    @property
    def pair(self) -> list[forms.BoundField]:
        return [self["currency"], self["rate"], self["into"]]
