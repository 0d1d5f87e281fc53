"""One spelling of a JSON object, and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def canonical_json(data: Any) -> bytes:
    """UTF-8, keys sorted, no spaces. Raises orjson.JSONEncodeError for what JSON cannot hold."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def as_stored(data: Any) -> Any:
    """The value as every database gives it back: PostgreSQL's JSON knows no −0.0."""
    if isinstance(data, dict):
        return {key: as_stored(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [as_stored(value) for value in data]
    return 0.0 if isinstance(data, float) and data == 0 else data


def sha256_of(data: Any) -> str:
    return hashlib.sha256(canonical_json(data)).hexdigest()
