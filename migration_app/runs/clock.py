"""The database's clock, as the runs know it."""

from migration_app.clock import DatabaseNow, database_began, database_now

__all__ = ["DatabaseNow", "database_began", "database_now"]
