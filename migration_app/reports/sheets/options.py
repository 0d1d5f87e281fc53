"""The options side by side: in the words of the page, and as numbers to calculate with."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..option import Json
from .sheet import MONEY, POINTS, SAVED, SECONDS, SHARE, Row, Sheet, table

_NUMBERS = (
    ("quality", SHARE), ("quality_low", SHARE), ("quality_high", SHARE),
    ("change_points", POINTS), ("change_points_low", POINTS), ("change_points_high", POINTS),
    ("typical_seconds", SECONDS), ("slowest_5_percent_seconds", SECONDS), ("first_token_seconds", SECONDS),
    ("cost", MONEY), ("cost_low", MONEY), ("cost_high", MONEY), ("saving", MONEY), ("saved_share", SAVED),
    ("failed", SHARE),
)  # fmt: skip


def options(report: Json) -> Sheet:
    """One row for each option, with every figure of the table on the page."""
    table = report["table"]
    columns = (
        _("Option"),
        _("Vendor"),
        _("Model"),
        _("Verdict"),
        _("Quality"),
        _("Quality, 95% range"),
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


def _option(row: Json) -> Row:
    return (
        row["label"],
        row["host"],
        row["model"],
        row["verdict"]["label"],
        row["quality"],
        row["quality_range"],
        row["change"],
        row["change_range"] if row["change"] else "",
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


def numbers(report: Json) -> Sheet:
    """The same figures unrounded; empty where one is unknown. Of a report of before, nothing."""
    table = report["table"]
    rows = tuple(
        (row["label"], *(row["numbers"].get(name) for name, _format in _NUMBERS))
        for row in table["rows"]
        if row.get("numbers")
    )
    formats = {place: name for place, (_key, name) in enumerate(_NUMBERS, 1)}
    return Sheet(_("Numbers"), _number_columns(table), rows, formats)


def _number_columns(table: Json) -> tuple[str, ...]:
    money = {"heading": table["cost_heading"], "currency": table.get("currency", "")}
    return (
        _("Option"),
        _("Quality, number"),
        _("Quality, lower bound"),
        _("Quality, upper bound"),
        _("Change in points, number"),
        _("Change, lower bound"),
        _("Change, upper bound"),
        _("Typical time, seconds"),
        _("Slowest 5%, seconds"),
        _("First token, seconds"),
        _("{heading}, {currency}").format(**money),
        _("{heading}, lower bound").format(**money),
        _("{heading}, upper bound").format(**money),
        _("Saving, {currency}").format(**money),
        _("Saving, share"),
        _("Failed, share"),
    )


def side_by_side(report: Json) -> Sheet:
    """Texts and numbers in one table, for CSV."""
    texts, figures = options(report), numbers(report)
    if not figures.rows:
        return texts
    rows = tuple((*row, *found[1:]) for row, found in zip(texts.rows, figures.rows, strict=True))
    return Sheet(texts.title, (*texts.columns, *figures.columns[1:]), rows)


def speed(report: Json) -> Sheet:
    rows = report["speed"] or []
    labels = [cell["label"] for cell in rows[0]["cells"]] if rows else []
    ranges = _("{figure}, 95% range")
    columns = (
        _("Option"),
        _("Answers"),
        *(heading for label in labels for heading in (label, ranges.format(figure=label))),
        _("Tokens a second"),
    )
    return Sheet(_("Speed"), columns, tuple(_timed(row) for row in rows))


def _timed(row: Json) -> Row:
    texts = (text for cell in row["cells"] for text in (cell["value"], cell["range"]))
    return (row["label"], row["n"], *texts, row["tokens_per_second"])


def terms(report: Json) -> Sheet:
    headings = {
        "label": _("Option"),
        "place": _("Processed in"),
        "kept": _("Kept"),
        "training": _("Training"),
        "licence": _("Licence"),
        "source": _("Source"),
    }
    return table(_("Data and licences"), report.get("terms") or (), headings)
