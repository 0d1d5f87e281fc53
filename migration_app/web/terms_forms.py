"""Forms about data terms and the team's policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.terms.vocabulary import LICENCES, MOST_DAYS, PLACES, TRAINING
from migration_app.evaluation.stated_rules import asks

NOT_KNOWN = ("", _("Not known"))


class TermsForm(forms.Form):
    """What happens to the requests behind a connection, as somebody read it."""

    place = forms.ChoiceField(
        label=_("Where requests are processed"),
        choices=[NOT_KNOWN, *PLACES.items()],
        required=False,
        help_text=_("As your contract says. The region in an address is no promise by itself."),
    )
    retention_days = forms.IntegerField(
        label=_("Days that requests are kept"),
        min_value=0,
        max_value=MOST_DAYS,
        required=False,
        help_text=_("0 where nothing is kept. Left empty: not known."),
    )
    training = forms.ChoiceField(
        label=_("Use for training"), choices=[NOT_KNOWN, *TRAINING.items()], required=False
    )
    source = forms.CharField(
        label=_("Where this is written"),
        max_length=300,
        required=False,
        help_text=_("Such as the contract and its section, or the vendor's page."),
    )
    as_of = forms.DateField(
        label=_("As of"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), required=False
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate


def policy_fields() -> dict[str, forms.Field]:
    """What a rule on data or licences may ask for: the same in the policy and in the wizard."""
    boxes = forms.CheckboxSelectMultiple
    return {
        "places": forms.MultipleChoiceField(
            label=_("Requests may be processed in"),
            choices=list(PLACES.items()),
            widget=boxes,
            required=False,
            help_text=_("Tick none where it does not matter."),
        ),
        "max_retention_days": forms.IntegerField(
            label=_("Requests may be kept for at most (days)"),
            min_value=0,
            max_value=MOST_DAYS,
            required=False,
            help_text=_("0: they must not be kept at all."),
        ),
        "no_training": forms.BooleanField(
            label=_("Nobody may train models with our data"), required=False
        ),
        "licences": forms.MultipleChoiceField(
            label=_("Licences that we accept"),
            choices=list(LICENCES.items()),
            widget=boxes,
            required=False,
            help_text=_("Tick none where it does not matter."),
        ),
    }


POLICY = ("places", "max_retention_days", "no_training", "licences")


class PolicyForm(forms.Form):
    """What the team accepts, whatever the assessment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= policy_fields()


def asked(values: dict[str, Any]) -> dict[str, Any]:
    """The rules that a form's values ask for; what asks for nothing is left out."""
    return {name: values[name] for name in POLICY if asks(values[name])}
