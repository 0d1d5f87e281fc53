"""Reading JSON that a model wrote: with a code fence around it, or built to break the reader."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from ..json_depth import MAX_DEPTH, is_too_deep
from ..wording import english
from .base import Answer

MAX_CHARS = 2_000_000
MAX_INTEGER_DIGITS = 308  # beyond it a number leaves the range of a double (RFC 8259, section 6)
FENCE = "```"


class NotJson(ValueError):
    """The text cannot be read as JSON; the message is a clause that says why."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A JSON value, and a remark on where it was found ("" when it is the whole text)."""

    value: Any
    remark: str = ""


def read_answer(answer: Answer, *, allow_fence: bool) -> Reading:
    """The JSON value in an answer; where there is no text, the arguments of its only tool call.

    Raises NotJson.
    """
    if not answer.text.strip() and len(answer.tool_calls) == 1:
        call = answer.tool_calls[0]
        return Reading(read_json(call.arguments), english(" Read from the arguments of a tool call."))
    inner = _fenced(answer.text) if allow_fence else None
    if inner is None:
        return Reading(read_json(answer.text))
    return Reading(read_json(inner), english(" Taken out of a code fence."))


def read_json(text: str) -> Any:
    """The value of strict JSON (RFC 8259): no NaN, no trailing commas. Raises NotJson."""
    if len(text) > MAX_CHARS:
        raise NotJson(english("it is longer than {max_chars:,} characters", max_chars=MAX_CHARS))
    try:
        value = json.loads(
            text.strip("\ufeff \t\r\n"), parse_int=_integer, parse_float=_float, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise NotJson(_where(text, error)) from error
    except RecursionError as error:
        raise NotJson(
            english("it is nested more than {max_depth} levels deep", max_depth=MAX_DEPTH)
        ) from error
    if is_too_deep(value):
        raise NotJson(english("it is nested more than {max_depth} levels deep", max_depth=MAX_DEPTH))
    return value


def _fenced(text: str) -> str | None:
    """What stands inside the first ``` … ``` block, without its language tag.

    A block opens at the start of a line, so backticks inside a JSON string open none.
    """
    lines = "\n" + text
    start = lines.find("\n" + FENCE)
    if start < 0:
        return None
    begin = start + 1 + len(FENCE)
    ends = [place for place in (lines.find("\n" + FENCE, begin), lines.find(FENCE, begin)) if place >= 0]
    if not ends:
        return None
    inner = lines[begin : ends[0]]
    return inner[4:] if inner[:4].lower() == "json" else inner


def _where(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return english("it is empty")
    if "Extra data" in error.msg:
        return english("something follows the JSON at character {value}", value=error.pos + 1)
    return english(
        "it breaks off or goes wrong at line {lineno}, column {colno}", lineno=error.lineno, colno=error.colno
    )


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise NotJson(f"it holds a number of {len(digits):,} digits")
    return int(digits)


def _float(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise NotJson("it holds a number too large to be read")
    return value


def _no_constant(name: str) -> float:
    raise NotJson(english("{name} is not a JSON value", name=name))
