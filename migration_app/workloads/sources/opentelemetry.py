"""OpenTelemetry GenAI spans as OTLP/JSON.

What was said is optional in the conventions and has moved between their versions: span attributes
with messages as JSON or as structures, span events, attributes numbered message by message.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..conversations import response_format_from
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Row
from ..shapes.answers import Answer, answer_in
from ..shapes.messages import conversation_in
from ..shapes.otlp import attributes_of, gen_ai_content, spans_in
from ..shapes.requests import Asked
from ..shapes.settings import settings_in
from ..shapes.tokens import Tokens
from ..shapes.tools import tools_in
from ..shapes.values import between, count, first, get, moment, number, text, unpacked
from .building import draft_of, opaque, timed, with_tokens

_CHATS = ("chat", "text_completion", "generate_content", "completion", "")


def recognises(values: Mapping[str, Any]) -> float:
    if any(key in values for key in ("resourceSpans", "resource_spans", "scopeSpans", "scope_spans")):
        return 1.0
    return 1.0 if ("spanId" in values or "span_id" in values) and "attributes" in values else 0.0


def records(row: Row) -> Iterator[Draft | Call | Skipped | Problem]:
    """A line holds one span or many; a span that cannot be read costs only itself."""
    for span in spans_in(row.values):
        try:
            yield _record(row.line, span)
        except BadRow as bad:
            name = text(first(span, "spanId", "span_id"))[:40]
            yield Problem(row.line, _("Span %(span)s: %(reason)s") % {"span": name, "reason": bad})


def _record(line: int, span: Mapping[str, Any]) -> Draft | Call | Skipped:
    facts = attributes_of(span.get("attributes"))
    kind = text(facts.get("gen_ai.operation.name"))
    if not _is_model_call(facts, kind):
        return Skipped(line, _("It is a span of another kind, not a call of a model."))
    asked, answered = gen_ai_content(span, facts)
    call = _call(line, span, facts)
    if not asked:
        call.warnings += (
            _(
                "The spans do not hold what was asked: capturing content is off unless the application "
                "turns it on."
            ),
        )
        return call
    messages = conversation_in(asked, "gen_ai.input.messages")
    if (system := _system(facts)) and messages[0]["role"] not in ("system", "developer"):
        messages.insert(0, {"role": "system", "content": system})
    return draft_of(
        line,
        Asked(messages, tools_in(_tools(facts)), _format(facts), settings_in(_requested(facts))),
        answer=_answer(answered, facts),
        call=call,
        external_id=first(span, "spanId", "span_id"),
        category=_category(facts),
        cluster=_cluster(span, facts),
    )


def _is_model_call(facts: Mapping[str, Any], kind: str) -> bool:
    known = any(
        key in facts
        for key in ("gen_ai.request.model", "gen_ai.response.model", "gen_ai.system", "gen_ai.provider.name")
    )
    if not kind and text(facts.get("llm.request.type")) in ("embedding", "rerank"):
        return False
    return known and kind in _CHATS


def _system(facts: Mapping[str, Any]) -> str:
    written = unpacked(facts.get("gen_ai.system_instructions"))
    if isinstance(written, str):
        return written
    parts = written if isinstance(written, list) else [written]
    return "\n".join(text(first(part, "content", "text")) for part in parts if isinstance(part, Mapping))


def _tools(facts: Mapping[str, Any]) -> Any:
    return first(facts, "gen_ai.tool.definitions", "gen_ai.request.tools", "llm.request.functions")


def _requested(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the conventions say of the request, under the vendors' own names."""
    begins = ("gen_ai.request.", "gen_ai.openai.request.", "llm.request.")
    return {key.rpartition(".")[2]: value for key, value in facts.items() if key.startswith(begins)}


def _format(facts: Mapping[str, Any]) -> Any:
    return response_format_from("json_object") if facts.get("gen_ai.output.type") == "json" else None


def _answer(answered: Any, facts: Mapping[str, Any]) -> Answer:
    answer = answer_in(unpacked(answered)) if answered else Answer()
    reasons = unpacked(facts.get("gen_ai.response.finish_reasons"))
    reason = reasons[0] if isinstance(reasons, list) and reasons else reasons
    answer.finish_reason = (
        answer.finish_reason or text(reason) or text(get(unpacked(answered), 0, "finish_reason"))
    )
    if answer.finish_reason == "content_filter" and not answer.text:
        answer.refusal = "content_filter"
    return answer


def _category(facts: Mapping[str, Any]) -> str:
    return text(first(facts, "gen_ai.agent.name", "gen_ai.prompt.name", "traceloop.workflow.name"))


def _cluster(span: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    named = text(first(facts, "gen_ai.conversation.id", "session.id"))
    user = opaque(first(facts, "enduser.id", "user.id"))
    return named or user or text(first(span, "traceId", "trace_id"))


def _call(line: int, span: Mapping[str, Any], facts: Mapping[str, Any]) -> Call:
    start = moment(first(span, "startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time"))
    end = moment(first(span, "endTimeUnixNano", "end_time_unix_nano", "endTime", "end_time"))
    call = Call(
        line=line,
        at=start,
        model=text(first(facts, "gen_ai.response.model", "gen_ai.request.model")),
        failed=bool(facts.get("error.type"))
        or str(get(span, "status", "code")) in ("2", "STATUS_CODE_ERROR"),
    )
    begun = first(facts, "gen_ai.response.time_to_first_chunk", "gen_ai.response.time_to_first_token")
    timed(call, between(start, end), number(begun))
    return with_tokens(call, _tokens(facts))


def _tokens(facts: Mapping[str, Any]) -> Tokens:
    """The conventions count cached tokens in the input."""
    named = {
        key.removeprefix("gen_ai.usage."): value
        for key, value in facts.items()
        if key.startswith("gen_ai.usage.")
    }
    return Tokens(
        count(first(named, "input_tokens", "prompt_tokens")),
        count(
            first(
                named,
                "cache_read.input_tokens",
                "cache_read_input_tokens",
                "cached_tokens",
                "input_tokens.cached",
            )
        ),
        count(
            first(
                named,
                "cache_creation.input_tokens",
                "cache_write.input_tokens",
                "cache_creation_input_tokens",
            )
        ),
        count(first(named, "output_tokens", "completion_tokens")),
        count(first(named, "reasoning.output_tokens", "reasoning_tokens", "output_tokens.reasoning")),
    )
