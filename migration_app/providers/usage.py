"""A vendor's own token counts, split so that a price never counts a token twice."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

from migration_app.evaluation.outcomes import Usage

# Ten times the largest context on offer: more than this is no count but a fault.
ABSURD = 100_000_000
# How much of a vendor's own figures is kept: many times what any vendor sends.
MOST_FIGURES, MOST_LEVELS, LONGEST_NAME = 100, 3, 100


def read_usage(raw: object, *, thinking_outside_output: bool = False) -> Usage:
    """`raw` as a Usage. A count that is missing, negative or absurd is `None`; `raw` keeps it.

    What is kept of `raw` is what figures look like: it is stored with every answer, and a
    vendor that sends megabytes or a thousand levels in their place must not stop that.

    Some vendors leave reasoning out of `completion_tokens` but put it into `total_tokens`;
    where the sum shows it, it is added, so that `output_tokens` always includes reasoning.
    """
    if not isinstance(raw, dict):
        return Usage()
    given = count(raw.get("prompt_tokens"))
    written = count(raw.get("completion_tokens"))
    reasoning = _first(
        _part(raw, "completion_tokens_details", "reasoning_tokens"), count(raw.get("reasoning_tokens"))
    )
    output, reasoning = _with_reasoning(
        given, written, reasoning, count(raw.get("total_tokens")), thinking_outside_output
    )
    return Usage(
        input_tokens=given,
        cached_input_tokens=_within(_cached(raw), given),
        cache_write_tokens=_within(_cache_writes(raw), given),
        output_tokens=output,
        reasoning_tokens=_within(reasoning, output),
        raw=figures(raw),
        image_input_tokens=_within(_part(raw, "prompt_tokens_details", "image_tokens"), given),
    )


def usage_of(
    raw: Mapping[str, Any],
    *,
    given: object,
    output: object,
    cached: object = None,
    written: object = None,
    reasoning: object = None,
    written_1h: object = None,
    images: object = None,
    cache_apart: bool = False,
) -> Usage:
    """A Usage from a vendor's own values, each looked at first; what is missing or no count is `None`.

    written_1h: of the cache writes, those kept for an hour. images: of the input, the tokens of images.
    cache_apart: the vendor leaves what was read from and written to the cache out of `given`;
        ours includes it, so it is added, where it is known.
    """
    apart = [part for part in (cached, written) if part is not None] if cache_apart else []
    whole, answer, kept = total(given, *apart), count(output), count(written)
    return Usage(
        input_tokens=whole,
        cached_input_tokens=_within(count(cached), whole),
        cache_write_tokens=_within(kept, whole),
        output_tokens=answer,
        reasoning_tokens=_within(count(reasoning), answer),
        raw=figures(raw),
        cache_write_1h_tokens=_within(count(written_1h), kept),
        image_input_tokens=_within(count(images), whole),
    )


def total(*values: object) -> int | None:
    """The sum of counts; `None` when one of them is none."""
    counts = [count(value) for value in values]
    known = [value for value in counts if value is not None]
    return sum(known) if len(known) == len(counts) else None


def count(value: object) -> int | None:
    """`value` as a number of tokens, or None when it is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= ABSURD:
        return None
    return value


def figures(raw: Mapping[str, Any], levels: int = MOST_LEVELS) -> dict[str, Any]:
    """Numbers and short texts of `raw`, a few levels deep, in a form that every database takes."""
    kept = ((_short(name), _figure(value, levels - 1)) for name, value in islice(raw.items(), MOST_FIGURES))
    return {name: value for name, value in kept if value is not _NO_FIGURE}


_NO_FIGURE = object()


def _figure(value: object, levels: int) -> object:
    if isinstance(value, str):
        return _short(value)
    if value is None or isinstance(value, int | float):
        return value
    return figures(value, levels) if isinstance(value, dict) and levels else _NO_FIGURE


def _short(text: str) -> str:
    return text[:LONGEST_NAME].replace("\0", "\ufffd")


def _cached(raw: Mapping[str, Any]) -> int | None:
    return _first(
        _part(raw, "prompt_tokens_details", "cached_tokens"),
        count(raw.get("prompt_cache_hit_tokens")),
        count(raw.get("cached_tokens")),
    )


def _cache_writes(raw: Mapping[str, Any]) -> int | None:
    return _first(
        _part(raw, "prompt_tokens_details", "cache_write_tokens"),
        count(raw.get("cache_creation_input_tokens")),
    )


def _with_reasoning(
    given: int | None, written: int | None, reasoning: int | None, total: int | None, hidden: bool
) -> tuple[int | None, int | None]:
    """(output tokens, reasoning tokens), with reasoning inside the output."""
    if given is None or written is None or total is None:
        return written, reasoning
    beyond = total - given - written
    if beyond > 0 and reasoning == beyond:
        return written + reasoning, reasoning
    if beyond > 0 and hidden and not reasoning:
        return written + beyond, beyond
    return written, reasoning


def _part(raw: Mapping[str, Any], group: str, name: str) -> int | None:
    details = raw.get(group)
    return count(details.get(name)) if isinstance(details, dict) else None


def _within(part: int | None, whole: int | None) -> int | None:
    """A part cannot be larger than the whole: then one of the two is wrong, and the part is unknown."""
    if part is not None and whole is not None and part > whole:
        return None
    return part


def _first(*values: int | None) -> int | None:
    return next((value for value in values if value is not None), None)
