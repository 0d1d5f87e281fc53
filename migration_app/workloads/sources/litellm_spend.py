"""LiteLLM's spend log: volume and cost of every call, the text only where a proxy was told to keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..calls import Call, Skipped
from ..drafts import Draft
from ..readers import Row
from ..shapes.tokens import tokens_in
from ..shapes.values import between, first, moment, money, text, unpacked
from .building import timed, with_tokens
from .litellm import draft_from_log, is_chat, not_chat


def recognises(values: Mapping[str, Any]) -> float:
    return 1.0 if "spend" in values and "startTime" in values and "request_id" in values else 0.0


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    values = row.values
    if not is_chat(values.get("call_type") or "completion"):
        yield Skipped(row.line, not_chat(values.get("call_type")))
        return
    call = _call(row.line, values)
    messages = unpacked(values.get("messages"))
    if messages and messages not in ("{}", "[]"):
        yield draft_from_log(row, messages, call)
    else:
        yield call


def _call(line: int, values: Mapping[str, Any]) -> Call:
    start, end = moment(values.get("startTime")), moment(values.get("endTime"))
    begun = moment(values.get("completionStartTime"))
    hit = str(values.get("cache_hit")).lower() == "true"
    tags = unpacked(values.get("request_tags"))
    call = Call(
        line=line,
        at=start,
        model=text(first(values, "model_group", "model")),
        category=tags[0][:200] if isinstance(tags, list) and tags and isinstance(tags[0], str) else "",
        cost_usd=money(values.get("spend")),
        failed=values.get("status") == "failure",
        from_cache=hit,
    )
    if not hit:
        timed(call, between(start, end), between(start, begun) if begun != end else None)
    return with_tokens(
        call, tokens_in({key: values.get(key) for key in ("prompt_tokens", "completion_tokens")})
    )
