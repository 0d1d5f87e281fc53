"""What a program is to the supervisor, and the ways to see that it is ready."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from migration_app.launch import ports

Readiness = Callable[[], bool]


@dataclass(frozen=True)
class Program:
    """One process to keep running.

    Attributes:
        name: names the log file too.
        command: an argument list; never a shell line, never a secret (others can read it).
        environment: added to the launcher's own.
        ready: asked every few hundredths of a second until it says yes.
        ready_within: seconds after which waiting is given up.
        grace: seconds between the polite signal and the final one.
        remedy: what to do if it dies, as a sentence.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Readiness = lambda: True
    ready_within: float = 30.0
    grace: float = 5.0
    remedy: str = "Start again; what was finished is kept."


def port_answers(port: int) -> Readiness:
    """Ready once something accepts connections on the loopback port."""
    return lambda: ports.answers(port)


def url_answers(url: str, *, headers: Mapping[str, str] | None = None) -> Readiness:
    """Ready once `url` answers with a status below 500 that is not "still loading"."""

    def ask() -> bool:
        request = urllib.request.Request(url, headers=dict(headers or {}))  # noqa: S310 - our own loopback
        try:
            with urllib.request.urlopen(request, timeout=2) as answer:  # noqa: S310
                return bool(answer.status < 400)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code < 500
        except (OSError, http.client.HTTPException):
            return False

    return ask
