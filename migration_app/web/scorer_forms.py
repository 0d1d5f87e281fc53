"""A scorer's settings as a form: one field for each parameter, by its kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from migration_app.evaluation.scorers import SCORERS, Parameter, is_judged, parameters_of
from migration_app.evaluation.scorers.composite import MAX_PARTS
from migration_app.evaluation.scorers.registry import MAX_PROSE_CHARS
from migration_app.said import said
from migration_app.workloads.json_values import fault_of_json

from .fields import TextField
from .scorer_choices import scorer_choices
from .scorer_words import LABELS, choices_of

_LONGEST = 20_000  # characters of a setting
_TRIED = 20_000  # characters of an answer that is tried out


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


class ScorerForm(forms.Form):
    """The settings of one scorer. `initial` is what is stored: {parameter: value}."""

    def __init__(self, scorer: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scorer = scorer
        self.described = parameters_of(SCORERS[scorer])
        for item in self.described:
            if item.kind == "parts":
                self._add_parts(self.initial.get(item.name) or ())
            else:
                self.fields[item.name] = _FIELDS[item.kind](item)

    def parameters(self) -> dict[str, Any]:
        """What was entered, without what equals the scorer's defaults."""
        values = {item.name: self._value(item) for item in self.described}
        return {item.name: values[item.name] for item in self.described if values[item.name] != item.default}

    def _value(self, item: Parameter) -> Any:
        if item.kind == "parts":
            return [part for index in range(MAX_PARTS) if (part := self._part(index))]
        value = self.cleaned_data[item.name]
        empty = value is None or (item.kind == "prose" and not value.strip())
        return item.default if empty and item.default is not None else value

    # A composite's parts, a row each

    def _add_parts(self, stored: Any) -> None:
        choices = [
            ("", _("None")),
            *(
                choice
                for choice in scorer_choices()
                if not (choice[0] == "composite" or is_judged(choice[0]))
            ),
        ]
        for index in range(MAX_PARTS):
            part = dict(stored[index]) if index < len(stored) else {}
            fields = {
                "name": forms.ChoiceField(label=_("Way of scoring"), choices=choices, required=False),
                "weight": forms.FloatField(label=_("Weight"), required=False, min_value=0),
                "must_pass": forms.BooleanField(label=_("Must be met"), required=False),
                "at_least": forms.FloatField(label=_("Met from"), required=False, min_value=0, max_value=1),
                "parameters": JsonObjectField(
                    label=_("Its settings, as JSON"), required=False, max_length=_LONGEST
                ),
            }
            fields["parameters"].widget = forms.Textarea(
                attrs={"rows": 2, "spellcheck": "false", "class": "mono"}
            )
            for key, field in fields.items():
                field.initial = part.get(key, {"weight": 1, "at_least": 1}.get(key))
                self.fields[f"part-{index}-{key}"] = field

    def _part(self, index: int) -> dict[str, Any] | None:
        get = lambda key: self.cleaned_data[f"part-{index}-{key}"]  # noqa: E731
        if not get("name"):
            return None
        part: dict[str, Any] = {
            "name": get("name"),
            "weight": 1.0 if get("weight") is None else get("weight"),
        }
        if get("must_pass"):
            part |= {"must_pass": True, "at_least": 1.0 if get("at_least") is None else get("at_least")}
        return part | ({"parameters": get("parameters")} if get("parameters") else {})

    def part_rows(self) -> list[list[forms.BoundField]]:
        """The bound fields of each part, for the page; none where the scorer has no parts."""
        if "part-0-name" not in self.fields:
            return []
        keys = ("name", "weight", "must_pass", "at_least", "parameters")
        return [[self[f"part-{index}-{key}"] for key in keys] for index in range(MAX_PARTS)]

    def plain_fields(self) -> list[forms.BoundField]:
        return [field for field in self if not field.name.startswith("part-")]


class TryForm(forms.Form):
    """An answer to try a scorer on."""

    tried_answer = TextField(
        label=gettext_lazy("Answer"),
        required=False,
        max_length=_TRIED,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    tried_reference = TextField(
        label=gettext_lazy("Expected answer"),
        required=False,
        max_length=_TRIED,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tried_answer"].label = _("Answer")
        self.fields["tried_reference"].label = _("Expected answer")


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
