"""A private PostgreSQL for one test run, from the binaries on the machine.

It lives in a temporary folder, listens on a Unix socket only, and does not wait for the disk.
PostgreSQL refuses to run as root; there, an unprivileged account that is on the machine is used.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

ACCOUNTS = ("postgres", "nobody")
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "jit": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
}


class PostgresUnavailable(Exception):
    """Why there is no PostgreSQL for this run, as a sentence."""


def binaries() -> Path:
    """The newest PostgreSQL's folder of programs."""
    found = [path for place in PLACES for path in Path("/").glob(place[1:]) if (path / "initdb").exists()]
    if on_path := shutil.which("initdb"):
        found.append(Path(on_path).parent)
    if not found:
        raise PostgresUnavailable("no PostgreSQL server is installed (initdb was not found)")
    return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))] or [0])


class PostgresServer:
    """One cluster in a folder of its own: started, stopped as a crash would, started again."""

    def __init__(self, programs: Path, folder: Path, account: pwd.struct_passwd | None) -> None:
        self.programs, self.folder, self.account = programs, folder, account
        self.cluster = folder / "cluster"
        initdb = [programs / "initdb", "-D", self.cluster, "-U", "crossover", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--no-sync"], account)

    def start(self, environment: Mapping[str, str] | None = None, **settings: str) -> None:
        """Start it and wait until it answers; `environment` is added to its own."""
        options = " ".join(f"-c {name}={value}" for name, value in (SETTINGS | settings).items())
        command = ["-l", self.folder / "log", "-o", f"{options} -k {self.folder}", "start"]
        _run([*self._control, *command], self.account, environment)

    def stop(self, mode: str = "immediate") -> None:
        """`immediate`: no farewell and no checkpoint; the next start recovers, as after a crash."""
        _run([*self._control, "-m", mode, "stop"], self.account)

    def url(self, database: str = "postgres") -> str:
        """The DATABASE_URL of one of its databases."""
        return f"postgres://crossover@{quote(str(self.folder), safe='')}/{database}"

    def ask(self, statement: str) -> str:
        """Run one statement outside any transaction, as the cluster's owner; what it printed."""
        psql = [self.programs / "psql", "-h", self.folder, "-U", "crossover", "-d", "postgres", "-Atqc"]
        return _run([*psql, statement], self.account)

    @property
    def _control(self) -> list[str | Path]:
        return [self.programs / "pg_ctl", "-D", self.cluster, "-w", "-s"]


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A cluster for the length of a `with`, not started yet; its files are removed at the end.

    Raises:
        PostgresUnavailable: there are no binaries, or no account to run them under.
    """
    programs = binaries()
    # Short on purpose: the path of a Unix socket may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="xo-pg-", dir="/tmp"))
    account = _account()
    server = None
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        server = PostgresServer(programs, folder, account)
        yield server
    finally:
        if server is not None and (server.cluster / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_postgres() -> Iterator[str]:
    """A server that runs for the length of a `with`: its DATABASE_URL.

    Raises:
        PostgresUnavailable: there are no binaries, or no account to run them under.
    """
    with postgres_server() as server:
        server.start()
        yield server.url()


def _account() -> pwd.struct_passwd | None:
    """The account to run under; None where our own will do."""
    if os.geteuid() != 0:
        return None
    for name in ACCOUNTS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise PostgresUnavailable("PostgreSQL refuses to run as root, and no account for it was found")


def _run(
    command: list[str | Path], account: pwd.struct_passwd | None, environment: Mapping[str, str] | None = None
) -> str:
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    plain = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=plain | dict(environment or {}),
        **identity,
    )
    if done.returncode:
        raise PostgresUnavailable(f"{Path(command[0]).name} failed: {done.stdout.strip()[-400:]}")
    return done.stdout.strip()
