"""From what was found in a file to a workload: the chosen samples, masked, in the database.

1. Draw the sample that was decided on.
2. Make a workload that nobody sees yet.
3. Batch by batch, each in a transaction of its own: give private values their placeholders, count
   what is stored, insert it. So the database is never held for longer than a fraction of a second.
4. Give the workload its name and version, and show it. The very same content as before is dropped.

Whoever stops before 4 leaves a workload that nobody sees; `forget` removes it.

`Workload.sampling`: {"of": samples in the file, "size", "seed", "alike": samples that are like another
of the file, "sources": independent sources in the file}.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from django.db import transaction
from django.db.models import Max

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english

from . import sampling, spool
from .drafts import Draft, finished
from .inserting import insert_samples
from .looking import Beat, counts_of
from .models import Sample, Upload, Workload
from .privacy import Allowed
from .profiles import Census
from .pseudonyms import Pseudonyms, Value
from .redaction import Found, mask
from .redaction.kinds import RANKS
from .redaction.presidio import names
from .redaction.spans import without_overlaps
from .redaction.texts import joined, put_back
from .traffic import nothing_known

_BATCH = 500
_BATCH_CHARACTERS = 2_000_000
_LOOKED_UP = 10_000
_REMOVED = 5_000  # samples deleted in one transaction


class Stored(NamedTuple):
    """`created` is False when the team had this very content under this name already."""

    workload: Workload
    created: bool


class _Chosen(NamedTuple):
    draft: Draft
    found: list[Found]


def store(*, upload: Upload, token: str, beat: Beat) -> Stored:
    """Store what was decided. Raises FileNotFoundError when the spool is gone, or what `beat` does."""
    forget(upload)
    index = spool.index_of(upload.pk)
    decision = upload.decision
    chosen = sampling.draw(index.categories, decision["size"] or len(index), seed=decision["seed"])
    workload = _hidden(upload, token)
    masking = _Masking(workload, decision["privacy"])
    census, stored = Census(), 0
    for batch in _batches(_found(upload, index, chosen)):
        with transaction.atomic():
            drafts = masking.masked(batch)
            insert_samples(workload, drafts, first=stored)
        for draft in drafts:
            census.add(draft)
        stored += len(drafts)
        beat(stored / max(1, chosen.size), stored)
    sample = {
        "of": len(index),
        "size": stored,
        "seed": decision["seed"],
        "alike": int((index.alike >= 0).sum()),
        "sources": int(np.unique(index.groups).size),
    }
    return _shown(upload, workload, census, masking, sample)


def _found(upload: Upload, index: spool.Index, chosen: Any) -> Iterator[_Chosen]:
    """The chosen drafts, each with the source that it shares with others like it."""
    for start in range(0, chosen.size, _LOOKED_UP):  # not all at once: their arrays would be large
        part = chosen[start : start + _LOOKED_UP]
        drafts = spool.drafts_at(upload.pk, index.offsets[part])
        for (draft, found), head in zip(drafts, index.alike[part].tolist(), strict=True):
            yield _Chosen(draft, found)
            if head >= 0 and not draft.cluster:
                draft.cluster = f"like:{head + 1}"


def _batches(found: Iterator[_Chosen]) -> Iterator[list[_Chosen]]:
    """So many at a time, and fewer where they are long: memory is bounded by characters."""
    batch: list[_Chosen] = []
    held = 0
    for one in found:
        batch.append(one)
        held += one.draft.input_characters
        if len(batch) >= _BATCH or held >= _BATCH_CHARACTERS:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def _hidden(upload: Upload, token: str) -> Workload:
    return Workload.everything.create(
        team=upload.team,
        created_by=upload.created_by,
        name=f"{_hidden_name(upload)}{token}",
        content_hash="",
        ready=False,
    )


def _hidden_name(upload: Upload) -> str:
    return f"import {upload.pk} "


class _Masking:
    """Puts placeholders into drafts, and counts them."""

    def __init__(self, workload: Workload, decision: dict[str, Any]) -> None:
        self.decision = decision
        self.counts: dict[str, int] = {}
        self._pseudonyms = Pseudonyms(workload)
        self._allowed = Allowed(decision)

    def masked(self, batch: list[_Chosen]) -> list[Draft]:
        texts = [joined(one.draft) if one.found or self.decision["names"] else "" for one in batch]
        wanted = [self._wanted(text, one.found) for text, one in zip(texts, batch, strict=True)]
        self._pseudonyms.learn(
            Value(one.kind, text[one.start : one.end])
            for text, spans in zip(texts, wanted, strict=True)
            for one in spans
        )
        return [
            self._apply(one.draft, text, spans) for one, text, spans in zip(batch, texts, wanted, strict=True)
        ]

    def _wanted(self, text: str, found: list[Found]) -> list[Found]:
        if self.decision["names"]:
            found = with_names(text, found)
        return [one for one in found if not self._allowed(one.kind, text[one.start : one.end])]

    def _apply(self, draft: Draft, text: str, spans: list[Found]) -> Draft:
        if not spans:
            return draft
        for one in spans:
            self.counts[one.kind] = self.counts.get(one.kind, 0) + 1
        put_back(draft, mask(text, spans, self._pseudonyms.placeholder))
        return finished(draft)


def with_names(text: str, found: list[Found]) -> list[Found]:
    """What the rules found, and what the language model sees beside it."""
    return without_overlaps([*found, *names(text)], RANKS)


@transaction.atomic
def _shown(
    upload: Upload, workload: Workload, census: Census, masking: _Masking, sample: dict[str, Any]
) -> Stored:
    """Give the workload its name, version and facts; or drop it when the team has it already."""
    Team.objects.select_for_update().get(pk=upload.team_id)  # versions are given out one at a time
    facts, decision = counts_of(census), upload.decision
    same_name = Workload.objects.of(upload.team).filter(name=decision["name"])
    if twin := same_name.filter(content_hash=facts["content_hash"]).first():
        remove_samples(workload)
        workload.delete()
        return Stored(twin, created=False)
    found = upload.reading["summary"].get("privacy", {})
    workload.name = decision["name"]
    workload.version = (same_name.aggregate(newest=Max("version"))["newest"] or 0) + 1
    workload.source, workload.content_hash = upload.filename, facts["content_hash"]
    workload.sample_count, workload.profile = facts["samples"], facts["profile"]
    workload.scoring = decision.get("scoring") or facts["scoring"]
    workload.traffic = decision.get("traffic") or nothing_known()
    workload.privacy = decision["privacy"] | {"found": found, "masked": masking.counts}
    workload.sampling, workload.ready = sample, True
    workload.save()
    user = User.objects.filter(pk=decision.get("user")).first()
    record(team=upload.team, user=user, verb=english("imported a workload"), subject=str(workload))
    return Stored(workload, created=True)


def forget(upload: Upload, *, token: str = "") -> None:
    """Remove what imports of this upload that did not end have stored, or the one of this token."""
    hidden = Workload.everything.filter(ready=False, name__startswith=f"{_hidden_name(upload)}{token}")
    for workload in hidden.filter(team=upload.team):
        remove_samples(workload)
        workload.delete()


def remove_samples(workload: Workload) -> None:
    """Delete samples that nothing refers to, a part at a time, so that nobody waits for the database."""
    while keys := list(Sample.objects.filter(workload=workload).values_list("pk", flat=True)[:_REMOVED]):
        rows = Sample.objects.filter(pk__in=keys).order_by()
        rows._raw_delete(rows.db)
