"""The database's clock. Leases are compared on it alone, so machines need not agree on the time."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import FloatField, Func

# Seconds since the epoch, read afresh at each statement (not at the transaction's start).
_SQL = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())::float8",
}


class DatabaseNow(Func):
    """Seconds since the epoch as an expression, for filters and updates."""

    template = ""
    output_field = FloatField()

    def as_sql(self, compiler: Any, connection: Any, *_: Any, **__: Any) -> tuple[str, tuple[str | int, ...]]:
        return _SQL[connection.vendor], ()


def database_now() -> float:
    """Seconds since the epoch on the database's clock."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_SQL[connection.vendor]}")
        return float(cursor.fetchone()[0])


def database_began(seconds: float) -> bool:
    """Whether the database server started within the last so many seconds, as after a crash of it."""
    if connection.vendor != "postgresql":
        return False  # SQLite is no server: it was there all the time
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXTRACT(EPOCH FROM clock_timestamp() - pg_postmaster_start_time())::float8")
        return 0 <= float(cursor.fetchone()[0]) < seconds
