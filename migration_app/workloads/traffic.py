"""The traffic that a workload stands for: how much, of what kind, how large, how bunched.

Stored as JSON on `Workload.traffic` and, frozen when a run starts, on `Assessment.traffic`:

    {
      "source": "log" | "typed" | "none",
      "calls": 120000,                       counted in the log; 0 where nothing was counted
      "untimed": 12,                         of these without a time
      "span": {"start": "2026-11-01T00:00:03+00:00", "end": …, "days": 3.0} | null,
      "scaled": true,                        the span is not a month, so the volumes are scaled to one
      "requests_per_month": 1217000 | null,
      "by_category": {"routing": 800000, "": 417000},   requests a month; "" has no category
      "tokens": {"input": 820.5 | null, "output": 141.0 | null},       on average a request
      "tokens_by_category": {"routing": {"input": …, "output": …}},
      "peak_per_minute": 214 | null          the busiest minute of the log, not scaled
    }

Unknown is null, never 0. A month is 365.25 / 12 days. Use `volumes_of` for the requests of each
category and `peak_of` for the busiest minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DAYS_A_MONTH = 365.25 / 12


def nothing_known() -> dict[str, Any]:
    """The profile of a workload whose traffic nobody has told."""
    return {
        "source": "none",
        "calls": 0,
        "untimed": 0,
        "span": None,
        "scaled": False,
        "requests_per_month": None,
        "by_category": {},
        "tokens": {"input": None, "output": None},
        "tokens_by_category": {},
        "peak_per_minute": None,
    }


def typed(
    before: Mapping[str, Any],
    *,
    requests_per_month: int | None,
    by_category: Mapping[str, int | None] | None = None,
    peak_per_minute: int | None = None,
) -> dict[str, Any]:
    """A profile with the volumes that a person gave, in place of the log's. Tokens stay the log's.

    A total alone is split as the categories were in the log. Categories alone make the total.
    """
    profile = nothing_known() | dict(before)
    given = {name: count for name, count in (by_category or {}).items() if count is not None}
    if not given and requests_per_month is None:
        return profile | {"peak_per_minute": peak_per_minute or profile["peak_per_minute"]}
    volumes = given or _split(requests_per_month or 0, profile["by_category"])
    return profile | {
        "source": "typed",
        "scaled": False,
        "requests_per_month": sum(given.values()) if given else requests_per_month,
        "by_category": volumes,
        "peak_per_minute": peak_per_minute or profile["peak_per_minute"],
    }


def _split(total: int, shares: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers that add up to `total`, in proportion to `shares` (largest remainders)."""
    whole = sum(shares.values())
    if not whole:
        return {"": total}
    exact = {name: total * share / whole for name, share in shares.items()}
    parts = {name: int(value) for name, value in exact.items()}
    for name in sorted(exact, key=lambda one: parts[one] - exact[one])[: total - sum(parts.values())]:
        parts[name] += 1
    return parts


def volumes_of(profile: Mapping[str, Any], categories: Mapping[str, int]) -> dict[str, float] | None:
    """Requests a month by category; None where nobody knows them.

    `categories`: {name: samples} of the workload, which share a total that has no categories of its own.
    """
    known = profile.get("by_category") or {}
    if set(known) - {""} or (known and not set(categories) - {""}):
        return {name: float(count) for name, count in known.items()}
    total = profile.get("requests_per_month")
    if total is None:
        return None
    return {name: float(count) for name, count in _split(int(total), categories or {"": 1}).items()}


def peak_of(profile: Mapping[str, Any]) -> int | None:
    """Requests in the busiest minute; None where it is not known."""
    peak = profile.get("peak_per_minute")
    return None if peak is None else int(peak)
