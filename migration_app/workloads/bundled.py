"""Workloads that come with Crossover, for a first look without data of one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from migration_app.accounts.models import Team, User

from .actions import create_workload_from_samples
from .models import Workload

_FOLDER = Path(__file__).parent / "samples"


class Bundled(NamedTuple):
    name: str
    filename: str
    description: str


BUNDLED = {
    "support-desk": Bundled(
        "Support desk (sample)",
        "support-desk.jsonl",
        "Requests to the support desk of Quillmere Home, an invented maker of appliances: "
        "routing, extraction to JSON, answers from a passage, and sentiment.",
    ),
}


def rows_of(bundled: Bundled) -> Iterator[dict[str, Any]]:
    with (_FOLDER / bundled.filename).open("rb") as file:
        yield from (orjson.loads(line) for line in file if line.strip())


def add_bundled(*, team: Team, user: User | None, key: str = "support-desk") -> Workload:
    """Give the team a bundled workload; the one that it has already when asked twice."""
    bundled = BUNDLED[key]
    return create_workload_from_samples(
        team=team,
        user=user,
        name=bundled.name,
        rows=rows_of(bundled),
        source="Bundled with Crossover",
        description=bundled.description,
    )
