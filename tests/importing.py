"""A file into a workload in one call, as the pages do it in several with a person in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.core.files import File

from migration_app.accounts.models import Team, User
from migration_app.workloads import stages
from migration_app.workloads.errors import NothingToImport, UnreadableFile
from migration_app.workloads.importing import (
    confirm_columns,
    decide,
    forget_upload,
    keep_columns,
    keep_upload,
)
from migration_app.workloads.models import Upload, UploadState, Workload
from migration_app.workloads.storing import Stored


class ImportResult(NamedTuple):
    """`created` is False when the team had this very content under this name already."""

    workload: Workload
    problems: list[dict[str, Any]]
    problem_count: int
    created: bool


def receive_upload(*, team: Team, user: User | None, file: File) -> Upload:
    """Keep a file and read it now. Raises UnreadableFile; then nothing is kept."""
    upload = keep_upload(team=team, user=user, file=file)
    stages.work(upload.pk)
    upload.refresh_from_db()
    if upload.state == UploadState.REFUSED:
        sentence = upload.note
        forget_upload(upload)
        raise UnreadableFile(sentence)
    return upload


def import_workload(
    *,
    upload: Upload,
    mapping: Mapping[str, Any],
    name: str,
    user: User | None,
    scoring: dict[str, Any] | None = None,
) -> ImportResult:
    """Store an upload's samples now, all of them, with everything private masked.

    The next version of the workload called `name`.
    Raises InvalidMapping, NothingToImport, UnreadableFile; then nothing is stored.
    """
    keep_columns(upload=upload, mapping=mapping)
    if not confirm_columns(upload=upload, name=name):
        stages.work(upload.pk)
        upload.refresh_from_db()
        if upload.state != UploadState.LOOKED:
            raise NothingToImport(upload.note)
    decide(upload=upload, user=user, scoring=scoring)
    claimed = stages.claim(upload.pk)
    assert claimed is not None, "nobody else is at work on it"
    try:
        stored = stages.do(claimed)
    except BaseException:
        stages.fail(claimed, "")
        raise
    assert isinstance(stored, Stored)
    upload.refresh_from_db()
    return ImportResult(stored.workload, upload.problems, upload.problem_count, stored.created)
