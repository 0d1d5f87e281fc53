"""Azure's native RequestResponse log: how many calls, when, how long. Neither texts nor tokens.

Records come one a line or wrapped in {"records": […]}. `properties` is an object or its JSON as
text, its times are ticks of 100 ns, and `durationMs` can be negative.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from ..calls import Call, Skipped
from ..readers import Row
from ..shapes.values import first, get, moment, number, text, unpacked
from .building import timed

_TICK = 1e-7
_CHATS = ("chatcompletions", "completions", "responses", "messages")


def recognises(values: Mapping[str, Any]) -> float:
    record = next(records_of(values), {})
    return 1.0 if first(record, "category", "Category") == "RequestResponse" else 0.0


def records_of(values: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The records of a line: itself, or those it wraps."""
    wrapped = values.get("records")
    if isinstance(wrapped, list):
        yield from (record for record in wrapped if isinstance(record, Mapping))
    else:
        yield values


def records(row: Row) -> Iterator[Call | Skipped]:
    for record in records_of(row.values):
        name = text(first(record, "operationName", "OperationName"))
        if not any(kind in name.lower() for kind in _CHATS):
            yield Skipped(
                row.line, _("It is an operation of another kind (%(name)s).") % {"name": name[:60] or "?"}
            )
        else:
            yield _call(row.line, record)


def _call(line: int, record: Mapping[str, Any]) -> Call:
    properties = unpacked(first(record, "properties", "properties_s"))
    status = number(first(record, "resultSignature", "ResultSignature"))
    call = Call(
        line=line,
        at=moment(first(record, "time", "TimeGenerated")),
        model=text(first(properties, "modelName", "modelDeploymentName")),
        category=text(get(properties, "modelDeploymentName"))[:200],
        failed=status is not None and status >= 400,
    )
    taken = number(first(record, "durationMs", "DurationMs"))
    return timed(call, _ticks(properties) if taken is None else taken / 1000)


def _ticks(properties: Any) -> float | None:
    begun, ended = number(get(properties, "requestTime")), number(get(properties, "responseTime"))
    return None if begun is None or ended is None else (ended - begun) * _TICK
