"""Any table or list of objects: each column serves the role that the mapping gives it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from migration_app.evaluation.wording import english

from ..calls import Call
from ..conversations import messages_from, response_format_from, text_of, tools_from
from ..drafts import Draft, as_json, finished
from ..errors import BadRow
from ..mapping import OPTIONS
from ..readers import Row
from ..roles import FACTS
from ..shapes.settings import settings_in
from ..shapes.values import count, moment, money, number, text
from .building import timed

_SHORT = 200  # characters that category, cluster and id may have
_LARGEST_WEIGHT = 1e9


def draft_from(row: Row, mapping: Mapping[str, str]) -> Draft:
    """A sample from a row. Raises BadRow with a sentence about what is wrong with it."""
    cells = {role: row.values.get(column) for role, column in mapping.items() if role not in OPTIONS}
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
        settings=settings_in(row.values) if "messages" in cells else {},
        references=_references(cells.get("reference")),
        logged=_logged(cells.get("logged")),
        category=_short(cells.get("category"), "category"),
        cluster=_short(cells.get("cluster"), "conversation or document"),
        weight=_weight(cells.get("weight")),
    )
    _keep_answer(draft, answer, mapping.get("last_turn", "logged"))
    _keep_facts(draft, cells, 0.001 if mapping.get("unit") == "ms" else 1.0)
    return finished(draft)


def _conversation(
    cells: Mapping[str, Any], mapping: Mapping[str, str]
) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """What is sent, and the assistant's turn at its end, which is never sent."""
    if "messages" in mapping:
        if "messages" not in cells:
            raise BadRow(english("It has no conversation in “{mapping}”.", mapping=mapping["messages"]))
        messages = messages_from(cells["messages"])
    else:
        messages = [{"role": "user", "content": _question(cells, mapping)}]
    if "system" in cells and not any(message["role"] in ("system", "developer") for message in messages):
        messages.insert(0, {"role": "system", "content": _text(cells["system"], "instructions")})
    answer = messages.pop() if messages[-1]["role"] == "assistant" else None
    if not any(message["role"] in ("user", "tool") for message in messages):
        raise BadRow(english("The conversation holds no question from a user."))
    return messages, answer


def _question(cells: Mapping[str, Any], mapping: Mapping[str, str]) -> str:
    question = _text(cells.get("prompt", ""), "question")
    if not question.strip():
        raise BadRow(english("It has no text in “{value}”.", value=mapping.get("prompt", "")))
    return question


def _text(value: Any, what: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list) or value is None:
        raise BadRow(english("The {what} must be text, not a JSON structure.", what=what))
    return _as_text(value)


def _as_text(value: Any) -> str:
    """Text as it is; anything else as JSON, so that an expected object can be compared."""
    return value if isinstance(value, str) else as_json(value, 0).decode()


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


def _keep_facts(draft: Draft, cells: Mapping[str, Any], unit: float) -> None:
    """What the row says about the call: when, how long in units of `unit` seconds, how much."""
    if not any(role in cells for role in FACTS):
        return
    call = Call(
        at=moment(cells.get("time")),
        model=text(cells.get("model")),
        input_tokens=count(cells.get("input_tokens")),
        output_tokens=count(cells.get("output_tokens")),
        cost_usd=money(cells.get("cost")),
    )
    latency, ttft = number(cells.get("latency")), number(cells.get("ttft"))
    timed(call, None if latency is None else latency * unit, None if ttft is None else ttft * unit)
    draft.call, draft.warnings = call, call.warnings
    if draft.logged is not None:
        draft.logged |= call.facts()


def _short(value: Any, what: str) -> str:
    if value is None:
        return ""
    text = _text(value, what).strip()
    if len(text) > _SHORT:
        raise BadRow(
            english(
                "The {what} has {value:,} characters; the most is {short}. Is it the right column?",
                what=what,
                value=len(text),
                short=_SHORT,
            )
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
        raise BadRow(english("The weight “{value}” is not a number above 0.", value=str(value)[:40]))
    return weight
