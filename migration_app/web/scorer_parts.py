"""The parts of a combined scorer as form fields: which way, its weight, whether it is a must, its settings.

A part's settings are those of its own scorer, so they can be asked for once it is chosen. `shown` says whose
settings the page held when it was sent; where that was another, the chosen one begins with its defaults.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import SCORERS, Parameter, is_judged, parameters_of
from migration_app.evaluation.scorers.composite import MAX_PARTS

from .scorer_choices import scorer_choices
from .scorer_fields import field_for, value_of


@dataclass(frozen=True, slots=True)
class PartFields:
    """The fields of one part of a form. `scorer` is "" where none is chosen yet."""

    form: forms.Form
    index: int
    scorer: str

    def key(self, name: str) -> str:
        return f"part-{self.index}-{name}"

    def described(self) -> tuple[Parameter, ...]:
        return parameters_of(SCORERS[self.scorer]) if self.scorer else ()

    def name_field(self) -> forms.BoundField:
        return self.form[self.key("name")]

    def weight_fields(self) -> list[forms.BoundField]:
        return [self.form[self.key(name)] for name in ("weight", "must_pass", "at_least")]

    def setting_fields(self) -> list[forms.BoundField]:
        return [self.form[self.key(f"set-{item.name}")] for item in self.described()]

    def explanation(self) -> str:
        return _(SCORERS[self.scorer].explanation) if self.scorer else ""

    def settings(self) -> dict[str, Any] | None:
        """The part as a composite takes it; None where no way of scoring is chosen. The form is clean."""
        get = lambda name: self.form.cleaned_data[self.key(name)]  # noqa: E731
        if not self.scorer:
            return None
        part: dict[str, Any] = {
            "name": self.scorer,
            "weight": 1.0 if get("weight") is None else get("weight"),
        }
        if get("must_pass"):
            part |= {"must_pass": True, "at_least": 1.0 if get("at_least") is None else get("at_least")}
        values = {item.name: value_of(item, get(f"set-{item.name}")) for item in self.described()}
        changed = {
            item.name: values[item.name] for item in self.described() if values[item.name] != item.default
        }
        return part | ({"parameters": changed} if changed else {})


def parts_of(form: forms.Form, stored: Sequence[Mapping[str, Any]], *, more: bool) -> list[PartFields]:
    """Add the fields of every part to `form`: those that are filled in, and one that is not."""
    sent = form.data if form.is_bound else None
    count = len(stored) if sent is None else sum(f"part-{index}-name" in sent for index in range(MAX_PARTS))
    count = max(2, count + (sent is None or more))
    return [_part(form, index, stored, sent) for index in range(min(count, MAX_PARTS))]


def _part(
    form: forms.Form, index: int, stored: Sequence[Mapping[str, Any]], sent: Mapping[str, Any] | None
) -> PartFields:
    before = dict(stored[index]) if index < len(stored) else {}
    name = before.get("name", "") if sent is None else sent.get(f"part-{index}-name", "")
    name = name if name in dict(part_choices()) else ""
    part = PartFields(form, index, name)
    _common_fields(part, before)
    if sent is not None and sent.get(part.key("shown"), "") != name:
        weights = {part.key(name): 1 for name in ("weight", "at_least")}
        form.data = {**weights, **dict(form.data.items()), **_defaults(part)}
    known = before.get("parameters") or {} if before.get("name") == name else {}
    for item in part.described():
        field = field_for(item, required=False, initial=known.get(item.name, item.default))
        form.fields[part.key(f"set-{item.name}")] = field
    return part


def _defaults(part: PartFields) -> dict[str, Any]:
    """The settings that the scorer begins with, as if they had been sent."""
    fields = {part.key(f"set-{item.name}"): (field_for(item), item.default) for item in part.described()}
    return {key: field.prepare_value(default) for key, (field, default) in fields.items()}


def part_choices() -> list[tuple[str, str]]:
    """Every way of scoring that can be a part of several."""
    rules = [(name, label) for name, label in scorer_choices() if name != "composite" and not is_judged(name)]
    return [("", _("None")), *rules]


def _common_fields(part: PartFields, before: Mapping[str, Any]) -> None:
    fields = {
        "name": forms.ChoiceField(label=_("Way of scoring"), choices=part_choices(), required=False),
        "shown": forms.CharField(required=False, widget=forms.HiddenInput),
        "weight": forms.FloatField(
            label=_("Weight"),
            required=False,
            min_value=0,
            help_text=_("Twice the weight counts twice as much."),
        ),
        "must_pass": forms.BooleanField(
            label=_("Must be met"), required=False, help_text=_("If it is not, the whole answer gets 0.")
        ),
        "at_least": forms.FloatField(
            label=_("Met from"), required=False, min_value=0, max_value=1, help_text=_("A mark from 0 to 1.")
        ),
    }
    for key, field in fields.items():
        field.initial = before.get(key, {"weight": 1, "at_least": 1, "shown": part.scorer}.get(key))
        part.form.fields[part.key(key)] = field
