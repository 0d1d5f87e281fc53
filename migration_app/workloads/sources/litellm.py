"""LiteLLM's standard logging payload: one object for each call through the proxy.

Times are seconds since 1970. `response_time` is the time to the first token when the answer was
streamed, so durations are taken from the moments. Key hashes and addresses are never read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..conversations import response_format_from
from ..drafts import Draft
from ..readers import Row
from ..shapes.answers import answer_in
from ..shapes.loose import asked_loosely
from ..shapes.settings import settings_in
from ..shapes.tokens import tokens_in
from ..shapes.tools import tools_in
from ..shapes.values import between, first, get, moment, money, text, unpacked
from .building import draft_of, opaque, timed, with_tokens

_CHATS = ("completion", "responses", "anthropic_messages", "generate_content", "text_completion")


def recognises(values: Mapping[str, Any]) -> float:
    if "call_type" not in values or "startTime" not in values or "spend" in values:
        return 0.0
    return 1.0 if "response_cost" in values or "model_group" in values or "hidden_params" in values else 0.6


def is_chat(call_type: Any) -> bool:
    """Whether a call asks for text; unknown kinds do not."""
    return any(name in text(call_type) for name in _CHATS)


def not_chat(call_type: Any) -> str:
    return _("It is a call of the type “%(type)s”, which gives no text to compare.") % {
        "type": text(call_type)[:30]
    }


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    values = row.values
    if not is_chat(values.get("call_type")):
        yield Skipped(row.line, not_chat(values.get("call_type")))
        return
    call = _call(values)
    messages = unpacked(values.get("messages"))
    if not messages or _is_redacted(messages):
        call.line = row.line
        call.warnings += (_("The log does not hold what was asked (it is turned off or redacted)."),)
        yield call
        return
    yield draft_from_log(row, messages, call)


def draft_from_log(row: Row, messages: Any, call: Call) -> Draft:
    """A draft from the fields that LiteLLM's two logs share."""
    values = row.values
    asked, warnings = asked_loosely(messages, "messages")
    parameters = unpacked(values.get("model_parameters"))
    given = get(parameters, "response_format")
    return draft_of(
        row.line,
        asked._replace(
            tools=asked.tools or tools_in(get(parameters, "tools") or get(parameters, "functions")),
            response_format=asked.response_format or (response_format_from(given) if given else None),
            settings=asked.settings or settings_in(parameters),
        ),
        answer=answer_in(unpacked(values.get("response"))) if not call.failed else None,
        call=call,
        external_id=first(values, "id", "request_id"),
        category=_category(values),
        cluster=text(first(values, "trace_id", "session_id")) or opaque(first(values, "end_user")),
        warnings=warnings,
    )


def _is_redacted(messages: Any) -> bool:
    return "redacted-by-litellm" in str(
        get(messages, 0, "content") if isinstance(messages, list) else messages
    )


def _category(values: Mapping[str, Any]) -> str:
    """The first tag of the caller; the proxy adds tags of its own."""
    tags = unpacked(values.get("request_tags"))
    own = (
        [tag for tag in tags if isinstance(tag, str) and not tag.startswith("User-Agent")]
        if isinstance(tags, list)
        else []
    )
    return own[0] if own else ""


def _call(values: Mapping[str, Any]) -> Call:
    start = moment(values.get("startTime"))
    end, begun = moment(values.get("endTime")), moment(values.get("completionStartTime"))
    hit = str(values.get("cache_hit")).lower() == "true"
    call = Call(
        at=start,
        model=text(first(values, "model", "model_group")),
        cost_usd=money(values.get("response_cost")),
        failed=values.get("status") == "failure",
        from_cache=hit,
    )
    if not hit:
        # Without a stream the first token is said to come with the last.
        timed(call, between(start, end), between(start, begun) if begun != end else None)
    counts = {key: values[key] for key in ("prompt_tokens", "completion_tokens") if key in values}
    usage = get(unpacked(values.get("response")), "usage") or get(values, "metadata", "usage_object")
    return with_tokens(
        call, tokens_in(counts).or_else(tokens_in(usage if isinstance(usage, Mapping) else {}))
    )
