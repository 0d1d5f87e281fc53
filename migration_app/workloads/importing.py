"""From a file to a workload, step by step: what a person may do with an upload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User
from migration_app.evaluation.wording import english
from migration_app.steering import unsteered

from . import sampling, spool, stages, storing
from .errors import CannotImport, InvalidSource, NothingToImport, UnreadableFile
from .mapping import guess, validate
from .models import WORKING, Upload, UploadState
from .privacy import decided
from .sources import COLUMNS, SOURCES
from .traffic import nothing_known
from .uploads import fingerprint, first_rows, mapping_of, opened, reading_of


def keep_upload(*, team: Team, user: User | None, file: File) -> Upload:
    """Keep a file and ask for it to be read. Raises UnreadableFile for one that is too large.

    Whoever calls says who reads it: `stages.work` at once, or a worker.
    """
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise UnreadableFile(too_large())
    filename = unsteered(file.name or "").rsplit("/", 1)[-1][-255:] or "upload"
    upload = Upload(team=team, created_by=user, filename=filename, size=file.size, state=UploadState.READING)
    upload.sha256 = getattr(file, "sha256", "") or fingerprint(cast(BinaryIO, file))
    file.seek(0)
    upload.file.save(f"{upload.pk}.data", file, save=False)
    _save_with_file(upload, user)
    return upload


def too_large() -> str:
    """The sentence for a file over the limit, also said by the page before anything is sent."""
    return _(
        "The file is larger than {upload_limit}, the most that can be uploaded. Upload a part of it."
    ).format(upload_limit=upload_limit())


def upload_limit() -> str:
    """The largest upload in words: "2 GB", "500 MB"."""
    size = settings.UPLOAD_MAX_BYTES
    return f"{size / 1e9:,.3g} GB" if size >= 1e9 else f"{size / 1e6:,.3g} MB"


def _save_with_file(upload: Upload, user: User | None) -> None:
    """Keep the row and the file both, or neither."""
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
            record(team=upload.team, user=user, verb=english("uploaded a file"), subject=upload.filename)
    except BaseException:
        upload.file.delete(save=False)
        raise


def choose_columns(*, upload: Upload, mapping: Mapping[str, Any]) -> Upload:
    """Keep a person's mapping and count again, now. Raises InvalidMapping, UnreadableFile."""
    keep_columns(upload=upload, mapping=mapping)
    upload.state = UploadState.RECEIVED
    return count_again(upload=upload)


def count_again(*, upload: Upload) -> Upload:
    """Look the file through now, as it is read at present."""
    if stages.begin(upload, UploadState.LOOKING, when=_UNDECIDED):
        stages.work(upload.pk)
        # Looking through it once more is not deciding: the columns stay open.
        Upload.objects.filter(pk=upload.pk, state=UploadState.LOOKED).update(state=UploadState.RECEIVED)
    upload.refresh_from_db()
    return upload


_UNDECIDED = (UploadState.RECEIVED, UploadState.LOOKED)


def keep_columns(*, upload: Upload, mapping: Mapping[str, Any]) -> None:
    """Keep a person's mapping; what was counted with another one no longer holds. Raises InvalidMapping."""
    chosen = validate(mapping, reading_of(upload))
    if chosen == mapping_of(upload):
        return
    upload.reading = {**upload.reading, "mapping": chosen}
    if upload.reading.get("counted") != chosen:
        upload.reading["summary"] = {"samples": 0, "stale": True}
    upload.save(update_fields=["reading"])


def choose_source(*, upload: Upload, source: str) -> None:
    """Read the file as another tool's, as a person said. Raises InvalidSource, UnreadableFile.

    What was counted no longer holds; a table gets a guess of its columns.
    """
    if source not in SOURCES:
        raise InvalidSource(
            _("There is no kind of file called “%(kind)s”. Choose one from the list.") % {"kind": source[:40]}
        )
    reading = replace(reading_of(upload), source=source, chosen=True)
    mapping: dict[str, str] = {}
    if source == COLUMNS:
        with opened(upload) as file:
            mapping = guess(reading.columns, first_rows(file, reading))
    upload.reading = reading.as_json() | {"mapping": mapping, "summary": {"samples": 0, "stale": True}}
    upload.state = UploadState.RECEIVED
    upload.save(update_fields=["reading"])
    if upload.size <= settings.IMPORT_AT_ONCE_BYTES:
        count_again(upload=upload)


