"""The work on an upload, done in stages by whoever claims it first.

    reading ──► received ──► looking ──► looked ──► storing ──► imported
       │           ▲            │          ▲           │
       ▼           └────────────┘          └───────────┘     stopped or failed: back, with a sentence
    refused

A stage is claimed by a conditional update and kept by beats; whose beat finds that the upload is not
theirs any more (cancelled, or taken over after a long silence) stops and removes what they made. A
worker that was killed is silent: its lease ends and another begins the stage anew.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from migration_app.clock import DatabaseNow

from . import spool, storing
from .errors import UnreadableFile, WorkloadError
from .looking import look
from .mapping import guess, validate
from .models import WORKING, Upload, UploadState
from .sources import COLUMNS
from .storing import Stored
from .uploads import mapping_of, opened, reading_of, refusal_of, survey

logger = logging.getLogger(__name__)

LEASE_SECONDS = 60.0  # a beat comes every half second; sorting what is alike of millions takes some
MAX_TRIES = 3
_BEAT_SECONDS = 0.5


class Stopped(Exception):
    """The stage is not this worker's any more."""


class Beat:
    """Keeps a claim, and tells how far the work is. Raises Stopped when the claim is lost."""

    def __init__(self, upload: Upload) -> None:
        self._mine = Upload.objects.filter(pk=upload.pk, state=upload.state, stage_token=upload.stage_token)
        self._next = 0.0

    def __call__(self, share: float, count: int) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _BEAT_SECONDS
        kept = self._mine.update(
            stage_expires=DatabaseNow() + LEASE_SECONDS, stage_done=share, stage_count=count
        )
        if not kept:
            raise Stopped


def claim(upload_id: UUID) -> Upload | None:
    """Take the stage an upload is in; None when there is none or somebody works on it."""
    token = uuid.uuid4().hex
    free = Upload.objects.filter(pk=upload_id, state__in=WORKING, stage_expires__lt=DatabaseNow())
    taken = free.update(
        stage_token=token, stage_expires=DatabaseNow() + LEASE_SECONDS, stage_done=0, stage_count=0
    )
    if not taken:
        return None
    upload = Upload.objects.select_related("team", "created_by").get(pk=upload_id)
    upload.stage_tries += 1
    mine = Upload.objects.filter(pk=upload_id, stage_token=token)
    return upload if mine.update(stage_tries=upload.stage_tries) else None


def work(upload_id: UUID) -> None:
    """Do the stage that an upload is in, if nobody else does. A failure becomes the upload's note.

    What is written down is in English, whoever's request this runs in: pages translate it.
    """
    with override(settings.LANGUAGE_CODE):
        _work(upload_id)


def _work(upload_id: UUID) -> None:
    upload = claim(upload_id)
    if upload is None:
        return
    try:
        if upload.stage_tries > MAX_TRIES:
            raise WorkloadError(
                _("The server was interrupted three times at this file. Try again, or upload a part of it.")
            )
        do(upload)
    except Stopped:
        logger.info("Import %s was stopped.", upload_id)
        _undo(upload)
    except WorkloadError as refusal:
        fail(upload, str(refusal))
    except Exception as error:
        logger.exception("Import %s failed while %s.", upload_id, upload.state)
        sentence = _("Something went wrong on the server (%(kind)s), so nothing was stored. Try again.")
        fail(upload, sentence % {"kind": type(error).__name__})


def do(upload: Upload) -> Stored | None:
    """Do the stage of a claimed upload. Raises WorkloadError, Stopped."""
    return _STAGES[UploadState(upload.state)](upload)


def _read(upload: Upload) -> None:
    """Find out what the file is, guess its columns, and look it through with them."""
    beat = Beat(upload)
    beat(0.0, 0)
    with opened(upload) as file:
        reading, first_rows = survey(file, upload.filename, beat=lambda: beat(0.0, 0))
    upload.format = reading.format
    upload.reading = reading.as_json()
    upload.reading["mapping"] = guess(reading.columns, first_rows) if reading.source == COLUMNS else {}
    _count(upload)
    _finish(upload, UploadState.RECEIVED, "format", *_COUNTED)


