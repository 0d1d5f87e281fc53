"""One spelling of a JSON object, and its hash."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson


def canonical_json(data: Any) -> bytes:
    """UTF-8, keys sorted, no spaces. Raises orjson.JSONEncodeError for what JSON cannot hold."""
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS)


def sha256_of(data: Any) -> str:
    return hashlib.sha256(canonical_json(data)).hexdigest()
