"""Reading JSON that a model wrote: with a code fence around it, or built to break the reader."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from ..json_depth import MAX_DEPTH, is_too_deep
from ..wording import english
from .base import Answer

MAX_CHARS = 2_000_000
MAX_INTEGER_DIGITS = 308  # beyond it a number leaves the range of a double (RFC 8259, section 6)
FENCE = "```"
_OPENED = re.compile(
    r"^ {0,3}```(?:json(?![\w+-])|[ \t]*[\w+-]*[ \t]*(?=\r?$))?", re.MULTILINE | re.IGNORECASE
)
_CLOSED = re.compile(r"^ {0,3}```", re.MULTILINE)


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


def read_reference(reference: str) -> Any:
    """The JSON value of an expected answer, also one recorded in its code fence. Raises NotJson."""
    return read_answer(Answer(reference), allow_fence=True).value


def read_json(text: str, *, unique: bool = False) -> Any:
    """The value of strict JSON (RFC 8259): no NaN, no trailing commas. Raises NotJson.

    unique: a name that stands twice in an object is an error; else the last one counts.
    """
    if len(text) > MAX_CHARS:
        raise NotJson(english("it is longer than {max_chars:,} characters", max_chars=MAX_CHARS))
    try:
        value = json.loads(
            text.strip("\ufeff \t\r\n"),
            parse_int=_integer,
            parse_float=_float,
            parse_constant=_no_constant,
            object_pairs_hook=_once_each if unique else None,
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

    A block opens at the start of a line, up to three spaces in (CommonMark 0.31, section 4.5), so
    backticks inside a JSON string open none.
    """
    opened = _OPENED.search(text)
    if opened is None:
        return None
    inside = text[opened.end() :]
    closed = _CLOSED.search(inside)
    end = closed.start() if closed else inside.find(FENCE)
    return inside[:end] if end >= 0 else None


def _where(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return english("it is empty")
    if "Extra data" in error.msg:
        return english("something follows the JSON at character {value}", value=error.pos + 1)
    return english(
        "it breaks off or goes wrong at line {lineno}, column {colno}", lineno=error.lineno, colno=error.colno
    )


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise NotJson(english("a name stands in it twice"))
    return found


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise NotJson(english("it holds a number of {digits:,} digits", digits=len(digits)))
    return int(digits)


def _float(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise NotJson(english("it holds a number too large to be read"))
    return value


def _no_constant(name: str) -> float:
    raise NotJson(english("{name} is not a JSON value", name=name))
