"""How the test was made, and what it found of each claim."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..option import Json
from .sheet import Row, Sheet, picked

_TEST = ("label", "verdict", "change", "range", "n", "clusters", "p_value", "p_adjusted")
_SCORED = ("label", "scored", "failed", "unscored", "unanswered", "refused", "retries")
_CATEGORIES = ("label", "category", "change", "range", "n", "p")
_LOOKS = ("look", "samples", "share", "level", "settled")
_TIMELINE = ("day", "run", "quality", "range", "samples", "change", "change_range", "shared")


def test(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Verdict"),
        _("Change"),
        _("95% range"),
        _("Samples"),
        _("Clusters"),
        "p",
        _("p, Holm"),
    )
    return Sheet(_("Test"), columns, picked(report["method"]["results"], _TEST))


def categories(report: Json) -> Sheet:
    """Each claim on a category, with what a statistician needs to adjust it again."""
    columns = (_("Option"), _("Category"), _("Change"), _("95% range"), _("Samples"), "p")
    rows = picked(report["method"].get("categories") or (), _CATEGORIES)
    return Sheet(_("Test by category"), columns, rows)


def looks(report: Json) -> Sheet:
    """The looks before the end; nothing without any."""
    columns = (_("Look"), _("Samples"), _("Share"), _("Stops at p"), _("Result"))
    return Sheet(_("Looks"), columns, picked((report["method"].get("looks") or {}).get("rows", ()), _LOOKS))


def scored(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Scored"),
        _("Failed"),
        _("Unscored"),
        _("Not asked to the end"),
        _("Refused"),
        _("Repeated calls"),
    )
    return Sheet(_("Scored"), columns, picked(report["method"]["exclusions"], _SCORED))


def timeline(report: Json) -> Sheet:
    """Today's model in earlier runs; nothing without any."""
    columns = (
        _("Day"),
        _("Run"),
        _("Quality"),
        _("95% range"),
        _("Samples"),
        _("Change to this run"),
        _("Change, 95% range"),
        _("Samples of both"),
    )
    return Sheet(
        _("Today's model over time"),
        columns,
        picked((report.get("timeline") or {}).get("rows", ()), _TIMELINE),
    )


def method(report: Json) -> Sheet:
    found = report["method"]
    rows: list[Row] = [
        (section["title"], fact["term"], fact["value"])
        for section in found["sections"]
        for fact in section["facts"]
    ]
    rows += [
        (_("Scoring"), one["category"], f"{one['scorer']} ({one['parameters']})") for one in found["scoring"]
    ]
    rows += [(_("Formulas"), one["name"], one["text"]) for one in found["formulas"]]
    rows += [(_("Versions"), one["term"], one["value"]) for one in found["environment"]]
    return Sheet(_("Method"), (_("Part"), _("What"), _("Value")), tuple(rows))
