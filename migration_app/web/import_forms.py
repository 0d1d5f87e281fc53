"""The form before the samples are stored: what stays private, how many, for how much traffic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from migration_app.reports import formatting as show
from migration_app.workloads import sampling, traffic
from migration_app.workloads.models import Upload
from migration_app.workloads.profiles import category_label
from migration_app.workloads.redaction import BY_KEY, Kind, presidio

from .fields import TextField

_MOST_VOLUMES = 30  # categories that get a field of their own
_MOST_REQUESTS = 10**12


class KindRow(NamedTuple):
    kind: Kind
    found: Mapping[str, Any]
    field: forms.BoundField


class SizeRow(NamedTuple):
    value: int
    chosen: bool
    label: str
    says: str
    warns: str


class TrafficForm(forms.Form):
    """Requests a month, in all or by category, and the busiest minute. Empty is unknown.

    known: the profile so far. categories: of the samples; each gets a field where they are few.
    """

    requests_per_month = forms.IntegerField(
        label=_("Requests a month"), required=False, min_value=1, max_value=_MOST_REQUESTS
    )
    peak_per_minute = forms.IntegerField(
        label=_("Requests in the busiest minute"), required=False, min_value=1, max_value=10**9
    )

    def __init__(
        self, known: Mapping[str, Any], categories: Sequence[str], *args: Any, **kwargs: Any
    ) -> None:
        self.known = traffic.nothing_known() | dict(known)
        self.categories = list(categories) if 1 < len(categories) <= _MOST_VOLUMES else []
        first = {name: self.known[name] for name in ("requests_per_month", "peak_per_minute")}
        kwargs["initial"] = first | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        for position, name in enumerate(self.categories):
            self.fields[f"volume_{position}"] = forms.IntegerField(
                label=category_label(name),
                required=False,
                min_value=0,
                max_value=_MOST_REQUESTS,
                initial=self.known["by_category"].get(name),
            )

    def volumes(self) -> list[forms.BoundField]:
        return [self[f"volume_{position}"] for position in range(len(self.categories))]

    def profile(self) -> dict[str, Any]:
        """The profile that was known, or what a person put in its place."""
        data, known = self.cleaned_data, self.known
        volumes = {name: data[f"volume_{position}"] for position, name in enumerate(self.categories)}
        peak, total = data["peak_per_minute"], data["requests_per_month"]
        if any(known["by_category"].get(name) != count for name, count in volumes.items()):
            return traffic.typed(known, requests_per_month=None, by_category=volumes, peak_per_minute=peak)
        if (total, peak) != (known["requests_per_month"], known["peak_per_minute"]):
            return traffic.typed(known, requests_per_month=total, peak_per_minute=peak)
        return dict(known)


class RevealForm(forms.Form):
    placeholder = TextField(
        label=_("Placeholder"), max_length=40, widget=forms.TextInput(attrs={"placeholder": "<EMAIL_1>"})
    )


class ReviewForm(TrafficForm):
    allow = forms.CharField(
        label=_("Never mask these"),
        required=False,
        help_text=_(
            "One a line: a value, or a domain such as example.com for all its addresses. "
            "For what is public anyway, like your support address."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    size = forms.IntegerField(required=False, min_value=1)
    seed = forms.IntegerField(
        label=_("Seed of the draw"),
        min_value=0,
        max_value=2**53,
        help_text=_("The same file, size and seed give the same sample."),
    )

    def __init__(self, upload: Upload, *args: Any, **kwargs: Any) -> None:
        self.summary = upload.reading.get("summary", {})
        self.sizes: list[dict[str, Any]] = self.summary.get("sizes") or []
        advised = sampling.recommended(self.sizes) if self.sizes else None
        first = {"seed": sampling.SEED, "size": advised} | kwargs.pop("initial", {})
        categories = list(self.summary.get("profile", {}).get("categories", {}))
        super().__init__(self.summary.get("traffic") or {}, categories, *args, initial=first, **kwargs)
        for key in self.summary.get("privacy", {}):
            self.fields[f"mask_{key}"] = forms.BooleanField(required=False, initial=True)
        if presidio.is_ready():
            self.fields["names"] = forms.BooleanField(
                label=_("Also look for names and places with the language model on this server"),
                required=False,
                help_text=_("It reads English, some ten samples a second, and finds most names, not all."),
            )

    def names_missing(self) -> str:
        """What an unfinished installation of the language model lacks; "" where nobody began one."""
        return presidio.missing() if presidio.is_half_installed() else ""

    def kinds(self) -> list[KindRow]:
        found = self.summary.get("privacy", {})
        return [KindRow(BY_KEY[key], found[key], self[f"mask_{key}"]) for key in found]

    def size_rows(self) -> Iterator[SizeRow]:
        chosen = str(self["size"].value() or "")
        advised = sampling.recommended(self.sizes) if self.sizes else None
        for offer in self.sizes:
            yield SizeRow(
                offer["size"],
                str(offer["size"]) == chosen,
                self._label(offer["size"], advised),
                _detects(offer),
                _thin(offer),
            )

    def _label(self, size: int, advised: int | None) -> str:
        numbers = {"count": show.count(size)}
        if size == self.sizes[-1]["size"]:
            return ngettext("The only sample", "All %(count)s samples", size) % numbers
        if size == advised:
            return gettext("%(count)s samples (enough for most questions)") % numbers
        return gettext("%(count)s samples") % numbers

    def decision(self) -> dict[str, Any]:
        """Keyword arguments of `importing.decide`."""
        data = self.cleaned_data
        total = self.summary.get("samples", 0)
        return {
            "keep": [row.kind.key for row in self.kinds() if not data[f"mask_{row.kind.key}"]],
            "allow": data["allow"].splitlines(),
            "names": data.get("names", False),
            "size": data["size"] if data["size"] and data["size"] < total else None,
            "seed": data["seed"],
            "traffic": self.profile(),
        }


def _detects(offer: Mapping[str, Any]) -> str:
    drop = offer["drop"]
    if drop is None:
        return gettext("Too few to show any drop.")
    return gettext("Can show a drop of about %(points)s points.") % {"points": show.size_in_points(drop)}


def _thin(offer: Mapping[str, Any]) -> str:
    if not offer["thin"]:
        return ""
    return ngettext(
        "%(count)s category gets fewer than %(least)s, too few for a result of its own.",
        "%(count)s categories get fewer than %(least)s, too few for results of their own.",
        offer["thin"],
    ) % {"count": offer["thin"], "least": sampling.LEAST_IN_CATEGORY}
