"""Today's model over time: what it scored in every finished run of the same requests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import formatting as show
from . import words
from .facts import Facts
from .option import Json

HASH_SHOWN = 8


def build(facts: Facts) -> dict[str, Any] | None:
    """`None` without an earlier run. `axis` and each row's `place` are for the drawing alone."""
    runs = facts.steadiness.get("timeline") or []
    if len(runs) < 2:
        return None
    return {
        "headline": _headline(facts, runs),
        "text": _(
            "The same requests, asked with the same settings and scored by the same rules. The change is "
            "this run less that one, on the requests that both scored. Each range is a 95% range of its "
            "own: among twenty, one looks like a change by chance."
        ),
        "axis": _axis(runs),
        "rows": [_row(one) for one in runs],
    }


def _headline(facts: Facts, runs: list[Json]) -> str:
    changed = sum(1 for one in runs if one["changed"])
    label, earlier = facts.baseline.label, len(runs) - 1
    if not changed:
        text = ngettext(
            "{baseline} scores as it did in {n} earlier run",
            "{baseline} scores as it did in {n} earlier runs",
            earlier,
        )
        return text.format(baseline=label, n=show.count(earlier))
    text = ngettext(
        "{baseline} differs from {changed} of {n} earlier run by more than chance",
        "{baseline} differs from {changed} of {n} earlier runs by more than chance",
        earlier,
    )
    return text.format(baseline=label, changed=show.count(changed), n=show.count(earlier))


def _axis(runs: list[Json]) -> list[float]:
    """From the lowest to the highest end of any range, with a little room."""
    ends = [end for one in runs for end in (one["mean"], *show.bounds(one["interval"])) if end is not None]
    if not ends:
        return [0.0, 1.0]
    room = max(0.01, 0.05 * (max(ends) - min(ends)))
    return [max(0.0, min(ends) - room), min(1.0, max(ends) + room)]


def _row(one: Json) -> dict[str, Any]:
    finding = one["finding"]
    low, high = show.bounds(one["interval"])
    return {
        # By its number and no other test's name: a shared report is read by people who may not know that.
        "run": _("Run {run}").format(run=one["run"][:HASH_SHOWN].upper()),
        "day": show.day(one["at"]),
        "iso_day": str(one["at"] or "")[:10],
        "quality": show.percent(one["mean"]),
        "range": show.range_text(one["interval"], show.percent),
        "place": [one["mean"], low, high],
        "samples": show.count(one["scored"]),
        "change": words.points(finding["difference"]) if finding else "",
        "change_range": words.change_range(finding) if finding else "",
        "shared": show.count(finding["n"]) if finding else "",
        "changed": one["changed"],
    }
