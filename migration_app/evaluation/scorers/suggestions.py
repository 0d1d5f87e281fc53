"""Which scorer suits a set of references, with the reason in a sentence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from ..wording import english
from .base import Expected
from .facts import field_type, leaves
from .json_reading import FENCE, NotJson, read_reference
from .json_scorers import schema_in
from .numeric import numbers_in
from .text import UNSPACED, normalise
from .tool_calls import calls_in

ENOUGH = 0.9  # a rule holds when this share of the references obeys it
LOOKED_AT = 500  # references examined; more would not change the answer
LABEL_WORDS = 4
SHORT_WORDS = 12
LONGEST_NAME = 80  # letters

SOME = 0.1  # where so many are of a kind, another way would fail on them
_MONEY = r"(?:[$£€¥₹]|R\$|US\$|USD|EUR|GBP|BRL|CHF|JPY|INR|CAD|AUD)"
_ONE_NUMBER = re.compile(
    rf"\s*{_MONEY}?\s?[-+−]?{_MONEY}?\s?[\d.,'’\u00a0\u202f ]*\d(?:[eE][-+]?\d+)?\s?(?:%|{_MONEY})?\s*"
)
_COMMA_DECIMALS = re.compile(r"(?<![\d,])\d+,\d{1,2}(?!\d)|\.\d{3},\d|\b0,\d")
_POINT_DECIMALS = re.compile(r"(?<![\d.])\d+\.\d{1,2}(?!\d)|,\d{3}\.\d|\b0\.\d")
_CODE_LINE = re.compile(
    r"[;{}]\s*$|=>|\w\(.*\)\s*[;:]?\s*$|^\s*(?:SELECT|FROM|WHERE)\s"
    r"|^\s*(?:def|class|return|import|from|function|const|let|var|public|private|if|for|while|#include"
    r"|INSERT|UPDATE|WITH|JOIN|GROUP BY|ORDER BY)\b.*[(:;={*,]"
)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A scorer to propose. `name` is None when nothing can be scored without references."""

    name: str | None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""


def suggest(expected: Iterable[Expected]) -> Suggestion:
    """The first rule that fits at least nine in ten of the references, from strict to loose."""
    samples = [sample for _, sample in zip(range(LOOKED_AT), expected, strict=False)]
    texts = [reference for sample in samples for reference in sample.references if reference.strip()]
    if not texts:
        return _without_references(samples)
    for rule in (_tool_calls, _json, _numbers, _labels, _code, _unspaced, _names, _short):
        found = rule(texts)
        if found:
            return found
    return Suggestion(
        "rouge",
        {"variant": "rougeL"},
        english(
            "The expected answers are longer texts: shared words, in order. A good answer in other words "
            "gets a low mark; let a judge grade them where that matters."
        ),
    )


def _without_references(samples: Sequence[Expected]) -> Suggestion:
    if samples and all(schema_in(sample.response_format) for sample in samples):
        return Suggestion(
            "json_schema",
            {},
            english("There are no expected answers, but every sample brings a JSON schema."),
        )
    if samples and all(sample.response_format for sample in samples):
        return Suggestion(
            "json_validity", {}, english("There are no expected answers, but every sample asks for JSON.")
        )
    return Suggestion(
        None, {}, english("There are no expected answers to compare with: add them, or let a judge grade.")
    )


def _tool_calls(texts: Sequence[str]) -> Suggestion | None:
    if not _share(texts, lambda text: text.lstrip().startswith(("{", "[", FENCE)) and bool(calls_in(text))):
        return None
    return Suggestion(
        "tool_calls",
        {},
        english("The expected answers are tool calls: the right tools with the right arguments."),
    )


def _json(texts: Sequence[str]) -> Suggestion | None:
    values = [value for value in map(_as_json, texts) if value is not None]
    if not _most(len(values), texts):
        return None
    fields = _field_types(values)
    if any(isinstance(value, list) for value in values):
        reason = english("The expected answers are JSON lists: compared item by item, in any order.")
    elif len(fields) == 1:
        reason = english("The expected answers are JSON objects with one field: that is compared.")
    else:
        reason = english(
            "The expected answers are JSON objects with {fields} fields: compared field by field.",
            fields=len(fields),
        )
    return Suggestion("field_f1", {"fields": fields}, reason)


