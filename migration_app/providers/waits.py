"""How long a vendor asks us to wait, in each of the ways vendors say it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

YEAR = 366 * 24 * 3600.0
_RETRY_DELAY = re.compile(rb'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')


def wait_wished(headers: Mapping[str, str], now: datetime | None = None, body: bytes = b"") -> float | None:
    """Seconds the vendor asks us to wait; None when it says nothing, or nonsense.

    Reads `retry-after-ms`, then `retry-after` as seconds or as an HTTP date (RFC 9110,
    10.2.3), the date against the vendor's own `date` where it sends one. A date gone by is 0.
    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return milliseconds / 1000
    wish = headers.get("retry-after", "")
    seconds = _number(wish)
    if seconds is not None:
        return seconds
    until = _date(wish)
    if until is None:
        return _in_body(body)
    since = _date(headers.get("date", "")) or now or datetime.now(UTC)
    wait = max(0.0, (until - since).total_seconds())
    return wait if wait <= YEAR else None


def _in_body(body: bytes) -> float | None:
    """Google says in the body how long to wait: `"retryDelay": "34s"` (google.rpc.RetryInfo)."""
    found = _RETRY_DELAY.search(body[:65536])
    return _number(found[1].decode()) if found else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= YEAR else None


def _date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
