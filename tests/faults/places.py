"""A database of a test's own, of either engine, for this process and the workers alike.

The tables are made once for each engine and copied for each test: a file on SQLite, a template
on PostgreSQL, whose server belongs to the tests too, so that they may stop it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from migration_app.databases import database_at
from tests.services.postgres import PostgresServer
from tests.services.tables import note_as_migrated

TEMPLATE = "crossover_template"


@dataclass(frozen=True)
class Place:
    """Where a test's rows are. `server`: what to stop; SQLite has none."""

    engine: str
    url: str
    server: PostgresServer | None = None

    @property
    def file(self) -> Path:
        """SQLite's file."""
        assert self.engine == "sqlite"
        return Path(self.url.removeprefix("sqlite:///"))


@contextmanager
def pointed_at(url: str) -> Iterator[None]:
    """Let this process use the database at `url`."""
    before = connections.settings["default"]
    _use(connections.configure_settings({"default": database_at(url)})["default"])
    try:
        yield
    finally:
        _use(before)


def _use(settings: dict) -> None:
    connections["default"].close()
    connections.settings["default"] = settings
    del connections["default"]


def make_tables(url: str) -> None:
    """As the models have them, and noted as migrated."""
    at_once = {app.label: None for app in apps.get_app_configs()}
    with pointed_at(url), override_settings(MIGRATION_MODULES=at_once):
        call_command("migrate", verbosity=0, skip_checks=True, run_syncdb=True)
    with pointed_at(url):
        note_as_migrated(connections["default"])


def sqlite_template(folder: Path) -> Path:
    file = folder / "template.sqlite3"
    make_tables(f"sqlite:///{file}")
    return file


def sqlite_place(template: Path, folder: Path) -> Place:
    """The folder may be one whose disk is small."""
    file = folder / "crossover.sqlite3"
    shutil.copy(template, file)
    return Place("sqlite", f"sqlite:///{file}")


def postgres_template(server: PostgresServer) -> None:
    server.ask(f"CREATE DATABASE {TEMPLATE}")
    make_tables(server.url(TEMPLATE))


def postgres_place(server: PostgresServer, *more: str) -> Place:
    """`more`: what else CREATE DATABASE should say."""
    name = f"faults_{uuid4().hex[:12]}"
    server.ask(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} {' '.join(more)}")
    return Place("postgres", server.url(name), server)


def remove(place: Place) -> None:
    if place.server is not None:
        name = place.url.rsplit("/", 1)[1]
        place.server.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
