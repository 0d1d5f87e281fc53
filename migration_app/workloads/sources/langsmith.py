"""LangSmith runs: only those of a model. Messages are OpenAI's or as LangChain serialises them."""

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
from ..shapes.tokens import Tokens, tokens_in
from ..shapes.tools import tools_in
from ..shapes.values import between, first, get, moment, money, text, unpacked
from .building import draft_of, timed, with_tokens

_THREADS = ("session_id", "thread_id", "conversation_id")


def recognises(values: Mapping[str, Any]) -> float:
    return 1.0 if "run_type" in values and "inputs" in values else 0.0


def records(row: Row) -> Iterator[Draft | Skipped]:
    values = row.values
    if (kind := text(values.get("run_type"))) != "llm":
        yield Skipped(
            row.line, _("It is a run of the type “%(type)s”, not a call of a model.") % {"type": kind[:20]}
        )
        return
    extra, outputs = unpacked(values.get("extra")), unpacked(values.get("outputs"))
    parameters = get(extra, "invocation_params")
    asked, warnings = asked_loosely(unpacked(values.get("inputs")), "inputs")
    yield draft_of(
        row.line,
        asked._replace(
            tools=asked.tools or tools_in(get(parameters, "tools") or get(parameters, "functions")),
            response_format=asked.response_format or _format(parameters),
            settings=asked.settings or settings_in(parameters),
        ),
        answer=answer_in(_output(outputs)),
        call=_call(values, extra, outputs),
        external_id=values.get("id"),
        category=_category(values, extra),
        cluster=text(first(get(extra, "metadata"), *_THREADS)) or text(values.get("trace_id")),
        warnings=warnings,
    )


def _format(parameters: Any) -> Any:
    return response_format_from(given) if (given := get(parameters, "response_format")) else None


def _category(values: Mapping[str, Any], extra: Any) -> str:
    """The first tag that a person chose; LangChain tags the steps of a chain by itself."""
    tags = unpacked(values.get("tags"))
    own = (
        [tag for tag in tags if isinstance(tag, str) and not tag.startswith(("seq:", "map:"))]
        if isinstance(tags, list)
        else []
    )
    return text(get(extra, "metadata", "category")) or (own[0] if own else "")


def _output(outputs: Any) -> Any:
    """The answer among a run's outputs: a generation, a message, or whatever the program returned."""
    messages = get(outputs, "messages")
    if isinstance(messages, list) and messages:
        return messages[-1]
    return get(outputs, "output") or outputs


def _call(values: Mapping[str, Any], extra: Any, outputs: Any) -> Call:
    start = moment(values.get("start_time"))
    call = Call(
        at=start,
        model=text(
            first(get(extra, "metadata"), "ls_model_name")
            or first(get(extra, "invocation_params"), "model", "model_name")
        ),
        cost_usd=money(values.get("total_cost")),
        failed=bool(values.get("error")) or values.get("status") == "error",
    )
    timed(
        call,
        between(start, moment(values.get("end_time"))),
        between(start, moment(values.get("first_token_time"))),
    )
    return with_tokens(call, _tokens(values, outputs))


def _tokens(values: Mapping[str, Any], outputs: Any) -> Tokens:
    """The run's own counts; their parts are kept with the answer."""
    usage = first(outputs, "usage_metadata", "usage") or get(outputs, "llm_output", "token_usage")
    if usage is None:
        usage = get(outputs, "generations", 0, 0, "message", "kwargs", "usage_metadata")
    own = tokens_in({key: values[key] for key in ("prompt_tokens", "completion_tokens") if key in values})
    return own.or_else(tokens_in(usage) if isinstance(usage, Mapping) else Tokens())
