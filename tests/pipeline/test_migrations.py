"""The migrations, from the first to the last, lead to the tables that the models describe.

The tests' own tables are made from the models at once (`tests/services/tables.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tests.faults.places import make_tables, pointed_at
from tests.pipeline.conftest import database_url
from tests.services.tables import KEPT

NAME = "freshly_migrated"
NUMBER = re.compile(r"^(fk|__unnamed_constraint)_\d+_*$")
# Django's and Axes's own tables are theirs to keep.
OURS = [
    model._meta.db_table
    for config in apps.get_app_configs()
    if config.name.startswith("migration_app.")
    for model in config.get_models(include_auto_created=True)
]


@pytest.fixture
def fresh(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database."""
    if connection.vendor == "sqlite":
        yield f"sqlite:///{tmp_path / NAME}.sqlite3"
        return
    beside, _, own = database_url().rpartition("/")
    name = f"{NAME}_{own}"
    outside_any_transaction(f"DROP DATABASE IF EXISTS {name}")
    outside_any_transaction(f"CREATE DATABASE {name}")
    yield f"{beside}/{name}"
    outside_any_transaction(f"DROP DATABASE {name}")


def outside_any_transaction(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def description() -> dict[str, Any]:
    """What the database says of its tables, and how many rows they have where some come with them."""
    with connection.cursor() as cursor:
        found: dict[str, Any] = {"tables": sorted(connection.introspection.table_names(cursor))}
        for name in OURS:
            found[name] = columns_of(cursor, name), rules_of(cursor, name)
        for name in KEPT:
            cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608
            found[f"rows of {name}"] = cursor.fetchone()
        cursor.execute(
            "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            if connection.vendor == "sqlite"
            else "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace "
            "UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
        )
        words = [(name, said) for table, name, said in cursor.fetchall() if table in OURS]
        return found | {"words": sorted(words)}


def columns_of(cursor: Any, table: str) -> dict[str, Any]:
    described = connection.introspection.get_table_description(cursor, table)
    return {column.name: column for column in described}


def rules_of(cursor: Any, table: str) -> list[tuple[str, str]]:
    """Constraints and indexes; on SQLite some have but a number, in the order of the columns."""
    found = connection.introspection.get_constraints(cursor, table)
    return sorted((NUMBER.sub("", name), repr(rule)) for name, rule in found.items())


def test_the_migrations_lead_to_the_tables_of_the_models(fresh: str) -> None:
    made_at_once = description()
    make_tables(fresh)
    with pointed_at(fresh):
        migrated = description()
    assert migrated == made_at_once
    assert all(migrated[f"rows of {name}"] > (0,) for name in KEPT)
