"""The one pass over a file that reads it whole: what it holds, what is private in it, whom it stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from . import sampling
from .calls import Call, Skipped
from .drafts import Draft
from .models import Upload
from .privacy import PrivacyCensus
from .profiles import Census
from .readers import Problem, ProblemList, Reading
from .redaction import find
from .redaction.texts import joined
from .sources import found_in
from .spool import Spool
from .tallies import Tally
from .traffic_census import TrafficCensus

Beat = Callable[[float, int], None]  # share done, samples; raises when the work is to stop

_READ = 0.1  # the share of the way that is behind when the rows are known


class Look:
    """What an import with this mapping would store, and what it would pass over."""

    def __init__(self) -> None:
        self.census = Census()
        self.problems = ProblemList()
        self.privacy = PrivacyCensus()
        self.traffic = TrafficCensus()
        self.skipped = Tally()
        self.warnings = Tally()
        self.calls = 0  # of a log that counts calls without their requests
        self.sizes: list[dict[str, Any]] = []

    def summary(self) -> dict[str, Any]:
        """What will be stored, as JSON: shown on the pages, and what the person decides from."""
        summary = counts_of(self.census) | {
            "calls": self.calls,
            "skipped": self.skipped.as_json(),
            "warnings": self.warnings.as_json(),
            "privacy": self.privacy.findings(),
            "traffic": self.traffic.profile(),
            "sizes": self.sizes,
        }
        if self.calls and not self.census.samples:
            summary["refusal"] = _(
                "This log counts calls and does not hold what was asked, so there is nothing to replay. "
                "It can tell how much traffic a workload stands for."
            )
        return summary


def counts_of(census: Census) -> dict[str, Any]:
    return {
        "samples": census.samples,
        "content_hash": census.content_hash(),
        "profile": census.profile(),
        "scoring": census.scoring(),
    }


def look(
    file: BinaryIO, reading: Reading, mapping: Mapping[str, str], *, upload: Upload, token: str, beat: Beat
) -> Look:
    """Read the file, and keep what was found in the upload's spool.

    Raises UnreadableFile, or what `beat` raises.
    """
    seen = Look()
    with Spool(upload.pk, token) as spool:
        for count, one in enumerate(found_in(file, reading, mapping)):
            _take(one, seen, spool)
            if not count & 63:
                beat(_READ + (1 - _READ) * min(1.0, count / max(1, reading.rows)), seen.census.samples)
        index = spool.finish(lambda: beat(1.0, seen.census.samples))
    if len(index):
        seen.sizes = sampling.offers(index.categories, index.groups, seed=sampling.SEED)
    return seen


def _take(one: Draft | Call | Skipped | Problem, seen: Look, spool: Spool) -> None:
    if isinstance(one, Problem):
        seen.problems.add(one)
        spool.leave_out(one)
    elif isinstance(one, Skipped):
        seen.skipped.add(one.reason, one.line)
    elif isinstance(one, Call):
        _warn(one, seen)
        seen.calls += 1
        seen.traffic.add(one.category, one)
    else:
        _warn(one, seen)
        _take_draft(one, seen, spool)


def _warn(one: Draft | Call, seen: Look) -> None:
    for sentence in one.warnings:
        seen.warnings.add(sentence, one.line)


def _take_draft(draft: Draft, seen: Look, spool: Spool) -> None:
    seen.census.add(draft)
    seen.traffic.add(draft.category, draft.call)
    texts = joined(draft)
    found = find(texts)
    if found:
        seen.privacy.add(texts, found)
    spool.add(draft, found)
