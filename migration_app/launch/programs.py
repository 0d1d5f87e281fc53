"""What a program is to the supervisor, and the ways to see that it is ready."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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


def url_answers(url: str) -> Readiness:
    """Ready once `url` answers with a status below 500 that is not "still loading"."""

    def ask() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own loopback
                return bool(answer.status < 400)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code < 500
        except (OSError, http.client.HTTPException):
            return False

    return ask
