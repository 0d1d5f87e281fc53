"""What the options cost, what moving changes, and on which prices that rests."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ..option import Json
from .sheet import Row, Sheet, dated, table

_CHANGES = ("saving", "payback", "first_year", "typical", "slowest")


def changes(report: Json) -> Sheet:
    """What the move to each candidate would change; of a report of before that was told, nothing."""
    names = (_("Saving"), _("Repaid in"), _("First-year net"), _("Typical time"), _("Slowest 5%"))
    ranges = _("{figure}, 95% range")
    columns = (
        _("Option"),
        *(heading for name in names for heading in (name, ranges.format(figure=name))),
        _("Rate limit"),
    )
    return Sheet(_("Changes"), columns, tuple(_change(row) for row in report.get("changes") or ()))


def _change(row: Json) -> Row:
    texts = (text for name in _CHANGES for text in (row[name]["value"], row[name]["range"]))
    return (row["label"], *texts, row["headroom"])


def split(report: Json) -> Sheet:
    """Which category goes to which option; nothing where no split is recommended."""
    rows = (report.get("split") or {}).get("rows", ())
    columns = (_("Category"), _("Samples"), _("Goes to"))
    return Sheet(
        _("Split"), columns, tuple((row["category"], row["count"], row["option"]["label"]) for row in rows)
    )


def costs(report: Json) -> Sheet:
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


def _cost(row: Json) -> Row:
    texts = (row["label"], row["price"], row["source"], row["input"], row["output"])
    return (*texts, *_amounts(row), row["saving"], row["spent"])


def _amounts(row: Json) -> Row:
    month: Any = row.get("per_month") or {}
    thousand = row["per_1000"]
    return (thousand["value"], thousand["range"], month.get("value", ""), month.get("range", ""))


def batch(report: Json) -> Sheet:
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
    found = tuple((row["label"], row["price"], *_amounts(row), row["saving"]) for row in rows)
    return Sheet(_("Batch queues"), columns, found)


def prices(report: Json) -> Sheet:
    headings = {
        "label": _("Option"),
        "model": _("Model"),
        "price": _("Price"),
        "source": _("Source"),
        "as_of": _("As of"),
        "exchange": _("Exchange rate"),
        "input": _("Input tokens"),
        "output": _("Output tokens"),
        "unpriced": _("Calls without a price"),
        "spent": _("This test"),
    }
    return table(_("Prices"), dated(report["method"]["prices"], "as_of"), headings)
