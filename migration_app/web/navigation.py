"""The main menu: a table you can read."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Entry:
    """One line of the menu. Pages whose URL name starts with a stem belong under it."""

    url_name: str
    label: Promise
    stems: tuple[str, ...]


MENU = (
    Entry(
        "assessment-new",
        _("New assessment"),
        ("assessment-new", "assessment-options", "assessment-rules", "assessment-judges", "assessment-check"),
    ),
    Entry("workloads", _("Workloads"), ("workload", "upload")),
    Entry("connections", _("Connections"), ("connection", "candidate")),
    Entry("catalogue", _("Models and prices"), ("catalogue", "prices", "hosting")),
    Entry(
        "assessments",
        _("Assessments"),
        ("assessment", "run", "results", "report", "review", "file", "share", "sample", "evidence", "method"),
    ),
)
# The pages of one run, in the order in which they are read.
RESULT_TABS = (
    ("results", _("Summary")),
    ("evidence", _("Evidence")),
    ("samples", _("Samples")),
    ("review", _("Review")),
    ("run", _("Run")),
    ("method", _("Method")),
)
# What the market offers, what the team pays, what running it oneself would take.
MARKET_TABS = (
    ("catalogue", _("Catalogue")),
    ("prices", _("Our prices")),
    ("hosting", _("Own servers")),
)
ORDER = ("assessments", "assessment-new", "workloads", "connections", "catalogue")


def main_menu(request: HttpRequest | None) -> list[dict[str, Any]]:
    """The entries in reading order, each with its address and whether the page is under it."""
    current = _current(request)
    entries = {entry.url_name: entry for entry in MENU}
    return [
        {"label": entries[name].label, "url": url, "current": name == current}
        for name in ORDER
        if (url := address(name))
    ]


def result_tabs(run_id: UUID, current: str) -> list[dict[str, Any]]:
    """The tabs over the pages of a finished run."""
    return [
        {"label": str(label), "url": reverse(url_name, args=[run_id]), "current": url_name == current}
        for url_name, label in RESULT_TABS
    ]


def market_tabs(current: str) -> list[dict[str, Any]]:
    """The tabs over the pages of models and prices."""
    return [
        {"label": str(label), "url": url, "current": url_name == current}
        for url_name, label in MARKET_TABS
        if (url := address(url_name))
    ]


def address(url_name: str) -> str:
    """The address behind a name, or "" where the site has no such page."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


def _current(request: HttpRequest | None) -> str:
    match = getattr(request, "resolver_match", None)
    name = (match and match.url_name) or ""
    return next((entry.url_name for entry in MENU if name.startswith(entry.stems)), "")
