"""Amazon Bedrock's model-invocation log, for Converse and for every vendor's own InvokeModel body.

The body of a streamed answer is a list of its chunks. `modelId` may be the ARN of a profile.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..drafts import Draft
from ..errors import BadRow
from ..readers import Row
from ..shapes.answers import Answer, answer_in
from ..shapes.requests import asked_in
from ..shapes.tokens import Tokens
from ..shapes.values import count, get, moment, number, text, unpacked
from .building import draft_of, timed, with_tokens


def recognises(values: Mapping[str, Any]) -> float:
    if values.get("schemaType") == "ModelInvocationLog":
        return 1.0
    return (
        0.9
        if "modelId" in values and isinstance(values.get("input"), Mapping) and "operation" in values
        else 0.0
    )


def records(row: Row) -> Iterator[Draft | Call | Skipped]:
    values = row.values
    if "embed" in text(values.get("modelId")).lower() or "rerank" in text(values.get("modelId")).lower():
        yield Skipped(row.line, _("It is a call of another kind than a chat, such as an embedding."))
        return
    asked = unpacked(get(values, "input", "inputBodyJson"))
    answer = answer_in(_chunks(unpacked(get(values, "output", "outputBodyJson"))))
    call = _call(row.line, values, answer)
    if asked is None:
        call.warnings += (
            _(
                "Some bodies are too large for the log and lie in S3 beside it; those calls count as "
                "traffic only."
            ),
        )
        yield call
        return
    if not isinstance(asked, Mapping):
        raise BadRow(_("“inputBodyJson” must be an object: the body of the request."))
    yield draft_of(
        row.line,
        asked_in(asked, "inputBodyJson"),
        answer=None if call.failed else answer,
        call=call,
        external_id=values.get("requestId"),
        category=get(values, "requestMetadata", "category"),
        cluster=text(get(values, "requestMetadata", "sessionId")),
    )


def _chunks(body: Any) -> Any:
    return {"chunks": body} if isinstance(body, list) else body


def _call(line: int, values: Mapping[str, Any], answer: Answer) -> Call:
    body = get(values, "output", "outputBodyJson")
    last = body[-1] if isinstance(body, list) and body else body
    metrics = get(last, "metrics") or get(last, "metadata", "metrics") or {}
    invocation = get(last, "amazon-bedrock-invocationMetrics") or {}
    latency, begun = (
        number(get(metrics, "latencyMs") or get(invocation, "invocationLatency")),
        number(get(invocation, "firstByteLatency")),
    )
    call = Call(
        line=line,
        at=moment(values.get("timestamp")),
        model=text(values.get("modelId")).rpartition("/")[2],
        failed=bool(values.get("errorCode")),
    )
    timed(call, None if latency is None else latency / 1000, None if begun is None else begun / 1000)
    return with_tokens(call, answer.tokens.or_else(_tokens(values)))


def _tokens(values: Mapping[str, Any]) -> Tokens:
    """The log counts cached tokens beside the input."""
    inputs = get(values, "input")
    read, written = (
        count(get(inputs, "cacheReadInputTokenCount")),
        count(get(inputs, "cacheWriteInputTokenCount")),
    )
    total = count(get(inputs, "inputTokenCount"))
    return Tokens(
        None if total is None else total + (read or 0) + (written or 0),
        read,
        written,
        count(get(values, "output", "outputTokenCount")),
    )
