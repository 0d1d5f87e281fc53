"""Which column is what: a guess from names and content, and the check of a person's choice.

A mapping is {role: column}; roles without a column are left out. `last_turn` says what an
assistant's turn at the end of a conversation is: the "reference" or the "logged" answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from .conversations import BadRow, messages_from
from .errors import InvalidMapping
from .readers import Reading, Row
from .roles import BY_KEY, JUDGED_BY, ROLES, SENT
from .shapes.values import moment, number

# What a mapping says besides its columns: the keys, and what each may be.
OPTIONS: Mapping[str, tuple[str, ...]] = {"last_turn": ("reference", "logged"), "unit": ("s", "ms")}
_LONG = 100.0  # of durations mostly above it nobody can have meant seconds
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS = re.compile(r"[^a-z0-9]+")


def guess(columns: Sequence[str], rows: Sequence[Row]) -> dict[str, str]:
    """The likeliest mapping, from the columns' names and the first rows.

    1. Every (role, column) pair gets points for its name, if the content allows it.
    2. The best pair wins, then the best of what is left; a column serves one role.
    3. Without a question or conversation, the column with the longest text is the question.
    """
    scored = [
        (points, -order, role.key, column)
        for order, role in enumerate(ROLES)
        for column in columns
        if (points := _points(role.names, column)) and _suits(role.key, column, rows)
    ]
    mapping: dict[str, str] = {}
    for _rank, _order, role, column in sorted(scored, reverse=True):
        rival = {"prompt": "messages", "messages": "prompt"}.get(role)
        if role not in mapping and column not in mapping.values() and rival not in mapping:
            mapping[role] = column
    return _with_unit(_with_last_turn(_with_question(mapping, columns, rows), rows), rows)


def validate(mapping: Mapping[str, Any], reading: Reading) -> dict[str, str]:
    """The mapping without its empty choices: none where the source is known. Raises InvalidMapping."""
    return validate_columns(mapping, reading.columns) if reading.source == "columns" else {}


def validate_columns(mapping: Mapping[str, Any], columns: Sequence[str]) -> dict[str, str]:
    """The mapping without its empty choices. Raises InvalidMapping with a sentence."""
    chosen = {role: column for role, column in mapping.items() if role in BY_KEY and column}
    for role, column in chosen.items():
        if column not in columns:
            raise InvalidMapping(
                _("The file has no column “{column}”, chosen for “{label}”. It has: {columns}.").format(
                    column=column, label=BY_KEY[role].label, columns=_named(columns)
                )
            )
    _one_question(chosen)
    _no_leak(chosen)
    needed = {"last_turn": "messages" in chosen, "unit": "latency" in chosen or "ttft" in chosen}
    options = {key: mapping.get(key) for key, values in OPTIONS.items() if mapping.get(key) in values}
    return chosen | {key: str(value) for key, value in options.items() if needed[key]}


def _one_question(chosen: Mapping[str, str]) -> None:
    if "prompt" in chosen and "messages" in chosen:
        raise InvalidMapping(
            _(
                "Choose a column for the question or one for the whole conversation, not both: "
                "each request is sent once."
            )
        )
    if "prompt" not in chosen and "messages" not in chosen:
        raise InvalidMapping(
            _("Choose the column that holds the question, or the one that holds the conversation.")
        )


def _no_leak(chosen: Mapping[str, str]) -> None:
    """An answer that is sent along with its question would make every model perfect."""
    for sent in SENT:
        for judged in JUDGED_BY:
            if sent in chosen and chosen[sent] == chosen.get(judged):
                raise InvalidMapping(
                    _(
                        "The column “{chosen}” is chosen both as “{label}” and as “{other}”. The answer "
                        "must not be sent with the question."
                    ).format(chosen=chosen[sent], label=BY_KEY[sent].label, other=BY_KEY[judged].label)
                )


def _named(columns: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(f"“{column}”" for column in columns[:most])
    return shown + (
        " " + _("and {count} more").format(count=len(columns) - most) if len(columns) > most else ""
    )


def plain(name: str) -> str:
    """A name without case, accents or signs: "User-Prompt", "userPrompt" and "user_prompt" are one."""
    spaced = _CAMEL.sub(" ", name)
    letters = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode().lower()
    return _SIGNS.sub(" ", letters).strip()


def _points(names: Sequence[str], column: str) -> int:
    """Over 100 for one of the names itself, less for a column that contains it, 0 for neither."""
    name = plain(column)
    joined = name.replace(" ", "")
    for rank, known in enumerate(names):
        if name == known or joined == known.replace(" ", ""):
            return 200 - rank
    for rank, known in enumerate(names):
        if len(known) > 3 and re.search(rf"\b{known}\b", name):
            return 90 - rank
    return 0


def _suits(role: str, column: str, rows: Sequence[Row]) -> bool:
    """Whether the first values allow this role; an empty column suits none."""
    values = [value for row in rows if (value := row.values.get(column)) not in (None, "", [])]
    return (
        bool(values)
        and all(_TESTS.get(role, _anything)(value) for value in values)
        and _as_a_whole(role, values)
    )


def _as_a_whole(role: str, values: Sequence[Any]) -> bool:
    """A category repeats; a column of all different values is something else."""
    return (
        role != "category" or len(values) < 8 or len({str(value) for value in values}) * 4 <= len(values) * 3
    )


def _anything(value: Any) -> bool:
    return True


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not _is_conversation(value)


def _is_conversation(value: Any) -> bool:
    if isinstance(value, str) and not value.lstrip().startswith("["):
        return False
    try:
        return bool(messages_from(value))
    except BadRow:
        return False


def _is_label(value: Any) -> bool:
    return isinstance(value, str | int | bool) and len(str(value)) <= 60 and len(str(value).split()) <= 6


def _is_key(value: Any) -> bool:
    return isinstance(value, str | int) and len(str(value)) <= 200


def _is_number(value: Any) -> bool:
    try:
        return float(value) > 0
    except (TypeError, ValueError):
        return False


def _is_amount(value: Any) -> bool:
    read = number(value)
    return read is not None and read >= 0


def _is_json(value: Any) -> bool:
    return isinstance(value, dict | list) or (
        isinstance(value, str) and value.lstrip().startswith(("{", "[", "json"))
    )


_TESTS: Mapping[str, Callable[[Any], bool]] = {
    "prompt": _is_text,
    "system": _is_text,
    "messages": _is_conversation,
    "category": _is_label,
    "cluster": _is_key,
    "id": _is_key,
    "weight": _is_number,
    "response_format": _is_json,
    "tools": _is_json,
    "time": lambda value: moment(value) is not None,
    "model": _is_label,
    "latency": _is_amount,
    "ttft": _is_amount,
    "input_tokens": _is_amount,
    "output_tokens": _is_amount,
    "cost": _is_amount,
}


def _with_question(mapping: dict[str, str], columns: Sequence[str], rows: Sequence[Row]) -> dict[str, str]:
    if "prompt" in mapping or "messages" in mapping:
        return mapping
    free = [column for column in columns if column not in mapping.values()]
    for column in free:
        if _suits("messages", column, rows):
            return {"messages": column} | mapping
    texts = [column for column in free if _suits("prompt", column, rows)]
    if not texts:
        return mapping
    longest = max(texts, key=lambda column: sum(len(str(row.values.get(column) or "")) for row in rows))
    return {"prompt": longest} | mapping


def _with_last_turn(mapping: dict[str, str], rows: Sequence[Row]) -> dict[str, str]:
    """Conversations that end with an answer: the reference when the file has no other."""
    column = mapping.get("messages")
    if not column or not any(_ends_with_answer(row.values.get(column)) for row in rows):
        return mapping
    return mapping | {"last_turn": "logged" if "reference" in mapping else "reference"}


def _with_unit(mapping: dict[str, str], rows: Sequence[Row]) -> dict[str, str]:
    """Whether durations are seconds or milliseconds: by the column's name, else by how long they are."""
    columns = [mapping[role] for role in ("latency", "ttft") if role in mapping]
    if not columns:
        return mapping
    words = {word for column in columns for word in plain(column).split()}
    read = sorted(found for row in rows if (found := number(row.values.get(columns[0]))) is not None)
    long = bool(read) and read[len(read) // 2] > _LONG
    said = (
        "ms" if words & {"ms", "millis", "milliseconds"} else "s" if words & {"s", "sec", "seconds"} else ""
    )
    return mapping | {"unit": said or ("ms" if long else "s")}


def _ends_with_answer(value: Any) -> bool:
    try:
        return messages_from(value)[-1]["role"] == "assistant"
    except BadRow:
        return False
