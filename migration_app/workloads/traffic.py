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

from array import array
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calls import Call

DAYS_A_MONTH = 365.25 / 12
LEAST_DAYS = 1 / 24  # a shorter log says nothing about a month
_FOLD = 1 << 20  # times held before they are counted by minute
_DAY = 86_400.0
_LATEST = 4_102_444_800.0  # the year 2100: what is later is no time


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


class TrafficCensus:
    """Counts calls as they pass; memory grows by the minutes of the log, not by its calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._categories: dict[str, _Sums] = {}
        self._times = array("d")
        self._minutes = np.empty(0, np.int64)
        self._counts = np.empty(0, np.int64)
        self._first, self._last = float("inf"), float("-inf")
        self._timed = 0

    def add(self, category: str, call: Call | None) -> None:
        """One request of the log; `call` is None where the log tells nothing about it but that it was."""
        self.calls += 1
        sums = self._categories.get(category)
        if sums is None:
            sums = self._categories[category] = _Sums()
        sums.calls += 1
        if call is None:
            return
        sums.add(call)
        if call.at is not None and 0 < call.at < _LATEST:
            self._times.append(call.at)
            if len(self._times) >= _FOLD:
                self._fold()

    def profile(self) -> dict[str, Any]:
        self._fold()
        profile = nothing_known() | {"calls": self.calls, "untimed": self.calls - self._timed}
        profile["tokens"] = _together(self._categories.values())
        profile["tokens_by_category"] = {
            name: sums.means() for name, sums in self._categories.items() if any(sums.means().values())
        }
        if not self._timed:
            return profile
        days = (self._last - self._first) / _DAY
        profile["span"] = {"start": _iso(self._first), "end": _iso(self._last), "days": days}
        profile["peak_per_minute"] = int(self._counts.max())
        return profile | self._a_month(days)

    def _a_month(self, days: float) -> dict[str, Any]:
        """Volumes scaled from the log's span. Calls without a time are taken to be spread like the others."""
        if days < LEAST_DAYS or self._timed < 2:
            return {}
        # n calls bound n − 1 gaps; without this a log of two calls would count double.
        factor = DAYS_A_MONTH / days * (self._timed - 1) / self._timed
        ranked = sorted(self._categories.items(), key=lambda pair: (-pair[1].calls, pair[0]))
        return {
            "source": "log",
            "scaled": abs(days - DAYS_A_MONTH) > 1.0,
            "requests_per_month": round(self.calls * factor),
            "by_category": {name: round(sums.calls * factor) for name, sums in ranked},
        }

    def _fold(self) -> None:
        """Count the times that are held by minute, and let them go."""
        if not self._times:
            return
        times = np.frombuffer(self._times, np.float64)
        self._timed += times.size
        self._first = min(self._first, float(times.min()))
        self._last = max(self._last, float(times.max()))
        minutes, counts = np.unique((times // 60).astype(np.int64), return_counts=True)
        self._minutes, self._counts = _added(self._minutes, self._counts, minutes, counts)
        del times
        self._times = array("d")


def _added(
    minutes: NDArray[np.int64], counts: NDArray[np.int64], more: NDArray[np.int64], many: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    together, place = np.unique(np.concatenate([minutes, more]), return_inverse=True)
    sums = np.bincount(place, weights=np.concatenate([counts, many])).astype(np.int64)
    return together, sums


class _Sums:
    __slots__ = ("calls", "input", "output", "with_input", "with_output")

    def __init__(self) -> None:
        self.calls = self.input = self.output = self.with_input = self.with_output = 0

    def add(self, call: Call) -> None:
        if call.input_tokens is not None:
            self.input += call.input_tokens
            self.with_input += 1
        if call.output_tokens is not None:
            self.output += call.output_tokens
            self.with_output += 1

    def means(self) -> dict[str, float | None]:
        return {
            "input": self.input / self.with_input if self.with_input else None,
            "output": self.output / self.with_output if self.with_output else None,
        }


def _together(sums: Any) -> dict[str, float | None]:
    whole = _Sums()
    for one in sums:
        for name in _Sums.__slots__:
            setattr(whole, name, getattr(whole, name) + getattr(one, name))
    return whole.means()


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat()


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
