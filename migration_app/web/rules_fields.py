"""The fields of the wizard's rules, and in which groups they stand on the page."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from .fields import amount, points, seconds, whole

_LEAST_CAP = Decimal("0.000001")


class RulesFields(forms.Form):
    """Every question asks these; those on scoring and on data follow from the workload and the policy."""

    margin = points(
        _("Quality may drop by at most"),
        help_text=_(
            "Points out of 100, over all requests. Set it before you see any result: the "
            "verdict is a test against this limit."
        ),
    )
    category_margin = points(
        _("In a critical category, by at most"),
        help_text=_("Points out of 100. A model must hold in every category you mark as critical."),
    )
    alpha = forms.TypedChoiceField(
        label=_("How sure the verdict must be"),
        choices=[("0.05", _("95% sure (usual)")), ("0.025", _("97.5% sure (needs more requests)"))],
        coerce=float,
        help_text=_("The chance of a false “switch”, over all models together, is the rest."),
    )

    max_cost_per_1000 = amount(_("Cost of 1,000 requests at most"), 10**8, places=6, required=False)
    max_p95_seconds = seconds(_("95 of 100 answers complete within (seconds)"))
    max_error_rate = amount(_("Failed requests at most (%)"), 100, places=3, required=False)

    repetitions = whole(
        _("Ask each request"), 1, 20, help_text=_("Times per model. More tells chance from skill.")
    )
    sample_limit = whole(
        _("Requests to use"), 2, 10**9, required=False,
        help_text=_("Left empty: all of them. Else drawn by the seed."),
    )  # fmt: skip
    max_output_tokens = whole(
        _("Longest answer (tokens)"), 1, 200_000, help_text=_("The same for every model.")
    )
    temperature = forms.FloatField(
        label=_("Temperature"), required=False, min_value=0, max_value=2,
        help_text=_("Left empty: each vendor's default."),
    )  # fmt: skip
    seed = whole(_("Seed"), 0, 2**31 - 1, help_text=_("Fixes the order of requests and any draw of samples."))
    looks = forms.BooleanField(
        label=_("Stop early where that is enough"),
        required=False,
        help_text=_(
            "The answers are compared after a quarter, a half and three quarters of the requests, by a "
            "stricter test, and no more is spent once every model is settled. The error rate stays as it is. "
            "Not where a judge scores: judges read once all answers are in."
        ),
    )

    requests_per_month = whole(
        _("Requests a month"), 1, 10**12, required=False, help_text=_("To project the monthly cost.")
    )
    migration_cost = amount(
        _("One-off cost of moving"), 10**9, required=False,
        help_text=_("Work, tests, contracts. With it the report says when the move has paid for itself."),
    )  # fmt: skip
    budget = amount(_("Stop if spending reaches"), 10**8, places=6, required=False, min_value=_LEAST_CAP)

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
    peak_per_minute = whole(
        _("Requests a minute at your peak"), 1, 60_000, required=False,
        help_text=_("To each model. Needed for the peak rate only."),
    )  # fmt: skip
    slo_ttft = seconds(
        _("First words within (seconds)"),
        help_text=_("The report says how many requests met these limits: your goodput."),
    )
    slo_total = seconds(_("Whole answer within (seconds)"))
    warm_up_calls = whole(
        _("Warm-up requests to each model"), 0, 20,
        help_text=_("Short ones, sent before anything is measured. Paid for, and in no figure."),
    )  # fmt: skip

    GOOD_ENOUGH = ("margin", "category_margin", "alpha")
    MUST_HAVES = ("max_cost_per_1000", "max_p95_seconds", "max_error_rate")
    MONEY = ("requests_per_month", "migration_cost", "budget")
    HOW = ("repetitions", "sample_limit", "max_output_tokens", "temperature", "seed")
    LOAD = ("load", "peak_per_minute", "slo_ttft", "slo_total", "warm_up_calls")
    # What is filled in for everybody; whatever else a folded group says opens it.
    USUAL = {"repetitions": "1", "load": "closed", "warm_up_calls": "0"}

    @property
    def how_is_open(self) -> bool:
        """Whether somebody chose how the test is run, or one of the choices is wrong."""
        always = {"max_output_tokens", "seed"}
        return self._says_more([*(name for name in self.HOW if name not in always), "looks", "as_logged"])

    @property
    def load_is_open(self) -> bool:
        """Whether somebody chose how fast it must be, or one of the choices is wrong."""
        return self._says_more(self.LOAD)

    def _says_more(self, names: list[str] | tuple[str, ...]) -> bool:
        asked = [self[name] for name in names if name in self.fields]
        return any(field.errors or self._is_chosen(field) for field in asked)

    def _is_chosen(self, field: forms.BoundField) -> bool:
        value = field.value()
        return value is not None and value is not False and str(value) not in ("", self.USUAL.get(field.name))
