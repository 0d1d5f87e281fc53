"""The fields of the wizard's rules, and in which groups they stand on the page."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class RulesFields(forms.Form):
    """Every question asks these; those on scoring and on data follow from the workload and the policy."""

    margin = forms.DecimalField(
        label=_("Quality may drop by at most"),
        min_value=Decimal("0.1"),
        max_value=50,
        decimal_places=2,
        help_text=_(
            "Points out of 100, over all requests. Set it before you see any result: the "
            "verdict is a test against this limit."
        ),
    )
    category_margin = forms.DecimalField(
        label=_("In a critical category, by at most"),
        min_value=Decimal("0.1"),
        max_value=50,
        decimal_places=2,
        help_text=_("Points out of 100. A model must hold in every category you mark as critical."),
    )
    alpha = forms.TypedChoiceField(
        label=_("How sure the verdict must be"),
        choices=[("0.05", _("95% sure (usual)")), ("0.025", _("97.5% sure (needs more requests)"))],
        coerce=float,
        help_text=_("The chance of a false “switch”, over all models together, is the rest."),
    )
    max_cost_per_1000 = forms.DecimalField(
        label=_("Cost of 1,000 requests at most"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=6,
    )
    max_p95_seconds = forms.FloatField(
        label=_("95 of 100 answers complete within (seconds)"),
        required=False,
        min_value=0.001,
        max_value=3600,
    )
    max_error_rate = forms.DecimalField(
        label=_("Failed requests at most (%)"), required=False, min_value=0, max_value=100, decimal_places=3
    )
    repetitions = forms.IntegerField(
        label=_("Ask each request"),
        min_value=1,
        max_value=20,
        help_text=_("Times per model. More tells chance from skill."),
    )
    sample_limit = forms.IntegerField(
        label=_("Requests to use"),
        required=False,
        min_value=2,
        max_value=10**9,
        help_text=_("Left empty: all of them. Else drawn by the seed."),
    )
    max_output_tokens = forms.IntegerField(
        label=_("Longest answer (tokens)"),
        min_value=1,
        max_value=200_000,
        help_text=_("The same for every model."),
    )
    temperature = forms.FloatField(
        required=False, min_value=0, max_value=2, help_text=_("Left empty: each vendor's default.")
    )
    seed = forms.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text=_("Fixes the order of requests and any draw of samples.")
    )
    requests_per_month = forms.IntegerField(
        label=_("Requests a month"),
        required=False,
        min_value=1,
        max_value=10**12,
        help_text=_("To project the monthly cost."),
    )
    budget = forms.DecimalField(
        label=_("Stop if spending reaches"),
        required=False,
        min_value=Decimal("0.000001"),
        max_digits=14,
        decimal_places=6,
    )

    migration_cost = forms.DecimalField(
        label=_("One-off cost of moving"),
        required=False,
        min_value=0,
        max_value=Decimal(10) ** 9,
        max_digits=16,
        decimal_places=2,
        help_text=_("Work, tests, contracts. With it the report says when the move has paid for itself."),
    )
    looks = forms.BooleanField(
        label=_("Stop early where that is enough"),
        required=False,
        help_text=_(
            "The answers are compared after a quarter, a half and three quarters of the requests, by a "
            "stricter test, and no more is spent once every model is settled. The error rate stays as it is. "
            "Not where a judge scores: judges read once all answers are in."
        ),
    )

    load = forms.ChoiceField(
        label=_("Send requests"),
        choices=[
            ("closed", _("A fixed number at a time")),
            ("poisson", _("At your peak rate, at random moments")),
            ("uniform", _("At your peak rate, evenly spaced")),
        ],
        help_text=_(
            "At the peak rate requests leave on a schedule, whatever the answers do, and times count from "
            "the moment each was due: a server that stalls under your load shows it."
        ),
    )
    peak_per_minute = forms.IntegerField(
        label=_("Requests a minute at your peak"),
        required=False,
        min_value=1,
        max_value=60_000,
        help_text=_("To each model. Needed for the peak rate only."),
    )
    slo_ttft = forms.FloatField(
        label=_("First words within (seconds)"),
        required=False,
        min_value=0.001,
        max_value=3600,
        help_text=_("The report says how many requests met these limits: your goodput."),
    )
    slo_total = forms.FloatField(
        label=_("Whole answer within (seconds)"), required=False, min_value=0.001, max_value=3600
    )
    warm_up_calls = forms.IntegerField(
        label=_("Warm-up requests to each model"),
        min_value=0,
        max_value=20,
        help_text=_("Short ones, sent before anything is measured. Paid for, and in no figure."),
    )

    GOOD_ENOUGH = ("margin", "category_margin", "alpha")
    MUST_HAVES = ("max_cost_per_1000", "max_p95_seconds", "max_error_rate")
    LOAD = ("load", "peak_per_minute", "slo_ttft", "slo_total", "warm_up_calls")
    HOW = ("repetitions", "sample_limit", "max_output_tokens", "temperature", "seed")
    MONEY = ("requests_per_month", "migration_cost", "budget")
