"""From a DATABASE_URL to Django's settings, with what each engine needs to be shared by many processes."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import dj_database_url

_SQLITE = {
    # IMMEDIATE: a claim takes the write lock before it reads, so two feeds never claim one item.
    "transaction_mode": "IMMEDIATE",
    "timeout": 30,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32000;",
}


def database_at(url: str) -> dict[str, Any]:
    """Raises ValueError for an address that is none."""
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = dict(_SQLITE)
        _make_private(str(found["NAME"]))
    return found


def _make_private(name: str) -> None:
    """Make a database file that is not there yet for its owner and group, whatever folder it is in.

    SQLite would let everybody on the machine read it. What it writes beside it takes after it.
    """
    if name != ":memory:" and not name.startswith("file:"):
        with suppress(OSError):  # the database itself says what is wrong with its place
            Path(name).touch(mode=0o660)