def _as_json(text: str) -> dict[str, Any] | list[Any] | None:
    try:
        value = read_reference(text) if text.lstrip().startswith(("{", "[", FENCE)) else None
    except NotJson:
        return None
    return value if isinstance(value, dict | list) else None


def _field_types(objects: Iterable[dict[str, Any] | list[Any]]) -> dict[str, str]:
    """For each path the type of all its values, or text where they differ."""
    seen: dict[str, set[str]] = {}
    for value in objects:
        for path, leaf in leaves(value):
            seen.setdefault(path, set()).update([field_type(leaf)] if leaf is not None else [])
    return {path: kinds.pop() if len(kinds) == 1 else "text" for path, kinds in seen.items()}


def _numbers(texts: Sequence[str]) -> Suggestion | None:
    if not _share(texts, lambda text: len(text) < 60 and bool(_ONE_NUMBER.fullmatch(text)) and _single(text)):
        return None
    commas, points = (
        sum(bool(mark.search(text)) for text in texts) for mark in (_COMMA_DECIMALS, _POINT_DECIMALS)
    )
    return Suggestion(
        "numeric",
        {"decimal_mark": ","} if commas > points else {},
        english("The expected answers are numbers: compared by value, however they are written."),
    )


def _single(text: str) -> bool:
    return len(list(numbers_in(text))) == 1


def _labels(texts: Sequence[str]) -> Suggestion | None:
    """Labels are short and repeat: at least twice each on average."""
    counts = Counter(normalise(text) for text in texts)
    repeated = len(counts) == 1 or len(texts) >= 2 * len(counts)
    if not repeated or not _share(texts, lambda text: len(text.split()) <= LABEL_WORDS):
        return None
    return Suggestion(
        "normalised_match",
        {},
        english(
            "The expected answers are short labels, {counts} in all: the answer must be the same label.",
            counts=len(counts),
        ),
    )


def _code(texts: Sequence[str]) -> Suggestion | None:
    """Of measures of overlap, runs of letters go best with people's word on code (Evtikhiev et al. 2023)."""
    if not _share(texts, _is_code):
        return None
    return Suggestion(
        "chrf",
        {},
        english(
            "The expected answers are program code: compared letter by letter. That does not tell whether "
            "the code runs; let a judge read it, or have people review some."
        ),
    )


def _is_code(text: str) -> bool:
    if text.lstrip().startswith(FENCE):
        return True
    lines = [line for line in text.splitlines() if line.strip()]
    return 2 * sum(bool(_CODE_LINE.search(line)) for line in lines) > len(lines)


def _unspaced(texts: Sequence[str]) -> Suggestion | None:
    if sum(bool(UNSPACED.search(text)) for text in texts) < SOME * len(texts):
        return None
    if _share(texts, lambda text: bool(UNSPACED.search(text))):
        reason = english("The expected answers are in a script without spaces: compared letter by letter.")
    else:
        reason = english(
            "Some of the expected answers are in a script without spaces: compared letter by letter."
        )
    return Suggestion("chrf", {}, reason)


def _names(texts: Sequence[str]) -> Suggestion | None:
    """One word each, such as an order number, a place or a date: part of it is not part of the answer."""
    if not _share(texts, lambda text: len(text.split()) == 1 and len(text.strip()) <= LONGEST_NAME):
        return None
    return Suggestion(
        "normalised_match",
        {},
        english("The expected answers are single words, numbers or dates: the answer must be the same."),
    )


def _short(texts: Sequence[str]) -> Suggestion | None:
    if median(len(text.split()) for text in texts) > SHORT_WORDS:
        return None
    return Suggestion(
        "rouge",
        {"variant": "rouge1"},
        english("The expected answers are short phrases: words shared, whatever their order."),
    )


def _share(texts: Sequence[str], holds: Callable[[str], bool]) -> bool:
    return _most(sum(map(holds, texts)), texts)


def _most(count: int, texts: Sequence[str]) -> bool:
    return count >= ENOUGH * len(texts)
