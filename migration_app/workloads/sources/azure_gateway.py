"""Azure API Management's GatewayLogs: bodies as JSON in text, cut off where they are too long.

A content filter answers with HTTP 400. That is the incumbent declining, not a call that failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Problem, Row
from ..shapes.answers import Answer, answer_in
from ..shapes.requests import asked_in
from ..shapes.streams import events_in
from ..shapes.values import first, get, looks_cut, moment, number, text, unpacked
from .azure_requests import records_of
from .building import draft_of, timed, with_tokens

_BODIES = ("backendRequestBody", "BackendRequestBody", "requestBody", "RequestBody")
_REPLIES = ("backendResponseBody", "BackendResponseBody", "responseBody", "ResponseBody")


def recognises(values: Mapping[str, Any]) -> float:
    record = next(records_of(values), {})
    if first(record, "category", "Category") == "GatewayLogs":
        return 1.0
    return 0.9 if any(first(place, *_BODIES) for place in (record, _properties(record))) else 0.0


def _properties(record: Mapping[str, Any]) -> Any:
    return unpacked(first(record, "properties", "properties_s"))


def records(row: Row) -> Iterator[Draft | Call | Skipped | Problem]:
    for record in records_of(row.values):
        try:
            yield _record(row.line, record)
        except BadRow as bad:
            yield Problem(row.line, str(bad))


def _record(line: int, record: Mapping[str, Any]) -> Draft | Call | Skipped:
    properties = _properties(record)
    facts = {**record, **properties} if isinstance(properties, Mapping) else record
    body = first(facts, *_BODIES)
    if body is None:
        call = _call(line, facts, Answer())
        call.warnings += (_("The gateway did not log the bodies of some calls; they count as traffic only."),)
        return call
    if looks_cut(body):
        raise BadRow(
            _(
                "The request's body is cut off: the gateway logs only its first part. Raise its limit and "
                "export again."
            )
        )
    asked = unpacked(body)
    if (
        isinstance(asked, Mapping)
        and "messages" not in asked
        and not first(asked, "prompt", "contents")
        and "input" in asked
        and "/embeddings" in text(first(facts, "url", "Url", "backendUrl"))
    ):
        return Skipped(line, _("It is a call of another kind than a chat, such as an embedding."))
    answer, warnings = _answer(facts)
    call = _call(line, facts, answer)
    return draft_of(
        line,
        asked_in(asked, "requestBody"),
        answer=None if call.failed else answer,
        call=call,
        external_id=first(facts, "correlationId", "CorrelationId", "requestId"),
        category=first(facts, "operationId", "apiId", "ApiId"),
        warnings=warnings,
    )


def _answer(facts: Mapping[str, Any]) -> tuple[Answer, tuple[str, ...]]:
    reply = first(facts, *_REPLIES)
    if isinstance(reply, str) and "data:" in reply[:200]:
        reply = events_in(reply)
    elif looks_cut(reply):
        return Answer(), (_("Some recorded answers are cut off by the gateway's limit; they were left out."),)
    answer = answer_in(unpacked(reply)) if reply is not None else Answer()
    if answer.error == "content_filter":
        answer.text, answer.refusal = "", "content_filter"
    return answer, ()


def _call(line: int, facts: Mapping[str, Any], answer: Answer) -> Call:
    status = number(
        first(facts, "backendResponseCode", "responseCode", "BackendResponseCode", "ResponseCode")
    )
    bad = status >= 400 if status is not None else str(first(facts, "isRequestSuccess")).lower() == "false"
    call = Call(
        line=line,
        at=moment(first(facts, "time", "TimeGenerated", "timestamp")),
        model=answer.model or text(get(unpacked(first(facts, *_BODIES)), "model")),
        failed=bad and not answer.refusal,
    )
    taken = number(first(facts, "backendTime", "BackendTime", "durationMs", "totalTime"))
    return with_tokens(timed(call, None if taken is None else taken / 1000), answer.tokens)
