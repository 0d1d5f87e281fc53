"""Helicone's requests: each holds the bodies as they went to and came from the vendor.

Durations are milliseconds. An answer from Helicone's cache says nothing about the model's speed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..readers import Row
from ..shapes.answers import Answer, answer_in
from ..shapes.loose import asked_loosely
from ..shapes.tokens import Tokens
from ..shapes.values import count, first, get, moment, money, number, text, unpacked
from .building import draft_of, opaque, timed, with_tokens

_NO_ORIGINAL = "00000000-0000-0000-0000-000000000000"
_OTHER_PATHS = ("/embeddings", "/moderations", "/images", "/audio")


def recognises(values: Mapping[str, Any]) -> float:
    if "request_id" not in values or not ("request_body" in values or "signed_body_url" in values):
        return 0.0
    return (
        1.0
        if any(key in values for key in ("response_body", "response_status", "delay_ms", "request_path"))
        else 0.6
    )


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    values = row.values
    if any(part in text(values.get("request_path")) for part in _OTHER_PATHS):
        yield Skipped(row.line, _("It is a call of another kind than a chat, such as an embedding."))
        return
    body, reply = unpacked(values.get("request_body")), unpacked(values.get("response_body"))
    answer = answer_in(reply) if reply else Answer()
    call = _call(values, answer)
    if not body:
        call.line = row.line
        call.warnings += (
            _(
                "The bodies are not in the file, only links to them. Export with bodies to replay these "
                "requests."
            ),
        )
        yield call
        return
    asked, warnings = asked_loosely(body, "request_body")
    properties = unpacked(first(values, "request_properties", "properties"))
    yield draft_of(
        row.line,
        asked,
        answer=None if call.failed else answer,
        call=call,
        external_id=values.get("request_id"),
        category=first(properties, "category", "Category", "feature", "Feature", "Helicone-Session-Path"),
        cluster=text(first(properties, "Helicone-Session-Id")) or opaque(first(values, "request_user_id")),
        warnings=warnings,
    )


def _call(values: Mapping[str, Any], answer: Answer) -> Call:
    status = number(values.get("response_status"))
    call = Call(
        at=moment(values.get("request_created_at")),
        model=text(first(values, "response_model", "request_model", "model")) or answer.model,
        cost_usd=money(first(values, "costUSD", "cost_usd", "cost")),
        failed=status is not None and not 200 <= status < 300,
        from_cache=_from_cache(values),
    )
    if not call.from_cache:
        timed(call, _seconds(values.get("delay_ms")), _seconds(values.get("time_to_first_token")))
    return with_tokens(call, answer.tokens.or_else(_tokens(values)))


def _from_cache(values: Mapping[str, Any]) -> bool:
    original = values.get("cache_reference_id")
    if isinstance(original, str) and original:
        return original != _NO_ORIGINAL
    return any(str(values.get(key)).lower() in ("true", "1") for key in ("cached", "cache_hit"))


def _seconds(milliseconds: Any) -> float | None:
    read = number(milliseconds)
    return None if read is None else read / 1000


def _tokens(values: Mapping[str, Any]) -> Tokens:
    """Helicone counts as the vendor does: Anthropic's cached tokens come on top of the prompt's."""
    prompt = count(values.get("prompt_tokens"))
    cached, written = (
        count(values.get("prompt_cache_read_tokens")),
        count(values.get("prompt_cache_write_tokens")),
    )
    if prompt is not None and text(get(values, "provider")).upper() in ("ANTHROPIC", "BEDROCK"):
        prompt += (cached or 0) + (written or 0)
    return Tokens(
        prompt, cached, written, count(values.get("completion_tokens")), count(values.get("reasoning_tokens"))
    )
