"""Langfuse observations: from the API, the page's export, or the export to blob storage.

The API writes camelCase and objects, the blob export snake_case and, in CSV, JSON as text. Times
have no zone and are UTC; latencies are seconds. Only generations are calls of a model.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..readers import Row
from ..shapes.answers import answer_in
from ..shapes.loose import asked_loosely
from ..shapes.settings import settings_in
from ..shapes.tokens import Tokens
from ..shapes.tools import tools_in
from ..shapes.values import between, count, first, get, moment, money, text, unpacked
from .building import draft_of, opaque, timed, with_tokens

_TYPES = {
    "GENERATION",
    "SPAN",
    "EVENT",
    "AGENT",
    "TOOL",
    "CHAIN",
    "RETRIEVER",
    "EVALUATOR",
    "EMBEDDING",
    "GUARDRAIL",
}


def recognises(values: Mapping[str, Any]) -> float:
    if str(values.get("type")).upper() not in _TYPES:
        return 0.0
    return 1.0 if ("trace_id" in values or "traceId" in values) and _start(values) else 0.0


def _start(values: Mapping[str, Any]) -> Any:
    return first(values, "start_time", "startTime")


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    values = row.values
    if (kind := str(values.get("type")).upper()) != "GENERATION":
        yield Skipped(row.line, _("It is of the type %(type)s, not a call of a model.") % {"type": kind[:20]})
        return
    call = _call(values)
    if values.get("input") in (None, "", [], {}):
        call.line = row.line
        call.warnings += (_("The export holds no input for some calls; they count as traffic only."),)
        yield call
        return
    asked, warnings = asked_loosely(values.get("input"), "input")
    yield draft_of(
        row.line,
        asked._replace(
            tools=asked.tools or tools_in(get(_parameters(values), "tools")),
            settings=asked.settings or settings_in(_parameters(values)),
        ),
        answer=answer_in(unpacked(values.get("output"))),
        call=call,
        external_id=values.get("id"),
        category=first(values, "trace_name", "traceName", "name"),
        cluster=text(first(values, "session_id", "sessionId", "trace_id", "traceId"))
        or opaque(_user(values)),
        warnings=warnings,
    )


def _user(values: Mapping[str, Any]) -> Any:
    return first(values, "user_id", "userId")


def _parameters(values: Mapping[str, Any]) -> Any:
    return unpacked(first(values, "model_parameters", "modelParameters"))


def _call(values: Mapping[str, Any]) -> Call:
    start = moment(_start(values))
    streamed = between(start, moment(first(values, "completion_start_time", "completionStartTime")))
    taken = between(start, moment(first(values, "end_time", "endTime")))
    call = Call(
        at=start,
        model=text(first(values, "provided_model_name", "providedModelName", "model", "model_id")),
        cost_usd=money(_cost(values)),
        failed=values.get("level") == "ERROR",
    )
    timed(
        call,
        values.get("latency") if taken is None else taken,
        first(values, "time_to_first_token", "timeToFirstToken") if streamed is None else streamed,
    )
    return with_tokens(call, _tokens(unpacked(first(values, "usage_details", "usageDetails", "usage"))))


def _cost(values: Mapping[str, Any]) -> Any:
    cost = first(values, "total_cost", "totalCost", "calculatedTotalCost")
    details = unpacked(first(values, "cost_details", "costDetails"))
    return cost if cost is not None else first(details, "total") or get(values, "usage", "totalCost")


def _tokens(usage: Any) -> Tokens:
    """Langfuse keeps each kind of token apart: the total tells whether the input holds its parts."""
    if not isinstance(usage, Mapping):
        return Tokens()
    inputs = count(first(usage, "input", "input_tokens", "promptTokens"))
    outputs = count(first(usage, "output", "output_tokens", "completionTokens"))
    parts_in, parts_out = _parts(usage, "input_", "cache_"), _parts(usage, "output_")
    apart = count(usage.get("total")) != (inputs or 0) + (outputs or 0)
    return Tokens(
        input=None if inputs is None else inputs + apart * sum(parts_in.values()),
        cached=next((parts_in[key] for key in parts_in if "cach" in key and "creat" not in key), None),
        cache_write=next((parts_in[key] for key in parts_in if "creat" in key or "write" in key), None),
        output=None if outputs is None else outputs + apart * sum(parts_out.values()),
        reasoning=next((parts_out[key] for key in parts_out if "reasoning" in key), None),
    )


def _parts(usage: Mapping[str, Any], *beginnings: str) -> dict[str, int]:
    named = {key: count(value) for key, value in usage.items() if key.startswith(beginnings)}
    parts = {
        key: value
        for key, value in named.items()
        if value is not None and key not in ("input_tokens", "output_tokens")
    }
    if (reasoning := count(usage.get("reasoning_tokens"))) is not None and "output_" in beginnings:
        parts["reasoning_tokens"] = reasoning
    return parts
