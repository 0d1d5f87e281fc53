"""The settings of a log's requests: counted, shown, and offered to assessments as their own.

As JSON on a profile: {"temperature": {"value": 0.2, "count": 900, "of": 950, "different": 3}, …}.
`value` is what most requests that say it were sent with, `count` of the `of` that do.
An assessment sends every model the same settings, so what is offered is one value for all samples.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: dict[str, str | Promise] = {
    "max_output_tokens": _("Longest answer (tokens)"),
    "temperature": _("Temperature"),
    "top_p": _("Top p"),
    "top_k": _("Top k"),
    "seed": _("Seed"),
    "stop": _("Stops at"),
    "frequency_penalty": _("Frequency penalty"),
    "presence_penalty": _("Presence penalty"),
    "reasoning_effort": _("Reasoning effort"),
}
SENT = ("max_output_tokens", "temperature", "top_p", "stop")  # what an assessment can send to every vendor
_MOST = 100  # different values that are told apart; a seed may differ in each request
_USUAL = 0.5  # of all samples that must agree for a value to be offered


class SettingsCensus:
    """Counts the settings of samples as they pass."""

    def __init__(self) -> None:
        self._values: dict[str, Counter[bytes]] = {}
        self._said: Counter[str] = Counter()

    def add(self, settings: Mapping[str, Any]) -> None:
        for name, value in settings.items():
            values = self._values.setdefault(name, Counter())
            written = orjson.dumps(value)
            self._said[name] += 1
            if written in values or len(values) < _MOST:
                values[written] += 1

    def as_json(self) -> dict[str, Any]:
        return {name: self._one(name) for name in LABELS if name in self._values}

    def _one(self, name: str) -> dict[str, Any]:
        values = self._values[name]
        written, times = values.most_common(1)[0]
        return {
            "value": orjson.loads(written),
            "count": times,
            "of": self._said[name],
            "different": len(values),
        }


def usual(profile: Mapping[str, Any], samples: int) -> dict[str, Any]:
    """The settings to offer an assessment: those that more than half of all samples were sent with."""
    known = profile.get("settings") or {}
    return {
        name: known[name]["value"]
        for name in SENT
        if name in known and known[name]["count"] > _USUAL * samples
    }


class Shown(NamedTuple):
    label: str | Promise
    value: str
    times: int
    different: int


def shown(profile: Mapping[str, Any]) -> Iterator[Shown]:
    """Rows for a page."""
    for name, found in (profile.get("settings") or {}).items():
        if name in LABELS:
            yield Shown(LABELS[name], written(found["value"]), found["count"], found["different"])


def written(value: Any) -> str:
    """A setting's value as a page shows it."""
    if isinstance(value, list):
        return ", ".join(f"“{one}”".replace("\n", "\\n") for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
