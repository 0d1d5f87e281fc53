"""Counts a log's calls as they pass, into the profile that `traffic` describes.

Apart from it, because a worker that only replays needs the profile and not numpy.
"""

from __future__ import annotations

from array import array
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .calls import Call
from .traffic import DAYS_A_MONTH, nothing_known

LEAST_DAYS = 1 / 24  # a shorter log says nothing about a month
_FOLD = 1 << 20  # times held before they are counted by minute
_DAY = 86_400.0
_LATEST = 4_102_444_800.0  # the year 2100: what is later is no time


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
