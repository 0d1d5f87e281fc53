"""Forms of the workloads' pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from migration_app.evaluation.scorers import label_of
from migration_app.said import said
from migration_app.workloads.mapping import OPTIONS
from migration_app.workloads.models import Workload
from migration_app.workloads.profiles import category_label
from migration_app.workloads.readers import Reading
from migration_app.workloads.roles import ROLES
from migration_app.workloads.sources import COLUMNS, SOURCES

from .fields import TextField
from .scorer_choices import scorer_choices

_ACCEPTED = ".csv,.tsv,.txt,.jsonl,.ndjson,.json,.yaml,.yml,.xlsx,.parquet,.gz,.zip"


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; cleaned to a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in files or [None]]


class UploadForm(forms.Form):
    # An empty file is let through: the reader says it in a clearer sentence.
    file = FilesField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
        widget=FilesInput(attrs={"accept": _ACCEPTED}),
    )


class SourceForm(forms.Form):
    """What kind of file it is, where the person knows better. Checked by the action."""

    source = forms.CharField(label=_("It is"), widget=forms.Select(attrs={"form": "source-form"}))

    def __init__(self, reading: Reading) -> None:
        super().__init__(initial={"source": reading.source})
        kinds = [(key, source.label) for key, source in SOURCES.items() if key != COLUMNS]
        self.fields["source"].widget.choices = [
            (COLUMNS, SOURCES[COLUMNS].label),
            *sorted(kinds, key=lambda kind: str(kind[1]).casefold()),
        ]


class ColumnsForm(forms.Form):
    """One select per role. Which columns exist is checked by the action, which names them."""

    name = TextField(
        label=_("Name of the workload"),
        max_length=200,
        required=False,
        help_text=_("The same name as before makes a new version of it."),
        widget=forms.TextInput(attrs={"list": "workload-names", "autocomplete": "off"}),
    )
    last_turn = forms.CharField(
        label=_("An answer at the end of a conversation is"),
        required=False,
        widget=forms.Select(
            choices=[
                ("reference", _("the expected answer")),
                ("logged", _("the answer given by today's model")),
            ]
        ),
        help_text=_("It is never sent to a model."),
    )
    unit = forms.CharField(
        label=_("Times to answer are in"),
        required=False,
        widget=forms.Select(choices=[("s", _("seconds")), ("ms", _("milliseconds"))]),
    )

    def __init__(self, reading: Reading, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        columns = [("", gettext("None")), *((column, column) for column in reading.columns)]
        for role in ROLES:
            self.fields[role.key] = forms.CharField(
                label=str(role.label),
                help_text=str(role.help),
                required=False,
                strip=False,
                widget=forms.Select(choices=columns),
            )
        if reading.format == "csv" and not self.initial.get("messages"):
            del self.fields["last_turn"]

    def main_roles(self) -> list[forms.BoundField]:
        return [self[key] for key in ("prompt", "messages", "system", "reference", "category")]

    def other_roles(self) -> list[forms.BoundField]:
        shown = {"prompt", "messages", "system", "reference", "category"}
        others = [self[role.key] for role in ROLES if role.key not in shown]
        return others + [self[key] for key in ("last_turn", "unit") if key in self.fields]

    def others_chosen(self) -> bool:
        """Whether the folded part holds a choice, so that it opens by itself."""
        return any(field.value() for field in self.other_roles() if field.name not in OPTIONS)

    def mapping(self) -> dict[str, str]:
        return {key: value for key, value in self.cleaned_data.items() if key != "name"}


class ScoringForm(forms.Form):
    """One select per category, and one for all others."""

    def __init__(self, workload: Workload, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.workload = workload
        self.categories = [name for name in workload.profile.get("categories", {}) if name]
        stored = workload.scoring.get("by_category", {})
        self._default = default = workload.scoring.get("default", {})
        for key, name in self._keys():
            self.fields[key] = _scorer_field(category_label(name), stored.get(name, default).get("name"))
        self.fields["default"] = _scorer_field(
            gettext("All others") if self.categories else gettext("All requests"), default.get("name")
        )

    def rows(self) -> list[dict[str, Any]]:
        """For the table: what is scored, how many, the select, and why this was suggested."""
        counts = self.workload.profile.get("categories", {})
        stored = self.workload.scoring.get("by_category", {})
        rows = [
            self._row(name, counts[name], key, stored.get(name, {}))
            | {"query": f"?{urlencode({'category': name})}"}
            for key, name in self._keys()
        ]
        if not self.categories:
            rows.append(
                self._row(gettext("All requests"), self.workload.sample_count, "default", self._default)
            )
        elif counts.get(""):
            rows.append(self._row(category_label(""), counts[""], "default", self._default))
        return rows

    def _row(self, label: str, count: int, key: str, stored: dict[str, Any]) -> dict[str, Any]:
        return {
            "label": label,
            "count": count,
            "field": self[key],
            "chosen": gettext(label_of(stored.get("name") or self._default.get("name"))),
            "reason": said(stored.get("reason", "")),
        }

    def choice(self) -> dict[str, Any]:
        """Keyword arguments of `choose_scoring`."""
        default = self.cleaned_data.get("default") or self.fields["default"].initial
        return {
            "default": default,
            "by_category": {
                name: self.cleaned_data[key] or self.fields[key].initial for key, name in self._keys()
            },
        }

    def _keys(self) -> list[tuple[str, str]]:
        return [(f"category-{position}", name) for position, name in enumerate(self.categories)]


def _scorer_field(label: str, chosen: str | None) -> forms.ChoiceField:
    attrs = {"aria-label": gettext("Score {label} by").format(label=label)}
    return forms.ChoiceField(
        label=label,
        choices=scorer_choices(),
        initial=chosen,
        required=False,
        widget=forms.Select(attrs=attrs),
    )
