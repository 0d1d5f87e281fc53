"""Forms about data terms and the team's policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.terms.vocabulary import LICENCES, MOST_DAYS, PLACES, TRAINING
from migration_app.evaluation.stated_rules import asks

from .fields import TextField, accepted, day, stated, whole

NOT_KNOWN = _("Not known")


class TermsForm(forms.Form):
    """What happens to the requests behind a connection, as somebody read it."""

    place = stated(
        _("Where requests are processed"), PLACES, NOT_KNOWN,
        help_text=_("As your contract says. The region in an address is no promise by itself."),
    )  # fmt: skip
    retention_days = whole(
        _("Days that requests are kept"), 0, MOST_DAYS, required=False,
        help_text=_("0 where nothing is kept. Left empty: not known."),
    )  # fmt: skip
    training = stated(_("Use for training"), TRAINING, NOT_KNOWN)
    source = TextField(
        label=_("Where this is written"), max_length=300, required=False,
        help_text=_("Such as the contract and its section, or the vendor's page."),
    )  # fmt: skip
    as_of = day(_("As of"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["as_of"].initial = timezone.localdate


def policy_fields() -> dict[str, forms.Field]:
    """What a rule on data or licences may ask for: the same in the policy and in the wizard."""
    return {
        "places": accepted(_("Requests may be processed in"), PLACES),
        "max_retention_days": whole(
            _("Requests may be kept for at most (days)"), 0, MOST_DAYS, required=False,
            help_text=_("0 where they must not be kept at all. Left empty: it does not matter."),
        ),
        "no_training": forms.BooleanField(
            label=_("Nobody may train models with our data"), required=False
        ),
        "licences": accepted(_("Licences that we accept"), LICENCES),
    }  # fmt: skip


POLICY = ("places", "max_retention_days", "no_training", "licences")


class PolicyForm(forms.Form):
    """What the team accepts, whatever the assessment."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields |= policy_fields()


def asked(values: dict[str, Any]) -> dict[str, Any]:
    """The rules that a form's values ask for; what asks for nothing is left out."""
    return {name: values[name] for name in POLICY if asks(values[name])}
