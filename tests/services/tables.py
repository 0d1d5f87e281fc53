"""The tables of the tests' own database: made at once, and emptied quickly.

Replaying every migration takes seconds, for each process of a run; that they lead to these tables is
shown by `tests/pipeline/test_migrations.py`. Django's `flush` recreates, after each test that
committed, content types and permissions that no test changes, and gives PostgreSQL a new file for
each table and index. Deleting what a test wrote takes a tenth of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.db import connection as default
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase

# What is there from the beginning.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def note_as_migrated(connection: BaseDatabaseWrapper) -> None:
    """Tables made at once are those of this version: say so where a worker looks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    recorder = MigrationRecorder(connection)
    recorder.ensure_schema()
    row = recorder.Migration
    recorder.migration_qs.bulk_create(row(app=each.app_label, name=each.name) for each, _ in plan)


@contextmanager
def kept_rows() -> Iterator[None]:
    """What is written inside is there until the end, for every test inside; what a test writes is undone.

    Each test's transaction becomes a savepoint of this one. Not for tests that commit.
    """
    # As the transactions that Django's own tests begin: code that insists on the outermost may run inside.
    around = transaction.atomic()
    around._from_testcase = True  # type: ignore[attr-defined]
    with around:
        yield
        default.set_rollback(True)


def empty(test: TransactionTestCase) -> None:
    """Delete every row that a test may have written; in place of `TransactionTestCase`'s own way."""
    for alias in test._databases_names(include_mirrors=False):  # type: ignore[attr-defined]
        _empty(connections[alias])


def _empty(connection: BaseDatabaseWrapper) -> None:
    tables = _written_tables(connection.alias)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Wait for whoever is still writing, such as the server's end of a killed process.
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        for table in tables:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608


@cache
def _written_tables(alias: str) -> tuple[str, ...]:
    connection = connections[alias]
    named = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(connection.ops.quote_name(name) for name in named if name not in KEPT)
