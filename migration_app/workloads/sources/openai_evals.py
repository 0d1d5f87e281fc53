"""OpenAI's evals: an input with its ideal answers, also as items of a hosted eval.

Few-shot examples are system messages named example_user and example_assistant. Other models know
no such names, so they become turns of the user and the assistant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from ..drafts import Draft
from ..errors import BadRow
from ..readers import Row
from ..roles import BY_KEY
from ..shapes.answers import answer_in
from ..shapes.loose import asked_loosely, references_in
from ..shapes.values import first
from .building import draft_of

_EXAMPLES = {"example_user": "user", "example_assistant": "assistant"}


def recognises(values: Mapping[str, Any]) -> float:
    if "input" in values and "ideal" in values:
        return 1.0
    return 0.9 if isinstance(values.get("item"), Mapping) and set(values) <= {"item", "sample"} else 0.0


def records(row: Row) -> Iterator[Draft]:
    item = row.values.get("item", row.values)
    if not isinstance(item, Mapping):
        raise BadRow(_("“item” must be an object with an input."))
    asked, warnings = asked_loosely(_unnamed(item.get("input", _without_answers(item))), "input")
    yield draft_of(
        row.line,
        asked,
        answer=answer_in(first(row.values.get("sample"), "output_text", "choices", "output")),
        references=references_in(item[key]) if (key := _reference_key(tuple(item))) else (),
        external_id=item.get("id"),
        category=item.get("category"),
        warnings=warnings,
    )


def _unnamed(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    return [_turn(message) if isinstance(message, Mapping) else message for message in value]


def _turn(message: Mapping[str, Any]) -> Mapping[str, Any]:
    role = _EXAMPLES.get(str(message.get("name")))
    return {"role": role, "content": message.get("content")} if role else message


@lru_cache(maxsize=256)
def _reference_key(keys: tuple[str, ...]) -> str | None:
    """The item's field that is named like an expected answer."""
    plain = {key.lower().replace("_", " "): key for key in keys if key not in ("input", "id", "category")}
    return next(
        (plain[name] for name in ("ideal", "correct label", *BY_KEY["reference"].names) if name in plain),
        None,
    )


def _without_answers(item: Mapping[str, Any]) -> dict[str, Any]:
    """A hosted eval's item has the fields that its owner named; what is expected must not be asked."""
    hidden = {_reference_key(tuple(item)), "id", "category"}
    return {key: value for key, value in item.items() if key not in hidden}
