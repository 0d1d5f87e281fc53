"""The names of the models in a vendor's list, in each vendor's shape."""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from .pieces import dict_of


def openai_ids(body: bytes) -> list[str] | None:
    """The ids in an answer of OpenAI's shape (Anthropic's is the same), or in a bare list.

    `None` for anything else.
    """
    listed = _json(body)
    rows = listed.get("data") if isinstance(listed, dict) else listed
    return _names(rows, "id")


def gemini_names(body: bytes) -> list[str] | None:
    """Google's "models/NAME", without what is before the slash, of models that answer prompts."""
    rows = dict_of(_json(body)).get("models")
    if isinstance(rows, list):
        rows = [row for row in rows if "generateContent" in _methods(row)]
    names = _names(rows, "name")
    return None if names is None else [name.removeprefix("models/") for name in names]


def cohere_names(body: bytes) -> list[str] | None:
    return _names(dict_of(_json(body)).get("models"), "name")


def bedrock_ids(body: bytes) -> list[str] | None:
    """Amazon's own list. Many of its models are reached by an inference profile, with an id of its own."""
    return _names(dict_of(_json(body)).get("modelSummaries"), "modelId")


def _methods(row: object) -> list[object]:
    """What a model of Google's can be asked; without such a list, anything."""
    methods = dict_of(row).get("supportedGenerationMethods")
    return methods if isinstance(methods, list) else ["generateContent"]


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _names(rows: object, *keys: str) -> list[str] | None:
    """The first of `keys` that each row has; `None` when there are no rows."""
    if not isinstance(rows, list):
        return None
    found: Iterable[object] = (
        next((row[key] for key in keys if row.get(key)), None) for row in rows if isinstance(row, dict)
    )
    # They are shown and stored: one with a control character is none that anybody could ask for.
    return [name for name in found if isinstance(name, str) and name and name.isprintable()]
