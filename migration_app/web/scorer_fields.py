"""Form fields for the parameters of scorers, by their kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django import forms
from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import Parameter
from migration_app.evaluation.scorers.registry import MAX_PROSE_CHARS
from migration_app.said import said
from migration_app.workloads.json_values import fault_of_json

from .fields import TextField
from .scorer_words import LABELS, choices_of

_LONGEST = 20_000  # characters of a setting


class JsonObjectField(TextField):
    """A JSON object as text; left empty, the empty object."""

    widget = forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "class": "mono"})

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return json.dumps(value, indent=2, ensure_ascii=False) if value else ""
        return value

    def clean(self, value: Any) -> dict[str, Any]:
        text = super().clean(value)
        try:
            # The strict reader: NaN and halves of characters are no JSON, nor could they be stored.
            found = orjson.loads(text) if text.strip() else {}
        except ValueError as error:
            raise forms.ValidationError(
                _("This is not JSON. Write it like {example}.").format(example='{"price": "number"}')
            ) from error
        if not isinstance(found, dict):
            raise forms.ValidationError(_("This must be a JSON object, in { and }."))
        if fault := fault_of_json(found, text):
            raise forms.ValidationError(said(fault))
        return found


class LinesField(TextField):
    """Several texts, one on each line."""

    widget = forms.Textarea(attrs={"rows": 5})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


def field_for(item: Parameter, **more: Any) -> forms.Field:
    """The form field of a parameter. more: what it has otherwise than its kind."""
    field = _FIELDS[item.kind](item)
    for name, value in more.items():
        setattr(field, name, value)
    return field


def value_of(item: Parameter, entered: Any) -> Any:
    """What was entered for a parameter; its default where it was left empty."""
    empty = entered is None or entered == "" or (item.kind == "prose" and not entered.strip())
    return item.default if empty and item.default is not None else entered


def _common(item: Parameter) -> dict[str, Any]:
    return {
        "label": LABELS[item.name],
        "help_text": _(item.explanation),
        "required": False,
        "initial": item.default,
    }


_FIELDS: Mapping[str, Callable[[Parameter], forms.Field]] = {
    "boolean": lambda item: forms.BooleanField(**_common(item)),
    "number": lambda item: forms.FloatField(min_value=item.low, **_common(item)),
    "choice": lambda item: forms.ChoiceField(choices=choices_of(item), **_common(item) | {"required": True}),
    "mapping": lambda item: JsonObjectField(max_length=_LONGEST, **_common(item)),
    "text": lambda item: TextField(
        max_length=_LONGEST,
        strip=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "class": "mono"}),
        **_common(item),
    ),
    "prose": lambda item: TextField(
        max_length=MAX_PROSE_CHARS, widget=forms.Textarea(attrs={"rows": 8}), **_common(item)
    ),
    "lines": lambda item: LinesField(max_length=_LONGEST, **_common(item)),
}
