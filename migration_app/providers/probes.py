"""What a connection's test asks, and what each answer shows.

Every question is small: a few dozen tokens, and one image of a kilobyte.
"""

from __future__ import annotations

import base64
import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any

import orjson

from migration_app.evaluation.conversations import Conversation, Message, Settings
from migration_app.evaluation.outcomes import Completed, Failed, Outcome

from .failures import quotable
from .limits import NO_SEED
from .vendors import Vendor
from .wording import Template, gettext_noop

# Enough for a model that thinks first; others stop after a few.
MOST_TOKENS = 512
_LIMITED = Settings(max_output_tokens=MOST_TOKENS)


def _ask(prompt: str | tuple[dict[str, Any], ...], **more: Any) -> Conversation:
    return Conversation((Message("user", prompt),), settings=more.pop("settings", _LIMITED), **more)


def _square() -> str:
    """A red square of 32 × 32 pixels, as a data: URL."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\xd0\x20\x20" * 32) * 32
    head = struct.pack("!IIBBBBB", 32, 32, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


_TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "Tells the weather in a city.",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}
_SCHEMA = {
    "type": "object",
    "properties": {"colour": {"type": "string"}},
    "required": ["colour"],
    "additionalProperties": False,
}
ANSWER = _ask("Count from one to five in words.")
TOOLS = _ask("What is the weather in Oslo? Use the tool.", tools=(_TOOL,))
JSON_SCHEMA = _ask(
    "What colour is the sky on a clear day? Answer in JSON.",
    response_format={
        "type": "json_schema",
        "json_schema": {"name": "sky", "schema": _SCHEMA, "strict": True},
    },
)
IMAGE = _ask(
    (
        {"type": "text", "text": "Which colour is this? One word."},
        {"type": "image_url", "image_url": {"url": _square()}},
    )
)
SEED = _ask("Name any three animals.", settings=replace(_LIMITED, seed=7, temperature=1.0))


@dataclass(frozen=True, slots=True)
class Shown:
    """`passed`: None when it cannot be told. `detail`: a sentence with what to do, where something is."""

    passed: bool | None
    detail: str


def answers(outcome: Outcome, secrets: tuple[str, ...]) -> Shown:
    if isinstance(outcome, Failed):
        return Shown(False, outcome.message)
    if outcome.text.strip():
        return Shown(True, _SAID(text=quotable(outcome.text, secrets)))
    return Shown(True, _THINKS(n=MOST_TOKENS))


def streams(outcome: Completed) -> Shown:
    pieces = len(outcome.timing.token_gaps) + (outcome.timing.ttft is not None)
    if pieces > 1:
        return Shown(True, _PIECES(n=pieces))
    return Shown(False, _ONE_PIECE)


def usage(outcome: Completed) -> Shown:
    counted = outcome.usage
    if counted.input_tokens is None or counted.output_tokens is None or counted.estimated:
        return Shown(False, _NO_COUNTS)
    given, taken = f"{counted.input_tokens:,}", f"{counted.output_tokens:,}"
    return Shown(True, _COUNTS(given=given, taken=taken))


def tools(outcome: Outcome, secrets: tuple[str, ...]) -> Shown:
    if isinstance(outcome, Failed):
        return Shown(False, _without(gettext_noop("samples with tools"), outcome))
    if any(call.name == "weather" for call in outcome.tool_calls):
        return Shown(True, gettext_noop("It called the tool that it was offered."))
    return Shown(None, _NOT_CALLED)


def json_schema(outcome: Outcome, secrets: tuple[str, ...]) -> Shown:
    if isinstance(outcome, Failed):
        return Shown(False, _without(gettext_noop("samples with a JSON schema"), outcome))
    try:
        followed = set(orjson.loads(outcome.text)) == {"colour"}
    except (orjson.JSONDecodeError, TypeError):
        followed = False
    if followed:
        return Shown(True, gettext_noop("The answer followed the schema."))
    return Shown(False, _NOT_FOLLOWED(text=quotable(outcome.text, secrets)))


def images(outcome: Outcome, secrets: tuple[str, ...]) -> Shown:
    if isinstance(outcome, Failed):
        return Shown(False, _without(gettext_noop("samples with images"), outcome))
    return Shown(True, _SAID_OF_IMAGE(text=quotable(outcome.text, secrets)))


def seed(first: Outcome, second: Outcome) -> Shown:
    for outcome in (first, second):
        if isinstance(outcome, Failed):
            return Shown(False, _without(gettext_noop("a seed"), outcome))
    assert isinstance(first, Completed) and isinstance(second, Completed)
    if first.text == second.text:
        return Shown(True, gettext_noop("The same seed gave the same answer twice."))
    return Shown(None, _SEED_IGNORED)


def no_seed(vendor: Vendor) -> Shown:
    return Shown(False, NO_SEED(vendor=vendor.label))


def _without(what: str, failed: Failed) -> str:
    return _LEAVE_OUT(what=what, why=failed.message)


_SAID = Template(gettext_noop("It said “{text}”."))
_THINKS = Template(gettext_noop("It answered, with no text within {n} tokens: this model thinks for longer."))
_PIECES = Template(gettext_noop("The answer came in {n} pieces."))
_ONE_PIECE = gettext_noop(
    "The answer came in one piece: the time to its first token is that of the whole answer."
)
_NO_COUNTS = gettext_noop(
    "It reports no token counts in streams: tokens and costs will be estimates, and shown as such."
)
_COUNTS = Template(
    gettext_noop(
        "It reports its own token counts ({given} in, {taken} out), so costs are the vendor's own figures."
    )
)
_NOT_CALLED = gettext_noop("It took the tool, and answered without calling it. Other prompts may do better.")
_NOT_FOLLOWED = Template(gettext_noop("It took the schema and did not follow it: “{text}”."))
_SAID_OF_IMAGE = Template(gettext_noop("Of a red square it said “{text}”."))
_SEED_IGNORED = gettext_noop(
    "It takes a seed and answered differently all the same: repetitions will differ."
)
_LEAVE_OUT = Template(gettext_noop("Leave {what} out, or choose another model. {why}"))
