"""The few words that terms are told in, so that a rule can compare them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# Where requests are processed. A vendor's "region" setting is no statement of it: some vendors
# process elsewhere when they are busy, so a person writes down what the contract says.
PLACES: dict[str, Any] = {
    "own": _("Our own premises"),
    "eu": _("European Union or EEA"),
    "uk": _("United Kingdom"),
    "ch": _("Switzerland"),
    "us": _("United States"),
    "ca": _("Canada"),
    "br": _("Brazil"),
    "in": _("India"),
    "jp": _("Japan"),
    "sg": _("Singapore"),
    "au": _("Australia"),
    "many": _("Several countries, or anywhere"),
    "other": _("Elsewhere"),
}
TRAINING: dict[str, Any] = {
    "no": _("Not used for training"),
    "yes": _("May be used for training"),
}
LICENCES: dict[str, Any] = {
    "service": _("A vendor's terms of service"),
    "permissive": _("Open, free for any use (such as Apache 2.0 or MIT)"),
    "conditions": _("Open, with conditions on its use (such as Llama's or Gemma's)"),
    "research": _("Not for commercial use"),
}
# What each rule on stated terms is about, by its code (evaluation.stated_rules).
RULES: dict[str, Any] = {
    "places": _("where requests are processed"),
    "max_retention_days": _("how long requests are kept"),
    "no_training": _("training with your data"),
    "licences": _("the licence"),
}
MOST_DAYS = 3_650

_NOT_COMMERCIAL = ("research", "-nc", "non-commercial", "noncommercial", "non-production")
_PERMISSIVE = (
    *("apache-2.0", "apache 2.0", "mit", "isc", "cc0-1.0"),
    *("bsd-3-clause", "bsd-2-clause", "cc-by-4.0"),
)


def kind_of(licence: str) -> str:
    """The kind of a licence by its name; what is not known to be free has conditions. Empty is unknown."""
    name = licence.strip().lower()
    if not name:
        return ""
    if any(mark in name for mark in _NOT_COMMERCIAL):
        return "research"
    return "permissive" if name in _PERMISSIVE else "conditions"
