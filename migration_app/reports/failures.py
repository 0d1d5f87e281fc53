"""Kinds of failure in words a reader knows."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from migration_app.evaluation.outcomes import FailureKind

NAMES: dict[str, str | Promise] = {
    FailureKind.REFUSED_CONNECTION: _("No connection"),
    FailureKind.BLOCKED_ADDRESS: _("Address not allowed"),
    FailureKind.TIMEOUT: _("No answer in time"),
    FailureKind.DISCONNECTED: _("Connection broke off"),
    FailureKind.RATE_LIMITED: _("Rate limit"),
    FailureKind.OVERLOADED: _("Vendor overloaded"),
    FailureKind.SERVER_ERROR: _("Vendor's server failed"),
    FailureKind.UNAUTHORISED: _("Key not accepted"),
    FailureKind.FORBIDDEN: _("Not allowed"),
    FailureKind.NOT_FOUND: _("Model or path not found"),
    FailureKind.BAD_REQUEST: _("Request not accepted"),
    FailureKind.TOO_LARGE: _("Request too large"),
    FailureKind.CONTENT_FILTER: _("Content filter"),
    FailureKind.QUOTA: _("Out of credit"),
    FailureKind.REDIRECTED: _("Sent elsewhere"),
    FailureKind.NOT_AN_API: _("No API there"),
    FailureKind.BROKEN_STREAM: _("Broken stream"),
    FailureKind.ANSWER_TOO_LONG: _("Answer too long"),
    FailureKind.UNKNOWN: _("Unknown, the worker stopped"),
}


def failure_name(kind: str) -> str:
    """The kind in words; one of a later version as it is written."""
    return str(NAMES.get(kind, kind.replace("_", " ")))
