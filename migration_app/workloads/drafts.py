"""A draft is a sample before it is stored: a request read from a line, checked and hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson

from migration_app.evaluation.wording import english
from migration_app.steering import unsteered

from .calls import Call
from .conversations import images_in, text_of
from .errors import BadRow
from .json_values import fault_of_json

# A sample without a named source shares one with whoever asks the same.
REQUEST, PROMPT_SIGNS = "request:", 32


@dataclass(slots=True)
class Draft:
    """One request with what is known about it. `prompt_hash` is of what is sent, nothing else.

    `logged` is the answer that today's model gave, with the facts of its call when the log has
    them: {"text", "tool_calls"?, "refusal"?, "finish_reason"?, "model"?, "at"?, "latency_s"?,
    "ttft_s"?, "tokens"?: {"input"?, "cached"?, "cache_write"?, "output"?, "reasoning"?},
    "cost_usd"?}. `call` has the facts even where no answer was recorded.
    """

    line: int
    messages: list[dict[str, Any]]
    external_id: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    response_format: dict[str, Any] | None = None
    settings: dict[str, Any] = field(default_factory=dict)
    references: list[str] = field(default_factory=list)
    logged: dict[str, Any] | None = None
    category: str = ""
    cluster: str = ""
    weight: float = 1.0
    call: Call | None = None
    warnings: tuple[str, ...] = ()  # sentences about what was left out of this request
    images: int = 0
    prompt_hash: str = ""
    content_hash: str = ""
    input_characters: int = 0

    @property
    def shared_source(self) -> str:
        return self.cluster or f"{REQUEST}{self.prompt_hash[:PROMPT_SIGNS]}"


def finished(draft: Draft) -> Draft:
    """The draft with its hashes and counts; called once everything else is in place. Raises BadRow."""
    draft.input_characters = sum(len(text_of(message)) for message in draft.messages)
    draft.images = images_in(draft.messages)
    draft.external_id, draft.category = unsteered(draft.external_id), unsteered(draft.category)
    if draft.call is not None:
        draft.call.line, draft.call.category = draft.line, draft.category
    return _hashed(draft)


def _hashed(draft: Draft) -> Draft:
    sent = as_json([draft.messages, draft.tools, draft.response_format])
    kept = [draft.external_id, draft.references, draft.logged, draft.category, draft.cluster, draft.weight]
    rest = as_json([*kept, draft.settings] if draft.settings else kept)
    if b"\\u0000" in sent or b"\\u0000" in rest:  # JSON inside a text can hold what the line did not
        _refuse_nul(draft)
    prompt = hashlib.sha256(sent)
    draft.prompt_hash = prompt.hexdigest()
    prompt.update(b"\0" + rest)
    draft.content_hash = prompt.hexdigest()
    return draft


def _refuse_nul(draft: Draft) -> None:
    held = [
        draft.messages,
        draft.tools,
        draft.response_format,
        draft.references,
        draft.logged,
        draft.settings,
    ]
    if fault := fault_of_json(held, "\\u0000"):
        raise BadRow(fault)


def as_json(value: Any, option: int = orjson.OPT_SORT_KEYS) -> bytes:
    """Canonical JSON. Raises BadRow for what is nested too deeply."""
    try:
        return orjson.dumps(value, option=option)
    except TypeError as error:  # orjson's own error; nesting is all that JSON input can get wrong
        raise BadRow(english("It is nested too deeply to be stored.")) from error
