"""Writes about connections, candidates and prices, one module per noun."""

from ..errors import InvalidCandidateError
from .connections import (
    MOST_CONCURRENCY,
    MOST_PER_MINUTE,
    add_connection,
    archive_connection,
    begin_test,
    change_connection,
    test_connection,
)
from .models import add_candidate, archive_candidate, change_candidate, mark_incumbent
from .prices import add_price, adopt_listed_price
from .secrets import replace_key, rotate_secrets

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
    "begin_test",
    "change_candidate",
    "change_connection",
    "mark_incumbent",
    "replace_key",
    "rotate_secrets",
    "test_connection",
]
