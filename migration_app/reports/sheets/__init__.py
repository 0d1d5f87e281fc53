"""The frozen report as plain tables, for spreadsheets and CSV: the same texts as on page and PDF.

A table is a function in the module of its noun, and a line in `sheets`. Nothing is computed here.
"""

from __future__ import annotations

from ..option import Json
from . import findings, method, money, options
from .options import side_by_side
from .sheet import Cell, Sheet

__all__ = ["Cell", "Sheet", "sheets", "side_by_side"]


def sheets(report: Json, *, sha256: str) -> list[Sheet]:
    """All tables of a report that have rows, the one that matters first."""
    found = [
        findings.summary(report, sha256),
        options.options(report),
        options.numbers(report),
        findings.categories(report),
        money.changes(report),
        money.split(report),
        options.speed(report),
        money.costs(report),
        money.batch(report),
        options.terms(report),
        findings.risks(report),
        method.timeline(report),
        method.test(report),
        method.categories(report),
        method.claims(report),
        method.looks(report),
        method.scored(report),
        money.prices(report),
        findings.worst(report),
        method.method(report),
    ]
    return [sheet for sheet in found if sheet.rows]
