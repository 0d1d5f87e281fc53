"""A vendor's error answers as typed failures: what happened, and whether to ask again.

Vendors agree on status codes and on little else, so the status decides first, and a few
well-known codes and phrases in the body refine it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from migration_app.evaluation.outcomes import FailureKind, Retry

from .wording import Template, gettext_noop

QUOTED = 240


class Verdict(NamedTuple):
    """What a failure is, whether to ask again, and what a person should do."""

    kind: FailureKind
    retry: Retry
    advice: str


SAID_BY_VENDOR = Template(gettext_noop("{advice} The vendor says: “{said}”"))
_RATE = Verdict(
    FailureKind.RATE_LIMITED,
    Retry.LATER,
    gettext_noop("The vendor's rate limit was reached. Ask fewer things a minute, or have it raised."),
)
_BUSY = Verdict(
    FailureKind.OVERLOADED,
    Retry.LATER,
    gettext_noop("The vendor is overloaded. Ask later, or fewer things at once."),
)
_FAULT = Verdict(
    FailureKind.SERVER_ERROR,
    Retry.LATER,
    gettext_noop("The vendor had a fault of its own. Ask again; if it stays, tell the vendor."),
)
_LATE = Verdict(
    FailureKind.TIMEOUT,
    Retry.LATER,
    gettext_noop("The vendor ran out of time. Ask again later, or for less output."),
)
_KEY = Verdict(
    FailureKind.UNAUTHORISED,
    Retry.PARK,
    gettext_noop("The vendor did not accept the API key. Enter a valid one."),
)
_EXPIRED = Verdict(
    FailureKind.UNAUTHORISED,
    Retry.PARK,
    gettext_noop("The key or token has expired. Enter a new one, then go on."),
)
_DENIED = Verdict(
    FailureKind.FORBIDDEN,
    Retry.PARK,
    gettext_noop("This key may not use this model. Ask the vendor, or use another key."),
)
_LOST = Verdict(
    FailureKind.NOT_FOUND,
    Retry.PARK,
    gettext_noop("The vendor knows no such model or path. Check the model and base URL."),
)
_RETIRED = Verdict(
    FailureKind.NOT_FOUND,
    Retry.PARK,
    gettext_noop("The vendor has retired this model. Choose the one that follows it, then go on."),
)
_CREDIT = Verdict(
    FailureKind.QUOTA, Retry.PARK, gettext_noop("The account is out of credit. Top it up with the vendor.")
)
_LONG = Verdict(
    FailureKind.TOO_LARGE,
    Retry.NEVER,
    gettext_noop("The request is too long for this model. Shorten it or ask for less."),
)
_FILTER = Verdict(
    FailureKind.CONTENT_FILTER,
    Retry.NEVER,
    gettext_noop("The vendor's content filter blocked it. Review this sample."),
)
_REQUEST = Verdict(
    FailureKind.BAD_REQUEST,
    Retry.NEVER,
    gettext_noop("The vendor refused the request. Check the sample and its settings."),
)
_MOVED = Verdict(
    FailureKind.REDIRECTED,
    Retry.PARK,
    gettext_noop("The address redirects elsewhere. Enter the final address as base URL."),
)
_BROKEN = Verdict(
    FailureKind.BROKEN_STREAM,
    Retry.LATER,
    gettext_noop("The vendor broke off with an error of its own. Ask again; if it stays, tell the vendor."),
)

_BY_STATUS: dict[int, Verdict] = {
    401: _KEY,
    402: _CREDIT,
    403: _DENIED,
    404: _LOST,
    405: _LOST,
    408: _LATE,
    409: _BUSY,
    410: _LOST,
    413: _LONG,
    424: _FAULT,
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
_BY_PHRASE: tuple[tuple[re.Pattern[str], Verdict], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), verdict)
    for pattern, verdict in (
        (r"insufficient_quota|insufficient.balance|billing_hard_limit|out of credits?", _CREDIT),
        (r"exceeded_current_quota|credit balance is too low|billing_error", _CREDIT),
        (r"content_filter|content_policy|responsibleai|content management policy|moderation", _FILTER),
        (r"context_length|context.window|maximum context|too many tokens|string_above_max", _LONG),
        (
            r"prompt is too long|input is too long|exceeds the maximum number of tokens|request_too_large",
            _LONG,
        ),
        (r"exceeds? the (available )?context|exceed_context_size", _LONG),
        (r"(key|token)\b.{0,40}\bexpired|expiredtoken", _EXPIRED),
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
_OPEN_TO_PHRASES = frozenset((400, 402, 403, 404, 409, 410, 413, 422, 424, 429, 500, 503))
# What an error object calls itself when no status does it: in mid-stream, or under a 200.
_BY_NAME: dict[str, Verdict] = {
    "invalid_request_error": _REQUEST,
    "invalid_argument": _REQUEST,
    "failed_precondition": _REQUEST,
    "validationexception": _REQUEST,
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
    "api_error": _FAULT,
    "internal": _FAULT,
    "internalserverexception": _FAULT,
}


_SAID = ("message", "detail", "msg", "Message", "error_description")


class Complaint(NamedTuple):
    """An error body, read: its machine words and its human sentence."""

    words: str
    sentence: str


def judge_status(
    status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> tuple[Verdict, Complaint]:
    """What an answer with an error status means. Amazon names its errors in a header."""
    complaint = read_complaint(body)
    if named := (headers or {}).get("x-amzn-errortype"):
        complaint = complaint._replace(words=f"{named[:100]} {complaint.words}")
    if status in _OPEN_TO_PHRASES:
        for pattern, verdict in _BY_PHRASE:
            if pattern.search(complaint.words):
                return verdict, complaint
    if status == 401 and "expired" in complaint.words.lower():
        return _EXPIRED, complaint
    return _BY_STATUS.get(status) or _by_hundred(status), complaint


def judge_event(error: object) -> tuple[Verdict, Complaint]:
    """What an error object with a success status, or in mid-stream, means."""
    complaint = _complaint(error)
    for pattern, verdict in _BY_PHRASE:
        if pattern.search(complaint.words):
            return verdict, complaint
    told = error if isinstance(error, dict) else {}
    code = told.get("code")
    if isinstance(code, int) and (code in _BY_STATUS or 400 <= code < 500):
        return _BY_STATUS.get(code, _REQUEST), complaint
    named = (told.get(name) for name in ("type", "status", "code"))
    verdicts = (_BY_NAME.get(word.lower()) for word in named if isinstance(word, str))
    return next((verdict for verdict in verdicts if verdict), _BROKEN), complaint


def read_complaint(body: bytes) -> Complaint:
    """The error in `body`, whatever its shape; empty when there is none to read."""
    try:
        parsed = orjson.loads(body[:65536])
    except orjson.JSONDecodeError:
        return Complaint("", "")
    if isinstance(parsed, list) and parsed:
        parsed = parsed[0]  # Google wraps its error in a list.
    if isinstance(parsed, dict):
        parsed = parsed.get("error") or parsed.get("errors") or parsed
    return _complaint(parsed)


def sentence(verdict: Verdict, complaint: Complaint, secrets: Iterable[str]) -> str:
    """One line for a person: our advice, and the vendor's own words without the key."""
    quoted = quotable(complaint.sentence, secrets)
    return SAID_BY_VENDOR(advice=verdict.advice, said=quoted) if quoted else verdict.advice


def quotable(text: str, secrets: Iterable[str]) -> str:
    """`text` on one line, cut short, without control characters and without the key."""
    for secret in secrets:
        if len(secret) >= 4:  # Shorter is no secret, and would tear words apart.
            text = text.replace(secret, "[key]")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def _by_hundred(status: int) -> Verdict:
    if 300 <= status < 400:
        return _MOVED
    return _FAULT if status >= 500 else _REQUEST


def _complaint(error: object) -> Complaint:
    if isinstance(error, dict):
        inner = next((error[key] for key in _SAID if error.get(key)), "")
        told = inner if isinstance(inner, str) else _as_json(inner)
        named = (error.get(name) for name in ("code", "type", "status", "__type"))
        words = " ".join(str(word) for word in named if isinstance(word, str | int))
        return Complaint(f"{words} {told}"[:4000], told[:4000])
    if isinstance(error, str):
        return Complaint(error[:4000], error[:4000])
    return Complaint("", "")


def _as_json(value: object) -> str:
    """A complaint that is a structure, as text; nothing when it is nested deeper than can be written."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return ""
