"""The settings that a logged request was sent with, under whatever names its vendor has for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .values import count, first, number, text, unpacked

# Our name (evaluation.conversations.Settings where it has one), then what vendors and tools call it.
_NUMBERS: dict[str, tuple[float, float, tuple[str, ...]]] = {
    "temperature": (0, 2, ("temperature",)),
    "top_p": (0, 1, ("top_p", "topP", "p")),
    "frequency_penalty": (-2, 2, ("frequency_penalty", "frequencyPenalty")),
    "presence_penalty": (-2, 2, ("presence_penalty", "presencePenalty")),
}
_COUNTS: dict[str, tuple[str, ...]] = {
    "max_output_tokens": (
        "max_completion_tokens", "max_output_tokens", "max_tokens", "maxOutputTokens", "maxTokens",
        "maxTokenCount", "max_tokens_to_sample", "max_new_tokens", "max_gen_len",
    ),
    "top_k": ("top_k", "topK", "k"),
    "seed": ("seed", "random_seed"),
}  # fmt: skip
_STOPS = ("stop", "stop_sequences", "stopSequences")
_INSIDE = ("inferenceConfig", "generationConfig", "generation_config", "textGenerationConfig", "parameters")
_MOST_TOKENS = 10_000_000
_MOST_STOPS, _LONGEST_STOP = 16, 100


def settings_in(*holders: Any) -> dict[str, Any]:
    """What these objects say of temperature, longest answer and so on; the first that says it counts.

    What is no number, or out of any vendor's range, is left out: a log is not always a request.
    """
    places = [place for holder in holders for place in _places(holder)]
    found: dict[str, Any] = {}
    for name, (least, most, names) in _NUMBERS.items():
        read = number(_named(places, names))
        if read is not None and least <= read <= most:
            found[name] = read
    for name, names in _COUNTS.items():
        whole = count(_named(places, names))
        if whole is not None and (whole > 0 or name == "seed") and whole <= _MOST_TOKENS:
            found[name] = whole
    if stops := _stops(_named(places, _STOPS)):
        found["stop"] = stops
    if effort := text(_effort(places))[:20]:
        found["reasoning_effort"] = effort
    return found


def _places(holder: Any) -> list[Mapping[str, Any]]:
    holder = unpacked(holder)
    if not isinstance(holder, Mapping):
        return []
    inner = [unpacked(holder.get(name)) for name in _INSIDE]
    return [holder, *(place for place in inner if isinstance(place, Mapping))]


def _named(places: list[Mapping[str, Any]], names: tuple[str, ...]) -> Any:
    return next((value for place in places if (value := first(place, *names)) not in (None, "")), None)


def _stops(value: Any) -> list[str]:
    value = unpacked(value) if isinstance(value, str) and value[:1] == "[" else value
    written = value if isinstance(value, list) else [value]
    return [one[:_LONGEST_STOP] for one in written if isinstance(one, str) and one][:_MOST_STOPS]


def _effort(places: list[Mapping[str, Any]]) -> Any:
    reasoning = next((place["reasoning"] for place in places if "reasoning" in place), None)
    if isinstance(reasoning, Mapping):
        return reasoning.get("effort")
    return _named(places, ("reasoning_effort",))
