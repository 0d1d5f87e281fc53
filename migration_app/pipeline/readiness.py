"""What is asked of the database before a worker begins: its tables, and its clock.

Tables of another version would fail in mid-run, one query at a time. Leases live on the database's
clock alone, so a difference of seconds does no harm and is only logged; hours of it would book
spending in the wrong month and date every report wrongly.

A database that does not answer is no reason to refuse: workers wait for it.
"""

from __future__ import annotations

import logging
import time

from django.apps import apps
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from migration_app.clock import database_now

logger = logging.getLogger(__name__)

NOTICEABLE, UNBEARABLE = 30.0, 3600.0  # seconds between the two clocks


def database_refusal() -> str:
    """Why a worker must not begin on this database, as a sentence; "" when it may, or nobody answers."""
    try:
        return schema_refusal() or clock_refusal()
    except Error as silence:
        logger.warning("The database does not answer, so its version is not known: %s", silence)
        return ""
    finally:
        connection.close()  # the pool's processes open their own


def schema_refusal() -> str:
    """Whether the tables are those of this version. Raises django.db.Error where nobody answers."""
    executor = MigrationExecutor(connection)
    loader = executor.loader
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith("migration_app.")}
    if unknown := [key for key in applied - known if key[0] in ours]:
        app, name = sorted(unknown)[-1]
        return (
            f"The database was migrated by a newer version of Crossover ({app} {name}). "
            "Install that version, or restore the database that belongs to this one."
        )
    missing = executor.migration_plan(loader.graph.leaf_nodes())
    if missing:
        return (
            f"The database lacks {len(missing)} of this version's changes. "
            "Stop all workers, run `manage.py migrate`, and start them again."
        )
    return ""


def clock_refusal() -> str:
    """Whether the two clocks are near enough. Raises django.db.Error where nobody answers."""
    apart = abs(database_now() - time.time())
    if apart > UNBEARABLE:
        return (
            f"This machine's clock and the database's are {apart / 3600:.1f} hours apart, so spending "
            "would be booked in the wrong month. Set both by a time server."
        )
    if apart > NOTICEABLE:
        logger.warning("This machine's clock and the database's are %.0f seconds apart.", apart)
    return ""