def _look(upload: Upload) -> None:
    """Count with the columns that were chosen; back to them when they give nothing."""
    _count(upload)
    summary = upload.reading["summary"]
    if summary["samples"]:
        _finish(upload, UploadState.LOOKED, *_COUNTED)
        return
    why = summary.get("refusal") or nothing(upload.problems)
    _finish(upload, UploadState.RECEIVED, *_COUNTED, note=why)


_COUNTED = ("reading", "problems", "problem_count")


def _count(upload: Upload) -> None:
    """Write onto `upload` what its mapping would store; a mapping that cannot work says why."""
    reading, mapping = reading_of(upload), mapping_of(upload)
    try:
        validate(mapping, reading)
        with opened(upload) as file:
            seen = look(file, reading, mapping, upload=upload, token=upload.stage_token, beat=Beat(upload))
    except WorkloadError as refusal:
        upload.reading["summary"], upload.problems, upload.problem_count = refusal_of(refusal), [], 0
        return
    upload.reading["summary"] = seen.summary()
    upload.reading["counted"] = mapping
    upload.problems, upload.problem_count = seen.problems.as_json(), seen.problems.count


def nothing(problems: list[dict[str, Any]]) -> str:
    if not problems:
        return _("No line of the file can become a sample with these columns.")
    return _("No line of the file can become a sample with these columns. Line %(line)s: %(why)s") % {
        "line": problems[0]["line"],
        "why": problems[0]["message"],
    }


def _store(upload: Upload) -> Stored:
    try:
        stored = storing.store(upload=upload, token=upload.stage_token, beat=Beat(upload))
    except FileNotFoundError as gone:
        raise UnreadableFile(_("What was read of the file is no longer there. Count it again.")) from gone
    with transaction.atomic():
        upload.workload = stored.workload
        _finish(upload, UploadState.IMPORTED, "workload")
        transaction.on_commit(lambda: _tidy(upload))
    return stored


def _tidy(upload: Upload) -> None:
    """The texts as they came are needed no more; the list of lines that were left out stays."""
    spool.clear_drafts(upload.pk)
    if upload.file.name:
        upload.file.storage.delete(upload.file.name)


_STAGES: dict[UploadState, Any] = {
    UploadState.READING: _read,
    UploadState.LOOKING: _look,
    UploadState.STORING: _store,
}


def _finish(upload: Upload, state: UploadState, *fields: str, note: str = "") -> None:
    """Move on with what was found out. Raises Stopped when the claim was lost meanwhile."""
    changes = {name: getattr(upload, name) for name in fields}
    mine = Upload.objects.filter(pk=upload.pk, state=upload.state, stage_token=upload.stage_token)
    ended: dict[str, Any] = {"state": state, "note": note[:500], "stage_token": ""}
    if not mine.update(stage_expires=0, stage_tries=0, **ended, **changes):
        raise Stopped
    upload.state, upload.stage_token, upload.note = state, "", note[:500]


# Where an upload stands when its stage did not end.
BEFORE = {
    UploadState.READING: UploadState.REFUSED,
    UploadState.LOOKING: UploadState.RECEIVED,
    UploadState.STORING: UploadState.LOOKED,
}


def fail(upload: Upload, sentence: str) -> None:
    """Go back to before the stage, with a sentence; nothing of it stays."""
    _undo(upload)
    mine = Upload.objects.filter(pk=upload.pk, state=upload.state, stage_token=upload.stage_token)
    before = BEFORE[UploadState(upload.state)]
    if mine.update(state=before, note=sentence[:500], stage_token="", stage_expires=0, stage_tries=0):
        upload.state, upload.note = before, sentence[:500]
        if before == UploadState.REFUSED and upload.file.name:
            upload.file.storage.delete(upload.file.name)


def _undo(upload: Upload) -> None:
    """Remove what this worker's stage has made."""
    if upload.state == UploadState.STORING:
        storing.forget(upload, token=upload.stage_token)


def begin(upload: Upload, state: UploadState, *, when: tuple[UploadState, ...], **changes: Any) -> bool:
    """Ask for a stage, for whoever claims it; False when the upload is not where it could begin."""
    moved = Upload.objects.filter(pk=upload.pk, state__in=when).update(
        state=state, stage_token="", stage_expires=0, stage_tries=0, stage_done=0, stage_count=0, note="",
        **changes,
    )  # fmt: skip
    upload.refresh_from_db()
    return bool(moved)
