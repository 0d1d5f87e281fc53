"""A draft is a sample before it is stored: a row read through a mapping, checked and hashed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import orjson

from .conversations import messages_from, response_format_from, text_of, tools_from
from .errors import BadRow
from .models import Sample
from .readers import Problem, Reading, Row, rows

_SHORT = 200  # characters that category, cluster and id may have
_LARGEST_WEIGHT = 1e9


@dataclass(slots=True)
class Draft:
    """One request with what is known about it. `prompt_hash` is of what is sent, nothing else."""

    line: int
    messages: list[dict[str, Any]]
    external_id: str = ""
    tools: list[dict[str, Any]] = field(default_factory=list)
    response_format: dict[str, Any] | None = None
    references: list[str] = field(default_factory=list)
    logged: dict[str, Any] | None = None
    category: str = ""
    cluster: str = ""
    weight: float = 1.0
    prompt_hash: str = ""
    content_hash: str = ""
    input_characters: int = 0

    def as_sample(self, position: int) -> Sample:
        """An unsaved Sample. Identical requests share a cluster unless the file names another."""
        return Sample(
            position=position,
            external_id=self.external_id,
            messages=self.messages,
            tools=self.tools,
            response_format=self.response_format,
            references=self.references,
            logged=self.logged,
            category=self.category,
            cluster=self.shared_source,
            weight=self.weight,
            content_hash=self.content_hash,
            input_characters=self.input_characters,
        )

    @property
    def shared_source(self) -> str:
        return self.cluster or f"request:{self.prompt_hash[:32]}"


def drafts(file: BinaryIO, reading: Reading, mapping: Mapping[str, str]) -> Iterator[Draft | Problem]:
    """Every sample of a file, and every problem, in the order of its lines."""
    for row in rows(file, reading):
        if isinstance(row, Problem):
            yield row
            continue
        try:
            yield draft_from(row, mapping)
        except BadRow as bad:
            yield Problem(row.line, str(bad))


def draft_from(row: Row, mapping: Mapping[str, str]) -> Draft:
    """A sample from a row. Raises BadRow with a sentence about what is wrong with it."""
    cells = {role: row.values.get(column) for role, column in mapping.items() if role != "last_turn"}
    cells = {role: value for role, value in cells.items() if value not in (None, "", [])}
    messages, answer = _conversation(cells, mapping)
    draft = Draft(
        line=row.line,
        messages=messages,
        external_id=_short(cells.get("id"), "identifier"),
        tools=tools_from(cells["tools"]) if "tools" in cells else [],
        response_format=response_format_from(cells["response_format"])
        if "response_format" in cells
        else None,
        references=_references(cells.get("reference")),
        logged=_logged(cells.get("logged")),
        category=_short(cells.get("category"), "category"),
        cluster=_short(cells.get("cluster"), "conversation or document"),
        weight=_weight(cells.get("weight")),
        input_characters=sum(len(text_of(message)) for message in messages),
    )
    _keep_answer(draft, answer, mapping.get("last_turn", "logged"))
    return _hashed(draft)


def _conversation(
    cells: Mapping[str, Any], mapping: Mapping[str, str]
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """What is sent, and the assistant's turn at its end, which is never sent."""
    if "messages" in mapping:
        if "messages" not in cells:
            raise BadRow(f"It has no conversation in “{mapping['messages']}”.")
        messages = messages_from(cells["messages"])
    else:
        messages = [{"role": "user", "content": _question(cells, mapping)}]
    if "system" in cells and not any(message["role"] in ("system", "developer") for message in messages):
        messages.insert(0, {"role": "system", "content": _text(cells["system"], "instructions")})
    answer = messages.pop() if messages[-1]["role"] == "assistant" else None
    if not any(message["role"] in ("user", "tool") for message in messages):
        raise BadRow("The conversation holds no question from a user.")
    return messages, answer


def _question(cells: Mapping[str, Any], mapping: Mapping[str, str]) -> str:
    question = _text(cells.get("prompt", ""), "question")
    if not question.strip():
        raise BadRow(f"It has no text in “{mapping.get('prompt', '')}”.")
    return question


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list) or value is None:
        raise BadRow(f"The {what} must be text, not a JSON structure.")
    return _as_text(value)


def _as_text(value: Any) -> str:
    """Text as it is; anything else as JSON, so that an expected object can be compared."""
    return value if isinstance(value, str) else _json(value, 0).decode()


def _references(value: Any) -> list[str]:
    """Accepted answers: a list of texts gives several, anything else is one."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(answer, str) for answer in value):
        return [answer for answer in value if answer.strip()]
    return [_as_text(value)]


def _logged(value: Any) -> dict[str, Any] | None:
    return None if value is None else {"text": _as_text(value)}


def _keep_answer(draft: Draft, answer: dict[str, Any] | None, meaning: str) -> None:
    if answer is None:
        return
    text = text_of(answer)
    if meaning == "reference" and not draft.references and text.strip():
        draft.references = [text]
    elif draft.logged is None:
        draft.logged = {"text": text} | (
            {"tool_calls": answer["tool_calls"]} if "tool_calls" in answer else {}
        )


def _short(value: Any, what: str) -> str:
    if value is None:
        return ""
    text = _text(value, what).strip()
    if len(text) > _SHORT:
        raise BadRow(
            f"The {what} has {len(text):,} characters; the most is {_SHORT}. Is it the right column?"
        )
    return text


def _weight(value: Any) -> float:
    if value is None:
        return 1.0
    try:
        weight = float(value.strip().replace(",", ".") if isinstance(value, str) else value)
    except (TypeError, ValueError):
        weight = math.nan
    if isinstance(value, bool) or not 0 < weight <= _LARGEST_WEIGHT:
        raise BadRow(f"The weight “{str(value)[:40]}” is not a number above 0.")
    return weight


def _hashed(draft: Draft) -> Draft:
    sent = _json([draft.messages, draft.tools, draft.response_format])
    rest = _json(
        [draft.external_id, draft.references, draft.logged, draft.category, draft.cluster, draft.weight]
    )
    prompt = hashlib.sha256(sent)
    draft.prompt_hash = prompt.hexdigest()
    prompt.update(b"\0" + rest)
    draft.content_hash = prompt.hexdigest()
    return draft


def _json(value: Any, option: int = orjson.OPT_SORT_KEYS) -> bytes:
    try:
        return orjson.dumps(value, option=option)
    except TypeError as error:  # orjson's own error; nesting is all that JSON input can get wrong
        raise BadRow("It is nested too deeply to be stored.") from error
