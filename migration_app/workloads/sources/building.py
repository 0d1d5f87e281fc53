"""From what a log says to a draft: the steps that every log's reader shares."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from ..calls import Call
from ..conversations import text_of
from ..drafts import Draft, as_json, finished
from ..errors import BadRow
from ..shapes.answers import Answer
from ..shapes.requests import Asked
from ..shapes.tokens import Tokens
from ..shapes.values import number, text

_SHORT = 200  # characters that category, cluster and id may have
_LONGEST = 7 * 86_400.0  # seconds that a call may have taken


def draft_of(
    line: int,
    asked: Asked,
    *,
    answer: Answer | None = None,
    call: Call | None = None,
    references: Sequence[str] = (),
    external_id: Any = "",
    category: Any = "",
    cluster: str = "",
    weight: float = 1.0,
    ending: str = "logged",
    warnings: Sequence[str] = (),
) -> Draft:
    """A finished draft. Raises BadRow when nothing would be asked.

    `ending` says what an assistant's turn at the end of the messages is: the "logged" answer,
    where the log has none beside it, or the "reference". It is never sent.
    """
    messages = list(asked.messages)
    last = messages.pop() if messages and messages[-1]["role"] == "assistant" else None
    if not any(message["role"] in ("user", "tool") for message in messages):
        raise BadRow(_("The conversation holds no question from a user."))
    references = [reference for reference in references if reference.strip()]
    if last is not None and ending == "reference" and not references:
        references = [said] if (said := _expected(last)).strip() else []
    if last is not None and not answer and ending == "logged":
        answer = Answer(text=text_of(last), tool_calls=last.get("tool_calls", []))
    draft = Draft(
        line=line,
        messages=messages,
        external_id=text(external_id)[:_SHORT],
        tools=asked.tools,
        response_format=asked.response_format,
        settings=dict(asked.settings),
        references=references,
        category=_told_apart(text(category).strip()),
        cluster=_short(cluster),
        weight=weight,
        call=call,
        warnings=(*warnings, *(call.warnings if call else ()), *_about_images(messages)),
    )
    if answer:
        draft.logged = answer.as_json() | (call.facts() if call else {})
    return finished(draft)


def _expected(turn: dict[str, Any]) -> str:
    """What a turn says, or the tools that it calls, as the scorers read them."""
    said = text_of(turn)
    return said if said.strip() or "tool_calls" not in turn else as_json(turn["tool_calls"]).decode()


def _told_apart(name: str) -> str:
    """A name as it is; of a longer one the beginning, and what no other one with that beginning has."""
    if len(name) <= _SHORT:
        return name
    digest = hashlib.sha256(name.encode(errors="replace")).hexdigest()[:8]
    return f"{name[: _SHORT - 10].rstrip()}… {digest}"


def _short(name: str) -> str:
    return name if len(name) <= _SHORT else hashlib.sha256(name.encode()).hexdigest()


def _about_images(messages: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    for message in messages:
        content = message["content"]
        if isinstance(content, list) and any(_is_remote(part) for part in content):
            return (
                _(
                    "An image is given by its web address. It is not fetched; "
                    "each model's vendor would fetch it."
                ),
            )
    return ()


def _is_remote(part: dict[str, Any]) -> bool:
    return part.get("type") == "image_url" and part["image_url"]["url"].startswith("http")


def opaque(user: Any) -> str:
    """A user's id as a name for the cluster of their requests, from which the id cannot be had back."""
    written = text(user)
    return "user:" + salted_hmac("workloads.cluster", written).hexdigest()[:32] if written else ""


def with_tokens(call: Call, tokens: Tokens) -> Call:
    """Write token counts onto a call."""
    call.input_tokens, call.cached_tokens, call.cache_write_tokens = (
        tokens.input,
        tokens.cached,
        tokens.cache_write,
    )
    call.output_tokens, call.reasoning_tokens = tokens.output, tokens.reasoning
    return call


def timed(call: Call, latency: Any, ttft: Any = None) -> Call:
    """Write durations in seconds onto a call; what cannot be is left out and said."""
    call.latency_s, call.ttft_s = _duration(latency, call), _duration(ttft, call)
    if call.ttft_s is not None and call.latency_s is not None and call.ttft_s > call.latency_s:
        call.ttft_s = None
        call.warnings += (
            _("The first token came after the last one; the time to the first token was left out."),
        )
    return call


def _duration(value: Any, call: Call) -> float | None:
    seconds = number(value)
    if seconds is None:
        return None
    if 0 <= seconds <= _LONGEST:
        return round(seconds, 6)
    call.warnings += (
        _("A duration is negative; it was left out.")
        if seconds < 0
        else _("A duration is longer than a week; it was left out."),
    )
    return None
