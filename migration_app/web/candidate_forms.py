"""The form of a model behind a connection."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from migration_app.candidates.terms.vocabulary import LICENCES

from .fields import TextField, stated

# What a vendor knows a model by, where that is not simply its name.
MODEL_HELP = {
    "azure": _("The name of your deployment, which may differ from the model's."),
    "azure_foundry": _("The name of your deployment, which may differ from the model's."),
    "bedrock": _("A model's ID, or the ID or ARN of an inference profile."),
    "vertex": _("A Gemini model's name, or the full path of a publisher's model or an endpoint."),
    "vertex_anthropic": _("As Vertex AI writes it, such as claude-sonnet-4-5@20250929."),
    "vertex_openai": _("Publisher and model, such as meta/llama-3.3-70b-instruct-maas."),
}


class CandidateForm(forms.Form):
    def __init__(self, vendor: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["model"].help_text = MODEL_HELP.get(vendor, self.fields["model"].help_text)

    model = TextField(
        label=_("Model"),
        max_length=200,
        widget=forms.TextInput(attrs={"list": "listed-models", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Exactly as the vendor writes it."),
    )
    label = TextField(
        label=_("Name in reports"),
        max_length=120,
        required=False,
        help_text=_("What readers of the report will see. Left empty, the model's own name is used."),
    )
    is_incumbent = forms.BooleanField(
        label=_("This model serves the workload today"),
        required=False,
        help_text=_("New assessments compare the others with it."),
    )
    notes = TextField(label=_("Notes"), max_length=500, required=False)
    licence_kind = stated(
        _("Licence"), LICENCES, _("As the catalogue says, if it knows the model"),
        help_text=_("Under what terms you may use the model."),
    )  # fmt: skip
