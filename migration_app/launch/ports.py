"""Loopback ports: is one free, and if not, which one is."""

from __future__ import annotations

import socket

from migration_app.launch.errors import PortTakenError

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port the system chose. Another program may take it before it is used: be ready to ask again."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def preferred(port: int) -> int:
    """`port` itself where it is free, else any free one."""
    return port if is_free(port) else any_free()


def require_free(port: int, *, target: str) -> None:
    """Refuse early, before anything was started.

    Args:
        port: where the web server is to listen.
        target: the make target the person typed, for the advice.
    Raises:
        PortTakenError: something listens there already, or the port needs more rights.
    """
    if not 1 <= port <= 65535:
        raise PortTakenError(f"{port} is no port. Choose one from 1024 to 65535: PORT=8010 make {target}")
    if not is_free(port):
        other = port + 10 if port < 65000 else 8010
        raise PortTakenError(
            f"Port {port} is in use by another program. Choose another: PORT={other} make {target}"
        )
