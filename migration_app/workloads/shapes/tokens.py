"""Token counts in every vendor's writing, put into one way of counting.

`input` includes cached reads and cache writes, `output` includes reasoning. Anthropic and
Bedrock count cached tokens beside the input; OpenAI, Gemini and the tools count them in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .values import count, first, get


class Tokens(NamedTuple):
    """`None` is unknown."""

    input: int | None = None
    cached: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None

    def or_else(self, other: Tokens) -> Tokens:
        """Each count from here, or from `other` where it is unknown here."""
        return Tokens(
            *(mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True))
        )


_INPUT = (
    "prompt_tokens",
    "input_tokens",
    "promptTokenCount",
    "inputTokens",
    "inputTokenCount",
    "inputTextTokenCount",
    "prompt_token_count",
    "promptTokens",
    "input",
    "prompt",
)
_OUTPUT = (
    "completion_tokens",
    "output_tokens",
    "candidatesTokenCount",
    "outputTokens",
    "outputTokenCount",
    "tokenCount",
    "generation_token_count",
    "completionTokens",
    "output",
    "completion",
)
_CACHED = (
    "cached_tokens",
    "prompt_cache_read_tokens",
    "cache_read_tokens",
    "prompt_cache_hit_tokens",
    "cachedContentTokenCount",
    "input_cached_tokens",
    "input_cache_read",
    "cache_read",
    "cached",
)
_WRITTEN = (
    "prompt_cache_write_tokens",
    "cache_write_tokens",
    "input_cache_creation",
    "cache_creation",
    "cache_write",
)
_REASONING = (
    "reasoning_tokens",
    "thoughtsTokenCount",
    "output_reasoning_tokens",
    "output_reasoning",
    "reasoning",
)
# Beside the input, not in it.
_CACHED_APART = ("cache_read_input_tokens", "cacheReadInputTokens", "cacheReadInputTokenCount")
_WRITTEN_APART = ("cache_creation_input_tokens", "cacheWriteInputTokens", "cacheWriteInputTokenCount")


def tokens_in(body: Mapping[str, Any]) -> Tokens:
    """The counts in a response's body or in its usage object itself."""
    usage = first(body, "usage", "usageMetadata", "token_usage", "usage_details", "usageDetails")
    usage = usage if isinstance(usage, Mapping) else get(body, "meta", "billed_units") or body
    inputs = _first(usage, _INPUT)
    cached, written = _first(usage, _CACHED), _first(usage, _WRITTEN)
    apart_read, apart_written = _first(usage, _CACHED_APART), _first(usage, _WRITTEN_APART)
    if inputs is not None and "prompt_tokens" not in usage:
        inputs += (apart_read or 0) + (apart_written or 0)
    output = _or(_first(usage, _OUTPUT), count(get(usage, "results", 0, "tokenCount")))
    thoughts = count(usage.get("thoughtsTokenCount"))
    if output is not None and thoughts:
        output += thoughts  # Gemini counts its thinking beside the answer
    return Tokens(
        inputs,
        cached if cached is not None else _or(_detail(usage, "cached_tokens", "cache_read"), apart_read),
        written if written is not None else apart_written,
        output,
        _or(_first(usage, _REASONING), _detail(usage, "reasoning_tokens", "reasoning")),
    )


def _first(usage: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((read for name in names if name in usage and (read := count(usage[name])) is not None), None)


def _or(one: int | None, other: int | None) -> int | None:
    return other if one is None else one


def _detail(usage: Mapping[str, Any], *names: str) -> int | None:
    """OpenAI and LangChain keep the parts of a count in an object beside it."""
    for key in (
        "prompt_tokens_details",
        "input_tokens_details",
        "input_token_details",
        "completion_tokens_details",
        "output_tokens_details",
        "output_token_details",
    ):
        if isinstance(details := usage.get(key), Mapping) and (read := _first(details, names)) is not None:
            return read
    return None
