"""The frozen report as plain tables, for spreadsheets and CSV: the same texts as on page and PDF.

Where the report keeps a raw number beside a text, a column of its own holds it, so that a reader
can go on calculating. Nothing is computed here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from .facts import Json

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A title, the columns' headings, and rows of as many cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def sheets(report: Json, *, sha256: str) -> list[Sheet]:
    """All tables of a report, the one that matters first."""
    found = [
        _summary(report, sha256),
        options(report),
        _categories(report),
        _speed(report),
        _costs(report),
        _batch(report),
        _terms(report),
        _risks(report),
        _test(report),
        _scored(report),
        _prices(report),
        _worst(report),
        _method(report),
    ]
    return [sheet for sheet in found if sheet.rows]


def options(report: Json) -> Sheet:
    """One row for each option, with every figure of the table on the page."""
    table = report["table"]
    columns = (
        _("Option"),
        _("Vendor"),
        _("Model"),
        _("Verdict"),
        _("Quality"),
        _("Quality, number"),
        _("Quality, lower bound"),
        _("Quality, upper bound"),
        _("Change in points"),
        _("Change, 95% range"),
        _("Typical time"),
        _("Slowest 5%"),
        _("First token"),
        table["cost_heading"],
        _("Cost, range"),
        _("Saving"),
        _("Failed"),
        _("Scored"),
        _("Unscored"),
        _("Why"),
    )
    return Sheet(_("Options"), columns, tuple(_option(row) for row in table["rows"]))


def _option(row: Json) -> tuple[Cell, ...]:
    interval = row["interval"]
    return (
        row["label"],
        row["host"],
        row["model"],
        row["verdict"]["label"],
        row["quality"],
        interval["mean"],
        interval["low"],
        interval["high"],
        row["change"],
        row["change_range"],
        row["typical"],
        row["slowest"],
        row["ttft"],
        row["cost"],
        row["cost_range"],
        row["saving"],
        row["failed"],
        row["scored"],
        row["unscored"],
        " ".join(row["reasons"]),
    )


def _summary(report: Json, sha256: str) -> Sheet:
    verdict, identity = report["verdict"], report["identity"]
    lead = "".join(part["text"] for part in verdict["lead"])
    rows: list[tuple[Cell, ...]] = [
        (_("Assessment"), report["title"]),
        (_("Verdict"), verdict["label"]),
        (_("In a sentence"), verdict["headline"]),
        (_("Why"), lead),
        (verdict["confidence"]["label"], verdict["confidence"]["reason"]),
    ]
    rows += [
        (report["conditions"]["title"], f"{one['title']}. {one['text']}")
        for one in report["conditions"]["items"]
    ]
    rows += [(one["label"], _figure(one)) for one in report["figures"]]
    rows += [(_("Note"), one["text"]) for one in report["statements"]]
    rows += [(one["term"], one["value"]) for one in report["question"]]
    rows += [(_("Run"), identity["run"]), (_("Report (SHA-256)"), sha256)]
    return Sheet(_("Summary"), (_("What"), _("Finding")), tuple(rows))


def _figure(figure: Json) -> str:
    parts = [figure["value"], figure["change"], figure["note"]]
    return "; ".join(str(part) for part in parts if part)


def _categories(report: Json) -> Sheet:
    heatmap = report["heatmap"] or {"categories": [], "rows": []}
    columns = (_("Option"), *(f"{one['name']} ({one['count']})" for one in heatmap["categories"]))
    rows = tuple((row["label"], *(cell["text"] for cell in row["cells"])) for row in heatmap["rows"])
    return Sheet(_("Change by category"), columns, rows)


def _speed(report: Json) -> Sheet:
    rows = report["speed"] or []
    labels = [cell["label"] for cell in rows[0]["cells"]] if rows else []
    columns = (
        _("Option"),
        _("Answers"),
        *(heading for label in labels for heading in (label, f"{label}, {_('95% range')}")),
        _("Tokens a second"),
    )
    return Sheet(
        _("Speed"),
        columns,
        tuple(
            (
                row["label"],
                row["n"],
                *(text for cell in row["cells"] for text in (cell["value"], cell["range"])),
                row["tokens_per_second"],
            )
            for row in rows
        ),
    )


def _costs(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Price"),
        _("Source"),
        _("Input tokens"),
        _("Output tokens"),
        _("Cost / 1,000"),
        _("Cost / 1,000, range"),
        _("Cost / month"),
        _("Cost / month, range"),
        _("Saving"),
        _("This test"),
    )
    return Sheet(_("Costs"), columns, tuple(_cost(row) for row in report["costs"] or []))


def _cost(row: Json) -> tuple[Cell, ...]:
    month: Any = row.get("per_month") or {}
    return (
        row["label"],
        row["price"],
        row["source"],
        row["input"],
        row["output"],
        row["per_1000"]["value"],
        row["per_1000"]["range"],
        month.get("value", ""),
        month.get("range", ""),
        row["saving"],
        row["spent"],
    )


def _batch(report: Json) -> Sheet:
    """What batch queues would cost; of a report of before they were told, nothing."""
    columns = (
        _("Option"),
        _("Price in the batch queue"),
        _("Cost / 1,000"),
        _("Cost / 1,000, range"),
        _("Cost / month"),
        _("Cost / month, range"),
        _("Saving against today"),
    )
    rows = (report.get("batch") or {}).get("rows", ())
    return Sheet(_("Batch queues"), columns, tuple(_queued(row) for row in rows))


def _queued(row: Json) -> tuple[Cell, ...]:
    month: Any = row["per_month"] or {}
    return (
        row["label"],
        row["price"],
        row["per_1000"]["value"],
        row["per_1000"]["range"],
        month.get("value", ""),
        month.get("range", ""),
        row["saving"],
    )


def _risks(report: Json) -> Sheet:
    rows = tuple((row["label"], row["title"], row["text"]) for row in report["risks"])
    return Sheet(_("Risks"), (_("Level"), _("Risk"), _("What was seen")), rows)


_TEST = ("label", "verdict", "change", "range", "n", "clusters", "p_value", "p_adjusted")
_SCORED = ("label", "scored", "failed", "unscored", "unanswered", "refused", "retries")
_PRICES = ("label", "model", "price", "source", "as_of", "exchange", "input", "output", "unpriced", "spent")
_TERMS = ("label", "place", "kept", "training", "licence", "source")
_WORST = (
    "label", "name", "category", "difference", "question", "reference",
    "baseline_score", "candidate_score", "baseline_text", "candidate_text", "explanation",
)  # fmt: skip


def _test(report: Json) -> Sheet:
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
    return Sheet(_("Test"), columns, _picked(report["method"]["results"], _TEST))


def _scored(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Scored"),
        _("Failed"),
        _("Unscored"),
        _("Not asked to the end"),
        _("Refused"),
        _("Repeated calls"),
    )
    return Sheet(_("Scored"), columns, _picked(report["method"]["exclusions"], _SCORED))


def _prices(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Model"),
        _("Price"),
        _("Source"),
        _("As of"),
        _("Exchange rate"),
        _("Input tokens"),
        _("Output tokens"),
        _("Calls without a price"),
        _("This test"),
    )
    return Sheet(_("Prices"), columns, _picked(report["method"]["prices"], _PRICES))


def _terms(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Processed in"),
        _("Kept"),
        _("Training"),
        _("Licence"),
        _("Source"),
    )
    return Sheet(_("Data and licences"), columns, _picked(report.get("terms") or (), _TERMS))


def _worst(report: Json) -> Sheet:
    columns = (
        _("Option"),
        _("Sample"),
        _("Category"),
        _("Difference"),
        _("Request"),
        _("Expected answer"),
        _("Today's score"),
        _("Candidate's score"),
        _("Today's answer"),
        _("Candidate's answer"),
        _("Why"),
    )
    return Sheet(_("Worst answers"), columns, _picked(report["worst"], _WORST))


def _method(report: Json) -> Sheet:
    method = report["method"]
    rows: list[tuple[Cell, ...]] = [
        (section["title"], fact["term"], fact["value"])
        for section in method["sections"]
        for fact in section["facts"]
    ]
    rows += [
        (_("Scoring"), one["category"], f"{one['scorer']} ({one['parameters']})") for one in method["scoring"]
    ]
    rows += [(_("Formulas"), one["name"], one["text"]) for one in method["formulas"]]
    rows += [(_("Versions"), one["term"], one["value"]) for one in method["environment"]]
    return Sheet(_("Method"), (_("Part"), _("What"), _("Value")), tuple(rows))


def _picked(rows: Sequence[Json], keys: Sequence[str]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(tuple(row.get(key) for key in keys) for row in rows)
