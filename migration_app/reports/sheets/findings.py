"""What was found, in words: the summary, categories, risks, and the answers that lost most."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..option import Json
from .sheet import Row, Sheet, day, table


def summary(report: Json, sha256: str) -> Sheet:
    verdict, identity = report["verdict"], report["identity"]
    rows: list[Row] = [
        (_("Assessment"), report["title"]),
        (_("Verdict"), verdict["label"]),
        (_("In a sentence"), verdict["headline"]),
        (_("Why"), "".join(part["text"] for part in verdict["lead"]).strip()),
        (verdict["confidence"]["label"], verdict["confidence"]["reason"]),
    ]
    rows += [
        (report["conditions"]["title"], _condition(one))
        for one in report["conditions"]["items"]
    ]
    rows += [(one["label"], _figure(one)) for one in report["figures"]]
    rows += [(_("Note"), one["text"]) for one in report["statements"]]
    rows += [(one["title"], one["text"]) for one in report.get("steadiness") or ()]
    rows += [(one["term"], one["value"]) for one in report["question"]]
    rows += [(_("Run"), identity["run"])]
    if finished := day(identity["iso_date"]):
        rows += [(_("Finished"), finished)]
    rows += [(_("Report (SHA-256)"), sha256)]
    return Sheet(_("Summary"), (_("What"), _("Finding")), tuple(rows))


def _condition(one: Json) -> str:
    text = f"{one['title']}. {one['text']}"
    return f"{text} ({one['by']})" if one.get("by") else text


def _figure(figure: Json) -> str:
    parts = [figure["value"], figure["change"], figure["note"]]
    return "; ".join(str(part) for part in parts if part)


def categories(report: Json) -> Sheet:
    """A row for each category, so that many of them stay readable; a column for each candidate."""
    heatmap = report["heatmap"] or {"categories": [], "rows": []}
    columns = (_("Category"), _("Samples"), *(row["label"] for row in heatmap["rows"]))
    rows = tuple(
        (category["name"], category["count"], *(row["cells"][place]["text"] for row in heatmap["rows"]))
        for place, category in enumerate(heatmap["categories"])
    )
    return Sheet(_("Change by category"), columns, rows)


def risks(report: Json) -> Sheet:
    rows = tuple((row["label"], row["title"], row["text"]) for row in report["risks"])
    return Sheet(_("Risks"), (_("Level"), _("Risk"), _("What was seen")), rows)


def worst(report: Json) -> Sheet:
    headings = {
        "label": _("Option"),
        "name": _("Sample"),
        "category": _("Category"),
        "difference": _("Difference"),
        "question": _("Request"),
        "reference": _("Expected answer"),
        "baseline_score": _("Today's score"),
        "candidate_score": _("Candidate's score"),
        "baseline_text": _("Today's answer"),
        "candidate_text": _("Candidate's answer"),
        "explanation": _("Why"),
    }
    return table(_("Worst answers"), report["worst"], headings)
