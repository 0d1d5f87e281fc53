"""The form of a plan for own servers: sent by address to see what follows, by post to keep it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as gettext
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.catalogue.open_weights import open_models
from migration_app.candidates.hosting.actions import MOST_CONCURRENCY, MOST_REQUESTS, MOST_TOKENS
from migration_app.candidates.hosting.machines import gpus
from migration_app.candidates.hosting.models import HostingPlan
from migration_app.candidates.models import MOST_PER_HOUR
from migration_app.evaluation.hosting.memory import PRECISIONS

from .fields import TextField, amount, currency_code, day, whole


def _models() -> list[tuple[str, str]]:
    return [(model.model, f"{model.name} ({model.licence})") for model in open_models()]


class HostingForm(forms.Form):
    model = forms.ChoiceField(label=_("Open model"), choices=_models)
    precision = forms.ChoiceField(
        label=_("Precision of its weights"),
        choices=[(precision.name, _(precision.label)) for precision in PRECISIONS.values()],
        help_text=_("Fewer bits need less memory and may cost some quality: test it in this precision."),
    )
    context = whole(
        _("Tokens in the longest request"), 16, MOST_TOKENS, initial=8_192,
        help_text=_("Question and answer together."),
    )  # fmt: skip
    concurrency = whole(
        _("Requests at a time on one server"), 1, MOST_CONCURRENCY, initial=16,
        help_text=_("More share a reading of the weights: cheaper, and slower for each."),
    )  # fmt: skip
    adapters = whole(
        _("Adapters (LoRA) loaded beside it"), 0, 1_000, initial=0, required=False,
        help_text=_("Small trained additions, one for each task."),
    )  # fmt: skip
    adapter_rank = whole(_("Rank of the adapters"), 1, 1_024, initial=16, required=False)
    gpu = forms.ChoiceField(
        label=_("Processor"), choices=lambda: [(gpu.name, gpu.label) for gpu in gpus().values()]
    )
    requests_per_month = whole(_("Requests a month"), 1, MOST_REQUESTS, initial=1_000_000)
    input_tokens = whole(_("Tokens in the average question"), 1, MOST_TOKENS, initial=600)
    output_tokens = whole(_("Tokens in the average answer"), 1, MOST_TOKENS, initial=200)
    peak = forms.FloatField(
        label=_("Peak, as a multiple of the average"), min_value=1, max_value=1_000, initial=3,
        help_text=_("Servers are built for the peak and are idle between. 3 is usual for office hours."),
    )  # fmt: skip
    gpu_hour = amount(
        _("Price of one processor's hour"), MOST_PER_HOUR, places=6, required=False,
        help_text=_("Empty: the public list price on file, where there is one."),
    )  # fmt: skip
    currency = currency_code(_("Currency"), "USD")
    price_source = TextField(label=_("Source of this price"), max_length=300, required=False)
    price_as_of = day(_("As of"), required=False)
    utilisation_percent = whole(
        _("How full a server may be at the peak, in %"), 1, 100, initial=70,
        help_text=_("Fuller servers answer later."),
    )  # fmt: skip
    spare = whole(
        _("Spare servers"), 0, 100, initial=0, required=False,
        help_text=_("So that one may fail."),
    )  # fmt: skip
    staff_hours = amount(_("Hours of work a month"), 100_000, required=False, initial=0)
    staff_rate = amount(_("Cost of an hour of work"), 100_000, required=False, initial=0)
    other_monthly = amount(
        _("Everything else a month"),
        10**9,
        required=False,
        initial=0,
        help_text=_("Storage, network, licences."),
    )
    measured_rate = forms.FloatField(
        label=_("Requests a second, measured on one server"), required=False, min_value=1e-6, max_value=1e7,
        help_text=_("From a test under load, within your limits for time. Empty: estimated, with a range."),
    )  # fmt: skip
    measured_source = TextField(label=_("Which test measured it"), max_length=300, required=False)
    name = TextField(label=_("Name of the plan"), max_length=120, required=False)

    RUNS = ("model", "precision", "context", "concurrency", "adapters", "adapter_rank")
    TRAFFIC = ("requests_per_month", "input_tokens", "output_tokens", "peak")
    MACHINE = ("gpu", "gpu_hour", "currency", "price_source", "price_as_of")
    MORE = (
        "utilisation_percent", "spare", "staff_hours", "staff_rate", "other_monthly",
        "measured_rate", "measured_source",
    )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        titles = (gettext("What runs"), gettext("Its traffic"), gettext("On what"))
        groups = zip(titles, (self.RUNS, self.TRAFFIC, self.MACHINE), strict=True)
        return [(title, [self[name] for name in names]) for title, names in groups]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in self.MORE]

    @property
    def shows_more(self) -> bool:
        """Whether one of the fields behind the fold says something of its own, or is wrong."""
        return any(field.errors or self._changed(field) for field in self.more)

    def _changed(self, field: forms.BoundField) -> bool:
        return field.value() not in (None, "", field.field.initial, str(field.field.initial))

    def clean_price_as_of(self) -> Any:
        as_of = self.cleaned_data["price_as_of"]
        if as_of and as_of > timezone.localdate():
            raise forms.ValidationError(_("A price of a day to come cannot be used yet. Give today's."))
        return as_of

    def fields_of_plan(self) -> dict[str, Any]:
        """The plan's columns; what is left empty is nothing, or what is usual."""
        values = dict(self.cleaned_data)
        values["utilisation"] = values.pop("utilisation_percent") / 100
        for name, usual in (("adapters", 0), ("adapter_rank", 16), ("spare", 0)):
            values[name] = usual if values[name] is None else values[name]
        for name in ("staff_hours", "staff_rate", "other_monthly"):
            values[name] = values[name] or Decimal(0)
        if values["gpu_hour"] is not None and values["price_as_of"] is None:
            values["price_as_of"] = timezone.localdate()
        values["measured_on"] = timezone.localdate() if values["measured_rate"] else None
        values["name"] = values["name"].strip() or self.usual_name()
        return values

    def usual_name(self) -> str:
        values = self.cleaned_data
        model = next(model.name for model in open_models() if model.model == values["model"])
        return f"{model}, {PRECISIONS[values['precision']].label}, {values['gpu']}"[:120]


def typed(plan: HostingPlan) -> dict[str, str]:
    """A kept plan as a person would type it into the form."""
    values = {name: getattr(plan, name) for name in HostingForm.base_fields if hasattr(plan, name)}
    values["utilisation_percent"] = round(plan.utilisation * 100)
    return {name: _typed(value) for name, value in values.items()}


def _typed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | float):
        return f"{Decimal(str(value)).normalize():f}"
    return str(value)
