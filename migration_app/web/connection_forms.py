"""Forms about connections and models."""

from __future__ import annotations

from typing import Any

from django import forms

from migration_app.candidates.actions import MOST_CONCURRENCY, MOST_PER_MINUTE


class KeyField(forms.CharField):
    """A vendor's key. It goes in and never comes out: a form with errors asks for it again."""

    def __init__(self, **options: Any) -> None:
        widget = forms.PasswordInput(
            render_value=False, attrs={"autocomplete": "new-password", "spellcheck": "false"}
        )
        super().__init__(label="API key", required=False, widget=widget, max_length=4_000, **options)


class ConnectionForm(forms.Form):
    name = forms.CharField(
        max_length=120, help_text="What your team calls it, for example “OpenAI, EU project”."
    )
    base_url = forms.CharField(
        label="Base URL",
        max_length=500,
        widget=forms.URLInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text="The address before /chat/completions, usually ending in /v1.",
    )
    max_concurrency = forms.IntegerField(
        label="Requests at a time",
        min_value=1,
        max_value=MOST_CONCURRENCY,
        initial=8,
        help_text="How many requests the vendor may have at once. Lower it if you share a rate limit.",
    )
    requests_per_minute = forms.IntegerField(
        label="Requests a minute",
        min_value=1,
        max_value=MOST_PER_MINUTE,
        required=False,
        help_text="The limit of this key, if it has one. All runs together stay within it.",
    )
    tokens_per_minute = forms.IntegerField(
        label="Tokens a minute",
        min_value=1,
        max_value=MOST_PER_MINUTE,
        required=False,
        help_text="Input and output together. Leave it empty where there is no limit.",
    )
    machine = forms.CharField(
        label="Shares a machine with",
        max_length=120,
        required=False,
        help_text="For your own servers: give connections on one machine the same name here, such as "
        "“gpu-1”. They then take turns, one request at a time, and do not slow each other down.",
    )


class NewConnectionForm(ConnectionForm):
    api_key = KeyField(help_text="Stored encrypted. Nobody can read it back, you can only replace it.")
    field_order = (
        "name",
        "base_url",
        "api_key",
        "max_concurrency",
        "requests_per_minute",
        "tokens_per_minute",
        "machine",
    )


class KeyForm(forms.Form):
    api_key = KeyField(help_text="Leave it empty to remove the present key.")


class CandidateForm(forms.Form):
    model = forms.CharField(
        max_length=200,
        widget=forms.TextInput(attrs={"list": "listed-models", "spellcheck": "false", "autocomplete": "off"}),
        help_text="Exactly as the vendor writes it.",
    )
    label = forms.CharField(
        label="Name in reports",
        max_length=120,
        required=False,
        help_text="What readers of the report will see. Left empty, the model's own name is used.",
    )
    is_incumbent = forms.BooleanField(
        label="This model serves the workload today",
        required=False,
        help_text="New assessments compare the others with it.",
    )
    notes = forms.CharField(max_length=500, required=False)
