"""A scorer's settings as a form, and an answer to try them on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from migration_app.evaluation.scorers import SCORERS, parameters_of

from .fields import TextField
from .scorer_fields import field_for, value_of
from .scorer_parts import PartFields, parts_of

_TRIED = 20_000  # characters of an answer that is tried out


class ScorerForm(forms.Form):
    """The settings of one scorer. `initial` is what is stored: {parameter: value}.

    A combined scorer's parts have fields of their own (see `scorer_parts`), one part more than are
    filled in; `more` adds another.
    """

    def __init__(self, scorer: str, *args: Any, more: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scorer = scorer
        self.described = parameters_of(SCORERS[scorer])
        self.parts: list[PartFields] = []
        for item in self.described:
            if item.kind == "parts":
                self.parts = parts_of(self, self.initial.get(item.name) or (), more=more)
            else:
                self.fields[item.name] = field_for(item)

    def parameters(self) -> dict[str, Any]:
        """What was entered, without what equals the scorer's defaults."""
        values = {
            item.name: [part for fields in self.parts if (part := fields.settings())]
            if item.kind == "parts"
            else value_of(item, self.cleaned_data[item.name])
            for item in self.described
        }
        return {item.name: values[item.name] for item in self.described if values[item.name] != item.default}

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
