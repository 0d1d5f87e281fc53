"""How the test was made, and what it found of each claim."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..option import Json
from .sheet import Row, Sheet, dated, table


def test(report: Json) -> Sheet:
    headings = {
        "label": _("Option"),
        "verdict": _("Verdict"),
        "change": _("Change"),
        "range": _("95% range"),
        "n": _("Samples"),
        "clusters": _("Clusters"),
        "p_value": "p",
        "p_adjusted": _("p, Holm"),
    }
    return table(_("Test"), report["method"]["results"], headings)


def categories(report: Json) -> Sheet:
    """Each claim on a category, with what a statistician needs to adjust it again."""
    headings = {
        "label": _("Option"),
        "category": _("Category"),
        "change": _("Change"),
        "range": _("95% range"),
        "n": _("Samples"),
        "p": "p",
    }
    return table(_("Test by category"), report["method"].get("categories") or (), headings)


_CLAIMS = (
    "label", "scope", "method", "n", "clusters", "labels", "better", "same", "worse", "difference", "low",
    "high", "margin", "today", "hidden", "silent", "p_margin", "p_half", "p_worst", "p_heard",
    "p_noninferior", "p_inferior",
)  # fmt: skip


def claims(report: Json) -> Sheet:
    """Each claim unrounded, its headings the names of the JSON export; of a report of before, nothing."""
    found = (report["method"].get("redo") or {}).get("claims", ())
    return table(_("Claims, unrounded"), found, {name: name for name in _CLAIMS})


def looks(report: Json) -> Sheet:
    """The looks before the end; nothing without any."""
    headings = {
        "look": _("Look"),
        "samples": _("Samples"),
        "share": _("Share"),
        "level": _("Stops at p"),
        "settled": _("Result"),
    }
    return table(_("Looks"), (report["method"].get("looks") or {}).get("rows", ()), headings)


def scored(report: Json) -> Sheet:
    headings = {
        "label": _("Option"),
        "scored": _("Scored"),
        "failed": _("Failed"),
        "unscored": _("Unscored"),
        "unanswered": _("Not asked to the end"),
        "refused": _("Refused"),
        "retries": _("Repeated calls"),
    }
    return table(_("Scored"), report["method"]["exclusions"], headings)


def timeline(report: Json) -> Sheet:
    """Today's model in earlier runs; nothing without any."""
    headings = {
        "day": _("Day"),
        "run": _("Run"),
        "quality": _("Quality"),
        "range": _("95% range"),
        "samples": _("Samples"),
        "change": _("Change to this run"),
        "change_range": _("Change, 95% range"),
        "shared": _("Samples of both"),
    }
    rows = (report.get("timeline") or {}).get("rows", ())
    return table(_("Today's model over time"), dated(rows, "day"), headings)


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
    redone = (found.get("redo") or {}).get("steps", ())
    rows += [(_("Do it again"), one["name"], one["text"]) for one in redone]
    rows += [(_("Formulas"), one["name"], one["text"]) for one in found["formulas"]]
    rows += [(_("Versions"), one["term"], one["value"]) for one in found["environment"]]
    return Sheet(_("Method"), (_("Part"), _("What"), _("Value")), tuple(rows))
