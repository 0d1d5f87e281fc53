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
from collections.abc import Iterator
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


@contextmanager
def private_postgres() -> Iterator[str]:
    """Start a server, yield its DATABASE_URL, stop it and remove its files.

    Raises:
        PostgresUnavailable: there are no binaries, or no account to run them under.
    """
    programs = binaries()
    # Short on purpose: the path of a Unix socket may have about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="xo-pg-", dir="/tmp"))
    account = _account()
    try:
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        cluster = folder / "cluster"
        initdb = [programs / "initdb", "-D", cluster, "-U", "crossover", "-A", "trust", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--no-sync"], account)
        options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
        control = [programs / "pg_ctl", "-D", cluster, "-w", "-s"]
        _run([*control, "-l", folder / "log", "-o", f"{options} -k {folder}", "start"], account)
        try:
            yield f"postgres://crossover@{quote(str(folder), safe='')}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"], account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _run(command: list[str | Path], account: pwd.struct_passwd | None) -> None:
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    done = subprocess.run(
        [str(part) for part in command], cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        **identity,
    )
    if done.returncode:
        raise PostgresUnavailable(f"{Path(command[0]).name} failed: {done.stdout.strip()[-400:]}")
