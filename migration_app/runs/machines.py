"""Models that share a machine: which, and what that means for their speeds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from .models import RunCandidate


def shared_machines(entries: Sequence[RunCandidate]) -> dict[str, int]:
    """How many of the models ran on each machine that more than one of them ran on."""
    counts = Counter(name for entry in entries if (name := entry.connection.machine))
    return {name: count for name, count in counts.items() if count > 1}


def machines_said(machines: Mapping[str, int]) -> str:
    """It as a sentence in the active language; "" where no machine was shared."""
    if not machines:
        return ""
    text = _(
        "{count} models share the machine “{names}”. They take turns, one request at a "
        "time, so their speeds compare with each other, not with a server of their own."
    )
    return text.format(count=sum(machines.values()), names=", ".join(machines))
