"""An outcome as the columns of an attempt, and many of them written at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from migration_app.evaluation.outcomes import Completed, Failed, FailureKind, Outcome

from .leases import Claimed
from .models import Attempt, AttemptState

# Every column that an outcome fills, with what it is when the outcome says nothing of it.
_UNSAID: dict[str, Any] = {
    "state": "", "cost_nanos": None, "started_at": None,
    "text": "", "reasoning": "", "tool_calls": "[]", "refusal": "", "finish_reason": "",
    "served_model": "", "request_id": "", "failure": "", "message": "", "status": None,
    "first_byte": None, "first_reasoning": None, "ttft": None, "total": None, "token_gaps": None,
    "lateness": None,
    "input_tokens": None, "cached_input_tokens": None, "cache_write_tokens": None,
    "output_tokens": None, "reasoning_tokens": None, "cache_write_1h_tokens": None,
    "image_input_tokens": None, "images": None, "usage_estimated": False, "usage_raw": None,
}  # fmt: skip


def attempt_row(
    claimed: Claimed,
    outcome: Outcome,
    started_at: datetime,
    cost: int | None,
    lateness: float | None = None,
) -> tuple[Any, ...]:
    """The columns in order, as the database takes them, then the attempt's key."""
    said = _values(outcome)
    said["cost_nanos"], said["lateness"] = cost, lateness
    said["started_at"] = connection.ops.adapt_datetimefield_value(started_at)
    return (*(_UNSAID | said).values(), claimed.item_id, claimed.number)


def _json(value: Any) -> str:
    """`value` as JSON that every database takes: PostgreSQL refuses a NUL even when it is escaped."""
    return orjson.dumps(value).decode().replace("\\u0000", "\\ufffd")


def _values(outcome: Outcome) -> dict[str, Any]:
    values: dict[str, Any] = {"request_id": storable(outcome.request_id)[:200]}
    if (timing := outcome.timing) is not None:
        values["first_byte"], values["first_reasoning"] = timing.first_byte, timing.first_reasoning
        values["ttft"], values["total"] = timing.ttft, timing.total
        values["token_gaps"] = _json([int(gap * 1e6 + 0.5) / 1e6 for gap in timing.token_gaps])
    if (usage := outcome.usage) is not None:
        values |= {
            "input_tokens": usage.input_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "output_tokens": usage.output_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "cache_write_1h_tokens": usage.cache_write_1h_tokens,
            "image_input_tokens": usage.image_input_tokens,
            "images": usage.images,
            "usage_estimated": usage.estimated,
            "usage_raw": _json(dict(usage.raw)),
        }
    return values | (_answer(outcome) if isinstance(outcome, Completed) else _failure(outcome))


def _answer(outcome: Completed) -> dict[str, Any]:
    return {
        "state": AttemptState.COMPLETED.value,
        "text": storable(outcome.text),
        "reasoning": storable(outcome.reasoning),
        "tool_calls": _json(
            [
                {"id": storable(call.id), "name": storable(call.name), "arguments": storable(call.arguments)}
                for call in outcome.tool_calls
            ]
        ),
        "refusal": storable(outcome.refusal or ""),
        "finish_reason": storable(outcome.finish_reason or "")[:40],
        "served_model": storable(outcome.served_model)[:200],
    }


def _failure(outcome: Failed) -> dict[str, Any]:
    return {
        "state": (AttemptState.UNKNOWN if outcome.kind is FailureKind.UNKNOWN else AttemptState.FAILED).value,
        "failure": outcome.kind.value,
        "message": storable(outcome.message)[:1000],
        "status": outcome.status,
    }


def storable(text: str) -> str:
    """Text that every database takes: NUL and lone surrogates become U+FFFD."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def write_attempts(rows: Sequence[Sequence[Any]]) -> None:
    """One statement for all on PostgreSQL, where each would be a journey; one prepared one on SQLite."""
    if not rows:
        return
    table = Attempt._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            assignments = ", ".join(f"{name} = new.{name}" for name in _UNSAID)
            cursor.execute(
                f"UPDATE {table} SET {assignments} "  # noqa: S608
                f"FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb) AS new "
                f"WHERE {table}.item_id = new.item_id AND {table}.number = new.number",
                [_document(rows)],
            )
            return
        assignments = ", ".join(f"{name} = %s" for name in _UNSAID)
        cursor.executemany(
            f"UPDATE {table} SET {assignments} WHERE item_id = %s AND number = %s",  # noqa: S608
            rows,
        )


_JSON_COLUMNS = frozenset({"tool_calls", "token_gaps", "usage_raw"})


def _document(rows: Sequence[Sequence[Any]]) -> str:
    """The rows as one JSON array of objects, by column; what is JSON already goes in as it is."""
    names = (*_UNSAID, "item_id", "number")
    objects = [
        {
            name: orjson.Fragment(value) if name in _JSON_COLUMNS and value is not None else value
            for name, value in zip(names, row, strict=True)
        }
        for row in rows
    ]
    return orjson.dumps(objects).decode()
