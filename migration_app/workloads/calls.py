"""A call as a log recorded it: when, how long, how many tokens, at what cost. Not what was said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_SHORT = 200
_TOKENS = ("input", "cached", "cache_write", "output", "reasoning")


@dataclass(slots=True)
class Call:
    """One recorded call. `None` and "" are unknown, never 0.

    Durations are seconds, `at` is seconds since 1970 in UTC, cost is in US dollars.
    `input_tokens` includes cached reads and cache writes, `output_tokens` includes reasoning,
    whatever the log's own way of counting was.
    """

    line: int = 0
    at: float | None = None
    model: str = ""
    category: str = ""
    latency_s: float | None = None
    ttft_s: float | None = None
    input_tokens: int | None = None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    output_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None
    failed: bool = False  # the vendor gave no answer: an error, not a refusal
    from_cache: bool = False  # answered by a proxy's cache: no latency of the model
    warnings: tuple[str, ...] = ()  # sentences about figures that were left out

    def __post_init__(self) -> None:
        self.model = self.model[:_SHORT]

    def facts(self) -> dict[str, Any]:
        """What is known, as JSON, for the recorded answer of a sample."""
        tokens = {name: getattr(self, f"{name}_tokens") for name in _TOKENS}
        facts = {
            "model": self.model or None,
            "at": self.at,
            "latency_s": self.latency_s,
            "ttft_s": self.ttft_s,
            "tokens": {name: count for name, count in tokens.items() if count is not None} or None,
            "cost_usd": self.cost_usd,
        }
        return {name: value for name, value in facts.items() if value is not None}


@dataclass(slots=True, frozen=True)
class Skipped:
    """A line that is in order and holds no request: a span of another kind, an embedding.

    Counted by its reason, a sentence; it is not a problem.
    """

    line: int
    reason: str
