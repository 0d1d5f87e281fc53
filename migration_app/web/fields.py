"""The kinds of fields that forms are made of, each with the limits and the widget it always has."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from migration_app.steering import unsteered


class TextField(forms.CharField):
    """Text up to a limit that the browser is not told of.

    With `maxlength` a browser cuts off the end of what is pasted and says nothing. Without it the form
    comes back with all that was typed, and a sentence about how much of it is too much.
    On one line it is a name, which stands beside figures and may not turn them around.
    """

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        is_name = self.strip and isinstance(self.widget, forms.TextInput)
        return unsteered(text).strip() if is_name else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


def whole(label: Any, least: int, most: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, **options)


def amount(label: Any, most: Decimal | int, *, places: int = 2, **options: Any) -> forms.DecimalField:
    """Money, or a share: never negative, typed with a point in every language, as browsers send numbers."""
    return forms.DecimalField(
        label=label, max_value=most, max_digits=16, decimal_places=places, localize=False,
        **{"min_value": 0, **options},
    )  # fmt: skip


def points(label: Any, **options: Any) -> forms.DecimalField:
    """Percentage points that quality may drop by: 5 is 5 of 100."""
    return amount(label, 50, min_value=Decimal("0.1"), **options)


def seconds(label: Any, **options: Any) -> forms.FloatField:
    """A limit on time, from a thousandth of a second to an hour; left empty, there is none."""
    return forms.FloatField(label=label, required=False, min_value=0.001, max_value=3600, **options)


def day(label: Any, **options: Any) -> forms.DateField:
    """A day, as browsers show and send it."""
    return forms.DateField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options
    )


def currency_code(label: Any, initial: str) -> forms.CharField:
    """Three letters, such as USD."""
    return forms.CharField(label=label, min_length=3, max_length=3, initial=initial)


def technical(label: Any, longest: int, **options: Any) -> TextField:
    """What a machine reads: nothing is spelt for the person, nor filled in."""
    plain = forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"})
    return TextField(label=label, max_length=longest, **{"widget": plain, **options})


def stated(label: Any, words: Mapping[str, Any], unknown: Any, **options: Any) -> forms.ChoiceField:
    """One of a few statements, or `unknown`: what an empty choice means."""
    return forms.ChoiceField(label=label, choices=[("", unknown), *words.items()], required=False, **options)


def accepted(label: Any, words: Mapping[str, Any]) -> forms.MultipleChoiceField:
    """All that are accepted of a few statements; none ticked asks for nothing."""
    return forms.MultipleChoiceField(
        label=label, choices=list(words.items()), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("Leave all unticked if it does not matter."),
    )  # fmt: skip
