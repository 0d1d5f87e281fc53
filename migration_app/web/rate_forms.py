"""The form of an exchange rate: one unit of a currency is worth so much of another."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.exchange.models import LEAST_RATE, MOST_RATE


class RateForm(forms.Form):
    currency = forms.CharField(label=_("One unit of"), min_length=3, max_length=3, initial="EUR")
    rate = forms.DecimalField(
        label=_("is worth"), min_value=LEAST_RATE, max_value=MOST_RATE, max_digits=18, decimal_places=9,
        localize=False,
    )  # fmt: skip
    into = forms.CharField(label=_("of this currency"), min_length=3, max_length=3, initial="USD")
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source = forms.CharField(
        label=_("Source"), max_length=300, help_text=_("A central bank's page, your accounting department.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate

    @property
    def pair(self) -> list[forms.BoundField]:
        return [self["currency"], self["rate"], self["into"]]
