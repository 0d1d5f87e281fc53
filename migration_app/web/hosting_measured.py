"""What a server of the team's really bore: goodput of runs under an open load, offered to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from migration_app.accounts.models import Team
from migration_app.comparisons.models import Comparison
from migration_app.providers.vendors import vendor_named
from migration_app.reports import formatting
from migration_app.runs.models import Load, RunCandidate

_LOOKED_AT = 20  # comparisons, the newest first


@dataclass(frozen=True, slots=True)
class Measured:
    """Requests a second within the limits, of `offered` sent; low, high: from the share's interval."""

    key: str
    label: str
    assessment: str
    run: UUID
    on: date
    rate: float
    low: float
    high: float
    offered: float

    @property
    def source(self) -> str:
        text = _("Test under load “{name}” of {day}: {offered} requests a second sent to {label}")
        return text.format(
            name=self.assessment, day=formatting.day(self.on), label=self.label,
            offered=formatting.number(self.offered, 2),
        )[:300]  # fmt: skip

    def fields(self) -> dict[str, Any]:
        """The plan's columns."""
        return {
            "measured_rate": self.rate,
            "measured_low": self.low,
            "measured_high": self.high,
            "measured_source": self.source,
            "measured_on": self.on,
        }


def measured_in_runs(team: Team) -> Sequence[Measured]:
    """Own servers under an open load with a limit on time, the newest test first.

    What was offered bounds what can be measured: a server that met every limit may bear more.
    """
    rows = Comparison.objects.filter(run__team=team).exclude(run__assessment__load=Load.CLOSED)
    found = []
    for comparison in rows.select_related("run__assessment").order_by("-created_at")[:_LOOKED_AT]:
        own = _own_servers(comparison)
        found += [
            measured
            for option in comparison.data["options"]
            if option["id"] in own and (measured := _measured(comparison, option)) is not None
        ]
    return found


def _own_servers(comparison: Comparison) -> set[int]:
    entries = RunCandidate.objects.filter(run=comparison.run).select_related("connection")
    return {entry.pk for entry in entries if vendor_named(entry.connection.vendor).own_server}


def _measured(comparison: Comparison, option: dict[str, Any]) -> Measured | None:
    goodput = option["metrics"].get("goodput") or {}
    rate, offered = goodput.get("per_second"), goodput.get("offered_per_second")
    interval = (goodput.get("share") or {}).get("interval") or {}
    if not rate or not offered:
        return None
    run = comparison.run
    low, high = interval.get("low"), interval.get("high")
    return Measured(
        key=str(option["id"]),
        label=option["label"],
        assessment=run.assessment.name,
        run=run.pk,
        on=run.started_at.date(),
        rate=rate,
        low=max(1e-9, offered * low) if low else rate,
        high=offered * high if high else rate,
        offered=offered,
    )
