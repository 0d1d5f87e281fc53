"""The settings of the rules' form: those that have fields, and those that a log's requests were sent with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext

from migration_app.runs.requests import DEFAULT_MAX_OUTPUT_TOKENS
from migration_app.workloads import log_settings
from migration_app.workloads.models import Workload

FIELDS = ("max_output_tokens", "temperature", "seed")
_LOGGED = ("max_output_tokens", "temperature")  # begin with what most of the log's requests had
_ALSO_LOGGED = ("top_p", "stop")  # sent as the log had them, or not at all


def usual_of(workload: Workload) -> dict[str, Any]:
    """What most requests of the workload's log were sent with."""
    return log_settings.usual(workload.profile, workload.sample_count)


def offer(fields: dict[str, forms.Field], workload: Workload) -> None:
    """Say where a setting comes from, and let a person leave out those that have no field of their own."""
    usual = usual_of(workload)
    for name in _LOGGED:
        if name in usual:
            fields[name].help_text = gettext(
                "The same for every model. Most requests of your log had {value}."
            ).format(value=log_settings.written(usual[name]))
    if also := _without_field(usual):
        said = ", ".join(
            f"{log_settings.LABELS[name]} {log_settings.written(value)}" for name, value in also.items()
        )
        fields["as_logged"] = forms.BooleanField(
            label=gettext("Also as in your log: {settings}").format(settings=said),
            required=False,
            help_text=gettext("Sent to every model alike; left out where you untick it."),
        )


def chosen(values: Mapping[str, Any], stored: Mapping[str, Any], workload: Workload) -> dict[str, Any]:
    """The settings to store: the fields, and what the log had where that is ticked."""
    settings = dict(stored) | {name: values[name] for name in FIELDS}
    if "as_logged" in values:
        also = _without_field(usual_of(workload))
        settings = {name: value for name, value in settings.items() if name not in also}
        settings |= also if values["as_logged"] else {}
    return settings


def initial(stored: Mapping[str, Any], workload: Workload) -> dict[str, Any]:
    """What the form begins with: the draft's own settings, or the log's while it has none."""
    settings = stored or usual_of(workload)
    return {
        "max_output_tokens": settings.get("max_output_tokens") or DEFAULT_MAX_OUTPUT_TOKENS,
        "temperature": settings.get("temperature"),
        "as_logged": any(settings.get(name) for name in _ALSO_LOGGED),
    }


def _without_field(usual: Mapping[str, Any]) -> dict[str, Any]:
    return {name: usual[name] for name in _ALSO_LOGGED if name in usual}
