"""The main menu: a table you can read."""

from dataclasses import dataclass
from typing import Any

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
        ("assessment-new", "assessment-options", "assessment-rules", "assessment-check"),
    ),
    Entry("workloads", _("Workloads"), ("workload", "upload")),
    Entry("connections", _("Connections"), ("connection", "candidate")),
    Entry(
        "assessments",
        _("Assessments"),
        ("assessment", "run", "results", "report", "sample", "evidence", "method", "review"),
    ),
)
ORDER = ("assessments", "assessment-new", "workloads", "connections")


def main_menu(request: HttpRequest | None) -> list[dict[str, Any]]:
    """The entries in reading order, each with its address and whether the page is under it."""
    current = _current(request)
    entries = {entry.url_name: entry for entry in MENU}
    return [
        {"label": entries[name].label, "url": url, "current": name == current}
        for name in ORDER
        if (url := address(name))
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
