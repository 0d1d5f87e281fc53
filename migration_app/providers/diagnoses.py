"""What vendors' errors mean, as a table: status codes, phrases and names, and the advice for each.

Vendors agree on status codes and on little else, so the status decides first, and a few
well-known codes and phrases in the body refine it (`failures`).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from migration_app.evaluation.outcomes import FailureKind, Retry

from .wording import gettext_noop


class Diagnosis(NamedTuple):
    """What a failure is, whether to ask again, and what a person should do."""

    kind: FailureKind
    retry: Retry
    advice: str


_RATE = Diagnosis(
    FailureKind.RATE_LIMITED,
    Retry.LATER,
    gettext_noop("The vendor's rate limit was reached. Ask fewer things a minute, or have it raised."),
)
_BUSY = Diagnosis(
    FailureKind.OVERLOADED,
    Retry.LATER,
    gettext_noop("The vendor is overloaded. Ask later, or fewer things at once."),
)
FAULT = Diagnosis(
    FailureKind.SERVER_ERROR,
    Retry.LATER,
    gettext_noop("The vendor had a fault of its own. Ask again; if it stays, tell the vendor."),
)
_LATE = Diagnosis(
    FailureKind.TIMEOUT,
    Retry.LATER,
    gettext_noop("The vendor ran out of time. Ask again later, or for less output."),
)
_KEY = Diagnosis(
    FailureKind.UNAUTHORISED,
    Retry.PARK,
    gettext_noop("The vendor did not accept the API key. Enter a valid one."),
)
EXPIRED = Diagnosis(
    FailureKind.UNAUTHORISED,
    Retry.PARK,
    gettext_noop("The key or token has expired. Enter a new one, then go on."),
)
_DENIED = Diagnosis(
    FailureKind.FORBIDDEN,
    Retry.PARK,
    gettext_noop("This key may not use this model. Ask the vendor, or use another key."),
)
_LOST = Diagnosis(
    FailureKind.NOT_FOUND,
    Retry.PARK,
    gettext_noop("The vendor knows no such model or path. Check the model and base URL."),
)
_RETIRED = Diagnosis(
    FailureKind.NOT_FOUND,
    Retry.PARK,
    gettext_noop("The vendor has retired this model. Choose the one that follows it, then go on."),
)
_CREDIT = Diagnosis(
    FailureKind.QUOTA, Retry.PARK, gettext_noop("The account is out of credit. Top it up with the vendor.")
)
_LONG = Diagnosis(
    FailureKind.TOO_LARGE,
    Retry.NEVER,
    gettext_noop("The request is too long for this model. Shorten it or ask for less."),
)
_FILTER = Diagnosis(
    FailureKind.CONTENT_FILTER,
    Retry.NEVER,
    gettext_noop("The vendor's content filter blocked it. Review this sample."),
)
REQUEST = Diagnosis(
    FailureKind.BAD_REQUEST,
    Retry.NEVER,
    gettext_noop("The vendor refused the request. Check the sample and its settings."),
)
MOVED = Diagnosis(
    FailureKind.REDIRECTED,
    Retry.PARK,
    gettext_noop("The address redirects elsewhere. Enter the final address as base URL."),
)
BROKEN = Diagnosis(
    FailureKind.BROKEN_STREAM,
    Retry.LATER,
    gettext_noop("The vendor broke off with an error of its own. Ask again; if it stays, tell the vendor."),
)

BY_STATUS: dict[int, Diagnosis] = {
    401: _KEY,
    402: _CREDIT,
    403: _DENIED,
    404: _LOST,
    405: _LOST,
    408: _LATE,
    409: _BUSY,
    410: _LOST,
    413: _LONG,
    424: FAULT,
    425: _BUSY,
    429: _RATE,
    498: _BUSY,
    499: _LATE,
    503: _BUSY,
    504: _LATE,
    524: _LATE,
    529: _BUSY,
}

# Phrases from vendors' error codes, types and messages, most specific first.
BY_PHRASE: tuple[tuple[re.Pattern[str], Diagnosis], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), diagnosis)
    for pattern, diagnosis in (
        (r"insufficient_quota|insufficient.balance|billing_hard_limit|out of credits?", _CREDIT),
        (r"exceeded_current_quota|credit balance is too low|billing_error", _CREDIT),
        (r"content_filter|content_policy|responsibleai|content management policy|moderation", _FILTER),
        (r"context_length|context.window|maximum context|too many tokens|string_above_max", _LONG),
        (
            r"prompt is too long|input is too long|exceeds the maximum number of tokens|request_too_large",
            _LONG,
        ),
        (r"exceeds? the (available )?context|exceed_context_size", _LONG),
        (r"(key|token)\b.{0,40}\bexpired|expiredtoken", EXPIRED),
        (r"invalid_api_key|api[ _]key not valid|incorrect api key|authentication_error", _KEY),
        (r"unrecognizedclient|invalidsignature|incompletesignature|signature we calculated", _KEY),
        (r"invalidclienttokenid|missingauthenticationtoken|security token.{0,40}invalid", _KEY),
        (r"model_?(decommissioned|deprecated|retired)|(deprecated|retired) model", _RETIRED),
        (
            r"model\b.{0,120}\b(decommissioned|retired|end of (its )?life|no longer (available|supported))",
            _RETIRED,
        ),
        (r"model\b.{0,80}\bhas been deprecated", _RETIRED),
        (r"model_not_found|model .{0,80}does not exist|deploymentnotfound", _LOST),
        (r"rate_limit|too many requests|resource_exhausted|throttling|too many concurrent", _RATE),
        (r"overloaded|server_busy|engine_overloaded|service.?unavailable|modelnotready", _BUSY),
    )
)
# A phrase may refine these; a 3xx says all there is to say, and a 401 nearly all.
OPEN_TO_PHRASES = frozenset((400, 402, 403, 404, 409, 410, 413, 422, 424, 429, 500, 503))
# What an error object calls itself when no status does it: in mid-stream, or under a 200.
BY_NAME: dict[str, Diagnosis] = {
    "invalid_request_error": REQUEST,
    "invalid_argument": REQUEST,
    "failed_precondition": REQUEST,
    "validationexception": REQUEST,
    "authentication_error": _KEY,
    "unauthenticated": _KEY,
    "permission_error": _DENIED,
    "permission_denied": _DENIED,
    "accessdeniedexception": _DENIED,
    "not_found_error": _LOST,
    "not_found": _LOST,
    "resourcenotfoundexception": _LOST,
    "timeout_error": _LATE,
    "timeout": _LATE,
    "deadline_exceeded": _LATE,
    "modeltimeoutexception": _LATE,
    "unavailable": _BUSY,
    "api_error": FAULT,
    "internal": FAULT,
    "internalserverexception": FAULT,
}
