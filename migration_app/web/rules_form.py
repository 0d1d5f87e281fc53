"""The wizard's form on rules: what counts as good enough, and how the test is run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from migration_app.runs.models import Assessment
from migration_app.workloads.profiles import category_label

from . import rules_settings
from .rules_fields import RulesFields
from .rules_initial import assessment_categories, categories_of, initial_of
from .scorer_choices import scorer_choices
from .terms_forms import POLICY, asked, policy_fields


class RulesForm(RulesFields):
    """What counts as good enough, and how the test is run. Shares are typed in per cent."""

    def __init__(self, *args: Any, assessment: Assessment, **options: Any) -> None:
        super().__init__(*args, **{"initial": initial_of(assessment), **options})
        self.assessment = assessment
        self.categories = categories_of(assessment.workload)
        label = gettext("Usual way of scoring") if self.categories else gettext("Every answer")
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
        rules_settings.offer(self.fields, assessment.workload)
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
            "settings": rules_settings.chosen(values, self.assessment.settings, self.assessment.workload),
            **{name: values[name] for name in ("repetitions", "sample_limit", "seed")},
            **{name: values[name] for name in self.MONEY},
            "looks": values["looks"],
        }

    def _scoring(self) -> dict[str, Any]:
        before, workload = (_ways(one.scoring) for one in (self.assessment, self.assessment.workload))
        entered = {name: self.cleaned_data[f"scorer_{index}"] for index, name in enumerate(self.categories)}
        default = self.cleaned_data["default_scorer"]
        return {
            "default": _kept(default, before.get(None), workload.get(None)),
            "by_category": {
                name: _kept(scorer, before.get(name), workload.get(name)) for name, scorer in entered.items()
            },
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


def _ways(scoring: Mapping[str, Any]) -> dict[str | None, Mapping[str, Any]]:
    """What was chosen, by category; for all others by None."""
    return {None: scoring.get("default") or {}} | (scoring.get("by_category") or {})


def _kept(name: str, *stored: Mapping[str, Any] | None) -> dict[str, Any]:
    """A scorer with the settings of the first choice of it; with its defaults where nobody chose it."""
    same = (choice for choice in stored if choice and choice.get("name") == name)
    return {"name": name, "parameters": dict(next(same, {}).get("parameters") or {})}
