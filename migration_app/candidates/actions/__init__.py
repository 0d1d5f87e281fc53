"""Writes about connections, candidates and prices, one module per noun."""

from ..errors import InvalidCandidateError
from .connections import (
    MOST_CONCURRENCY,
    MOST_PER_MINUTE,
    add_connection,
    archive_connection,
    change_connection,
    replace_key,
    test_connection,
)
from .models import add_candidate, archive_candidate, change_candidate, mark_incumbent
from .prices import add_price, adopt_listed_price

__all__ = [
    "MOST_CONCURRENCY",
    "MOST_PER_MINUTE",
    "InvalidCandidateError",
    "add_candidate",
    "add_connection",
    "add_price",
    "adopt_listed_price",
    "archive_candidate",
    "archive_connection",
    "change_candidate",
    "change_connection",
    "mark_incumbent",
    "replace_key",
    "test_connection",
]