def look_through(*, upload: Upload, name: str) -> None:
    """Ask for the file to be counted with its columns. Raises CannotImport when it is not open to that."""
    if not stages.begin(
        upload, UploadState.LOOKING, when=_UNDECIDED, decision=upload.decision | {"name": _named(name)}
    ):
        raise CannotImport(_("Somebody is at work on this file already. Wait until that has ended."))


def confirm_columns(*, upload: Upload, name: str) -> bool:
    """Go on to privacy and size. True when everything is counted; else a worker must look first.

    Raises NothingToImport, CannotImport.
    """
    reading = upload.reading
    if reading.get("counted") == mapping_of(upload) and spool.is_there(upload.pk):
        if not reading["summary"]["samples"]:
            raise NothingToImport(reading["summary"].get("refusal") or stages.nothing(upload.problems))
        moved = Upload.objects.filter(pk=upload.pk, state__in=_UNDECIDED).update(
            state=UploadState.LOOKED, note="", decision=upload.decision | {"name": _named(name)}
        )
        upload.refresh_from_db()
        if moved:
            return True
    look_through(upload=upload, name=name)
    return False


def decide(
    *,
    upload: Upload,
    user: User | None,
    keep: Iterable[str] = (),
    allow: Iterable[str] = (),
    names: bool = False,
    size: int | None = None,
    seed: int = sampling.SEED,
    traffic: Mapping[str, Any] | None = None,
    scoring: Mapping[str, Any] | None = None,
) -> None:
    """Record what a person decided about privacy, size and traffic, and ask for the samples to be stored.

    Whatever kind of private value is not in `keep` is masked. size: samples, None for all.
    Raises CannotImport when the file is not looked through.
    """
    summary = upload.reading.get("summary", {})
    by = user.get_username() if user else ""
    privacy = decided(keep=keep, allow=allow, names=names, by=by, at=timezone.now())
    decision = {
        "name": upload.decision.get("name") or _named(""),
        "privacy": privacy,
        "size": size,
        "seed": seed,
        "traffic": dict(traffic or summary.get("traffic") or nothing_known()),
        "scoring": dict(scoring) if scoring else None,
        "user": user.pk if user else None,
    }
    with transaction.atomic():
        if not stages.begin(upload, UploadState.STORING, when=(UploadState.LOOKED,), decision=decision):
            raise CannotImport(_("This file is not ready to be stored. Open it again."))
        if summary.get("privacy"):
            _record_privacy(upload, user, privacy["keep"])


def _record_privacy(upload: Upload, user: User | None, kept: Sequence[str]) -> None:
    if kept:
        subject = f"{upload.filename[:150]}: {', '.join(kept)}"
        record(team=upload.team, user=user, verb=english("kept private values of"), subject=subject)
    else:
        verb = english("masked all private values of")
        record(team=upload.team, user=user, verb=verb, subject=upload.filename)


def stop_work(*, upload: Upload, user: User | None) -> UploadState | None:
    """Stop what is going on with a file. Returns where it stands now; None when the file itself is gone.

    Reading it ends with nothing kept; counting and storing go back to before.
    """
    state = UploadState(upload.state)
    if state not in WORKING:
        return state
    before = stages.BEFORE[state]
    stopped = Upload.objects.filter(pk=upload.pk, state=state)
    with transaction.atomic():
        if not stopped.update(state=before, stage_token="", stage_expires=0, note=""):
            upload.refresh_from_db()
            return UploadState(upload.state)
        record(team=upload.team, user=user, verb=english("stopped an import"), subject=upload.filename)
    upload.refresh_from_db()
    if state == UploadState.READING:
        forget_upload(upload)
        return None
    storing.forget(upload)
    return before


def _named(name: str) -> str:
    return name.strip()[:200] or _("Workload")


def discard_upload(*, upload: Upload, user: User | None) -> None:
    """Forget a file that was never imported, with all that was made of it."""
    record(team=upload.team, user=user, verb=english("discarded a file"), subject=upload.filename)
    forget_upload(upload)


def forget_upload(upload: Upload) -> None:
    """Delete an upload; its bytes, and what was found in them, once that is certain."""
    storing.forget(upload)
    with transaction.atomic():
        delete_files_on_commit(upload)
        upload.delete()


def delete_files_on_commit(upload: Upload) -> None:
    storage, name, key = upload.file.storage, upload.file.name, upload.pk
    if name:
        transaction.on_commit(lambda: storage.delete(name))
    transaction.on_commit(lambda: spool.clear(key))
