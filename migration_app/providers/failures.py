"""A vendor's error answers as typed failures: what happened, and whether to ask again.

What an answer says is read here; what it means stands in the table of `diagnoses`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import orjson

from .diagnoses import (
    BROKEN,
    BY_NAME,
    BY_PHRASE,
    BY_STATUS,
    EXPIRED,
    FAULT,
    MOVED,
    OPEN_TO_PHRASES,
    REQUEST,
    Diagnosis,
)
from .wording import Template, gettext_noop

QUOTED = 240
SAID_BY_VENDOR = Template(gettext_noop("{advice} The vendor says: “{said}”"))
_SAID = ("message", "detail", "msg", "Message", "error_description")


class Complaint(NamedTuple):
    """An error body, read: its machine words and its human sentence."""

    words: str
    sentence: str


def judge_status(
    status: int, body: bytes, headers: Mapping[str, str] | None = None
) -> tuple[Diagnosis, Complaint]:
    """What an answer with an error status means. Amazon names its errors in a header."""
    complaint = read_complaint(body)
    if named := (headers or {}).get("x-amzn-errortype"):
        complaint = complaint._replace(words=f"{named[:100]} {complaint.words}")
    if status in OPEN_TO_PHRASES and (found := _by_phrase(complaint)):
        return found, complaint
    if status == 401 and "expired" in complaint.words.lower():
        return EXPIRED, complaint
    return BY_STATUS.get(status) or _by_hundred(status), complaint


def judge_event(error: object) -> tuple[Diagnosis, Complaint]:
    """What an error object with a success status, or in mid-stream, means."""
    complaint = _complaint(error)
    if found := _by_phrase(complaint):
        return found, complaint
    told = error if isinstance(error, dict) else {}
    code = told.get("code")
    if isinstance(code, int) and (code in BY_STATUS or 400 <= code < 500):
        return BY_STATUS.get(code, REQUEST), complaint
    named = (told.get(name) for name in ("type", "status", "code"))
    diagnoses = (BY_NAME.get(word.lower()) for word in named if isinstance(word, str))
    return next((diagnosis for diagnosis in diagnoses if diagnosis), BROKEN), complaint


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


def sentence(diagnosis: Diagnosis, complaint: Complaint, secrets: Iterable[str]) -> str:
    """One line for a person: our advice, and the vendor's own words without the key."""
    quoted = quotable(complaint.sentence, secrets)
    return SAID_BY_VENDOR(advice=diagnosis.advice, said=quoted) if quoted else diagnosis.advice


def quotable(text: str, secrets: Iterable[str]) -> str:
    """`text` on one line, cut short, without control characters and without the key."""
    for secret in secrets:
        if len(secret) >= 4:  # Shorter is no secret, and would tear words apart.
            text = text.replace(secret, "[key]")
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return text if len(text) <= QUOTED else text[: QUOTED - 1] + "…"


def _by_phrase(complaint: Complaint) -> Diagnosis | None:
    return next((diagnosis for pattern, diagnosis in BY_PHRASE if pattern.search(complaint.words)), None)


def _by_hundred(status: int) -> Diagnosis:
    if 300 <= status < 400:
        return MOVED
    return FAULT if status >= 500 else REQUEST


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
