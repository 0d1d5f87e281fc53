"""The wizard's form on models: today's, and those that could replace it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.models import Candidate

from .fields import TextField


class OptionsForm(forms.Form):
    """Today's model by radio, the others by box; drawn by hand in the template."""

    name = TextField(label=_("Name of the assessment"), max_length=200)
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
