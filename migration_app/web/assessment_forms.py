"""The wizard's forms: which models, and what counts as good enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.models import Candidate
from migration_app.evaluation.scorers import DEFAULT_SCORER
from migration_app.runs.models import Assessment
from migration_app.runs.money import from_nanos
from migration_app.runs.requests import DEFAULT_MAX_OUTPUT_TOKENS
from migration_app.workloads.models import Workload
from migration_app.workloads.profiles import category_label

from .scorer_choices import scorer_choices
from .terms_forms import POLICY, asked, policy_fields

MOST_CATEGORIES = 40  # more than a person would set one by one


class OptionsForm(forms.Form):
    """Today's model by radio, the others by box; drawn by hand in the template."""

    name = forms.CharField(label=_("Name of the assessment"), max_length=200)
    baseline = forms.ChoiceField(
        error_messages={"required": _("Choose the model that serves this workload today.")}
    )
    candidates = forms.MultipleChoiceField(
        error_messages={"required": _("Choose at least one model to compare with today's.")}
    )

    def __init__(self, *args: Any, models: Sequence[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.models = {str(model.pk): model for model in models}
        choices = [(key, model.label) for key, model in self.models.items()]
        for name in ("baseline", "candidates"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Models instead of keys; today's model is always part of the test, so a box on it means nothing."""
        values = super().clean() or {}
        if "baseline" in values and "candidates" in values:
            others = [key for key in values["candidates"] if key != values["baseline"]]
            if not others:
                self.add_error("candidates", gettext("Choose at least one model besides today's."))
            values["candidates"] = [self.models[key] for key in others]
            values["baseline"] = self.models[values["baseline"]]
        return values


class RulesForm(forms.Form):
    """What counts as good enough, and how the test is run. Shares are typed in per cent."""

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
            "stricter test, and no more is spent once every model is settled. The error rate stays as it is."
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

    def __init__(self, *args: Any, assessment: Assessment, **options: Any) -> None:
        super().__init__(*args, **{"initial": initial_of(assessment), **options})
        self.assessment = assessment
        self.categories = categories_of(assessment.workload)
        label = gettext("Unless set below") if self.categories else gettext("Every answer")
        self.fields["default_scorer"] = forms.ChoiceField(label=label, choices=scorer_choices())
        for money in ("max_cost_per_1000", "budget", "migration_cost"):
            self.fields[money].label = f"{self.fields[money].label} ({assessment.currency})"
        for index, name in enumerate(self.categories):
            label = category_label(name)
            self.fields[f"scorer_{index}"] = forms.ChoiceField(
                label=gettext("Scoring of {label}").format(label=label), choices=scorer_choices()
            )
            self.fields[f"critical_{index}"] = forms.BooleanField(
                label=gettext("{label} is critical").format(label=label), required=False
            )
        self.fields |= policy_fields()
        limit = self.fields["sample_limit"]
        limit.widget.attrs["max"] = assessment.workload.sample_count

    def category_rows(self) -> list[dict[str, Any]]:
        counts = assessment_categories(self.assessment.workload)
        return [
            {
                "name": category_label(name),
                "count": counts[name],
                "scorer": self[f"scorer_{index}"],
                "critical": self[f"critical_{index}"],
            }
            for index, name in enumerate(self.categories)
        ]

    def fieldsets(self) -> dict[str, list[Any]]:
        groups = {
            "good": self.GOOD_ENOUGH,
            "must": self.MUST_HAVES,
            "data": POLICY,
            "how": self.HOW,
            "load": self.LOAD,
            "money": self.MONEY,
        }
        return {key: [self[name] for name in names] for key, names in groups.items()}

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("load", "closed") not in ("", "closed") and not values.get("peak_per_minute"):
            self.add_error("peak_per_minute", _("Say how many requests a minute your peak has."))
        return values

    def load_changes(self) -> dict[str, Any]:
        """The arguments of `choose_load`; without a choice the draft's own stand."""
        values = {name: self.cleaned_data[name] for name in self.LOAD}
        return values | {"load": values["load"] or self.assessment.load}

    def changes(self) -> dict[str, Any]:
        """The arguments of `change_rules`, in the units that are stored."""
        values = self.cleaned_data
        return {
            "margin": float(values["margin"]) / 100,
            "category_margin": float(values["category_margin"]) / 100,
            "critical_categories": [
                name for index, name in enumerate(self.categories) if values[f"critical_{index}"]
            ],
            "alpha": values["alpha"],
            "scoring": self._scoring(),
            "rules": self._rules(),
            "settings": dict(self.assessment.settings)
            | {name: values[name] for name in ("max_output_tokens", "temperature", "seed")},
            **{name: values[name] for name in ("repetitions", "sample_limit", "seed")},
            **{name: values[name] for name in self.MONEY},
            "looks": values["looks"],
        }

    def _scoring(self) -> dict[str, Any]:
        stored = self.assessment.scoring
        by_category = {
            name: _kept((stored.get("by_category") or {}).get(name), self.cleaned_data[f"scorer_{index}"])
            for index, name in enumerate(self.categories)
        }
        return {
            "default": _kept(stored.get("default"), self.cleaned_data["default_scorer"]),
            "by_category": by_category,
        }

    def _rules(self) -> dict[str, Any]:
        values = self.cleaned_data
        cost, errors = values["max_cost_per_1000"], values["max_error_rate"]
        return {
            "max_cost_per_1000": None if cost is None else f"{cost:f}",
            "max_p95_seconds": values["max_p95_seconds"],
            "max_error_rate": None if errors is None else float(errors) / 100,
            **asked(values),
        }


def _kept(stored: Mapping[str, Any] | None, name: str) -> dict[str, Any]:
    """The scorer's parameters stay while its name does; another scorer starts with its defaults."""
    if stored and stored.get("name") == name:
        return {"name": name, "parameters": dict(stored.get("parameters") or {})}
    return {"name": name, "parameters": {}}


def assessment_categories(workload: Workload) -> dict[str, int]:
    """Category → count of samples, in the order of their names."""
    counts = workload.profile.get("categories") or {}
    return dict(sorted(counts.items())) if isinstance(counts, dict) else {}


def categories_of(workload: Workload) -> list[str]:
    """The categories that can be set one by one; none where there is but one, or too many."""
    names = list(assessment_categories(workload))
    return names if 1 < len(names) <= MOST_CATEGORIES else []


def initial_of(assessment: Assessment) -> dict[str, Any]:
    rules, scoring = assessment.rules, assessment.scoring
    default = (scoring.get("default") or {}).get("name")
    by_category = scoring.get("by_category") or {}
    initial: dict[str, Any] = {
        "margin": _points(assessment.margin),
        "category_margin": _points(assessment.category_margin),
        "alpha": f"{assessment.alpha:g}",
        "max_cost_per_1000": rules.get("max_cost_per_1000"),
        "max_p95_seconds": rules.get("max_p95_seconds"),
        "max_error_rate": None if rules.get("max_error_rate") is None else _points(rules["max_error_rate"]),
        **{name: rules.get(name) for name in POLICY},
        "repetitions": assessment.repetitions,
        "sample_limit": assessment.sample_limit,
        "max_output_tokens": assessment.settings.get("max_output_tokens") or DEFAULT_MAX_OUTPUT_TOKENS,
        "temperature": assessment.settings.get("temperature"),
        "seed": assessment.seed,
        "requests_per_month": assessment.requests_per_month,
        "budget": None if assessment.budget_nanos is None else plain(from_nanos(assessment.budget_nanos)),
        "looks": assessment.looks,
        "migration_cost": None
        if assessment.migration_cost_nanos is None
        else plain(from_nanos(assessment.migration_cost_nanos)),
        "default_scorer": default or DEFAULT_SCORER,
        **{name: getattr(assessment, name) for name in RulesForm.LOAD},
    }
    for index, name in enumerate(categories_of(assessment.workload)):
        chosen = (by_category.get(name) or {}).get("name")
        initial[f"scorer_{index}"] = chosen or initial["default_scorer"]
        initial[f"critical_{index}"] = name in assessment.critical_categories
    return initial


def plain(amount: Decimal) -> str:
    """A decimal without trailing zeros: 0.150000 → "0.15", 10 → "10"."""
    return f"{amount.normalize():f}"


def _points(share: float) -> str:
    return f"{round(share * 100, 4):g}"
