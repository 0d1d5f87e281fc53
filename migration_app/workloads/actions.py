"""Writes about workloads: receive a file, import it, correct its scoring, let it go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple, cast

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import Max, ProtectedError

from migration_app.accounts.actions import record
from migration_app.accounts.models import Team, User

from .drafts import Draft
from .errors import (
    BadRow,
    NothingToImport,
    UnreadableFile,
    WorkloadError,
    WorkloadInUse,
)
from .mapping import guess, validate, validate_columns
from .models import Sample, Upload, UploadState, Workload
from .profiles import Census
from .readers import Row
from .sources import COLUMNS, Found, found_in
from .sources.columns import draft_from
from .uploads import (
    account_of,
    check,
    fingerprint,
    mapping_of,
    opened,
    reading_of,
    refusal_of,
    summary_of,
    survey,
)

_BATCH = 500


class ImportResult(NamedTuple):
    """`created` is False when the team had this very content under this name already."""

    workload: Workload
    problems: list[dict[str, Any]]
    problem_count: int
    created: bool


def receive_upload(*, team: Team, user: User | None, file: File) -> Upload:
    """Keep a file and find out how to read it. Raises UnreadableFile; then nothing is kept.

    1. Read it through once where it lies: format, encoding, columns, first rows.
    2. Guess what each column is for and count what that would store.
    3. Only then move it into the store, with its fingerprint.
    """
    filename = (file.name or "upload").rsplit("/", 1)[-1][-255:]
    if file.size > settings.UPLOAD_MAX_BYTES:
        raise UnreadableFile(too_large())
    content = cast(BinaryIO, file)
    reading, first_rows = survey(content, filename)
    mapping = guess(reading.columns, first_rows) if reading.source == COLUMNS else {}
    upload = Upload(team=team, created_by=user, filename=filename, size=file.size, format=reading.format)
    upload.sha256 = fingerprint(content)
    upload.reading = {**reading.as_json(), "mapping": mapping}
    _check_into(upload, content)
    file.seek(0)
    upload.file.save(f"{upload.pk}.data", file, save=False)
    _save_with_file(upload, user)
    return upload


def too_large() -> str:
    """The sentence for a file over the limit, also said by the page before anything is sent."""
    return f"The file is larger than {upload_limit()}, the most that can be uploaded. Upload a part of it."


def upload_limit() -> str:
    """The largest upload in words: "2 GB", "500 MB"."""
    size = settings.UPLOAD_MAX_BYTES
    return f"{size / 1e9:,.3g} GB" if size >= 1e9 else f"{size / 1e6:,.3g} MB"


def _save_with_file(upload: Upload, user: User | None) -> None:
    """Keep the row and the file both, or neither."""
    try:
        with transaction.atomic():
            upload.save(force_insert=True)
            record(team=upload.team, user=user, verb="uploaded a file", subject=upload.filename)
    except BaseException:
        upload.file.delete(save=False)
        raise


def choose_columns(*, upload: Upload, mapping: Mapping[str, Any]) -> Upload:
    """Keep a person's mapping and count again. Raises InvalidMapping, UnreadableFile."""
    upload.reading = {**upload.reading, "mapping": validate(mapping, reading_of(upload))}
    with opened(upload) as file:
        _check_into(upload, file)
    upload.save(update_fields=["reading", "problems", "problem_count"])
    return upload


def _check_into(upload: Upload, file: Any) -> None:
    """Write onto `upload` what its mapping would store; a mapping that cannot work says why."""
    reading, mapping = reading_of(upload), mapping_of(upload)
    try:
        validate(mapping, reading)
        checked = check(file, reading, mapping)
    except WorkloadError as refusal:
        upload.reading["summary"], upload.problems, upload.problem_count = refusal_of(refusal), [], 0
        return
    upload.reading["summary"] = account_of(checked)
    upload.problems, upload.problem_count = checked.problems.as_json(), checked.problems.count


def import_workload(
    *,
    upload: Upload,
    mapping: Mapping[str, Any],
    name: str,
    user: User | None,
    scoring: dict[str, Any] | None = None,
) -> ImportResult:
    """Store an upload's samples as the next version of the workload called `name`.

    What was counted when the columns were chosen holds: the stored file does not change.
    Raises InvalidMapping, NothingToImport, UnreadableFile; then nothing is stored.
    """
    reading = reading_of(upload)
    chosen = validate(mapping, reading)
    if chosen != mapping_of(upload):
        choose_columns(upload=upload, mapping=chosen)
    summary = upload.reading["summary"]
    if not summary["samples"]:
        raise NothingToImport(summary.get("refusal") or _nothing(upload.problems))
    facts = _facts(upload.team, user, name, summary, scoring) | {"source": upload.filename}
    with opened(upload) as file, transaction.atomic():
        workload, created = _store(facts, _only_drafts(found_in(file, reading, chosen)))
        upload.state, upload.workload = UploadState.IMPORTED, workload
        upload.save(update_fields=["state", "workload"])
        if created:
            record(team=upload.team, user=user, verb="imported a workload", subject=str(workload))
    return ImportResult(workload, upload.problems, upload.problem_count, created)


def create_workload_from_samples(
    *,
    team: Team,
    user: User | None,
    name: str,
    rows: Iterable[Mapping[str, Any]],
    source: str,
    scoring: dict[str, Any] | None = None,
    description: str = "",
) -> Workload:
    """Store rows that came with the program; their keys are columns, mapped by their names.

    The same rows under the same name are stored once. Raises NothingToImport for a bad row.
    """
    numbered = [Row(line, dict(values)) for line, values in enumerate(rows, start=1)]
    columns = list(dict.fromkeys(key for row in numbered for key in row.values))
    mapping = validate_columns(guess(columns, numbered), columns)
    samples, census = [_draft(row, mapping) for row in numbered], Census()
    for sample in samples:
        census.add(sample)
    facts = _facts(team, user, name, summary_of(census), scoring) | {
        "source": source,
        "description": description,
    }
    with transaction.atomic():
        workload, created = _store(facts, iter(samples))
        if created:
            record(team=team, user=user, verb="added a workload", subject=str(workload))
    return workload


def _draft(row: Row, mapping: Mapping[str, str]) -> Draft:
    try:
        return draft_from(row, mapping)
    except BadRow as bad:
        raise NothingToImport(f"Row {row.line} is not a sample. {bad}") from bad


def _facts(
    team: Team, user: User | None, name: str, summary: Mapping[str, Any], scoring: dict[str, Any] | None
) -> dict[str, Any]:
    return {
        "team": team,
        "created_by": user,
        "name": name.strip()[:200] or "Workload",
        "content_hash": summary["content_hash"],
        "sample_count": summary["samples"],
        "profile": summary["profile"],
        "scoring": scoring or summary["scoring"],
    }


def _store(facts: dict[str, Any], samples: Iterator[Draft]) -> tuple[Workload, bool]:
    """The workload with these facts, made now or there already. Runs inside a transaction."""
    Team.objects.select_for_update().get(pk=facts["team"].pk)  # versions are given out one at a time
    same_name = Workload.objects.of(facts["team"]).filter(name=facts["name"])
    if twin := same_name.filter(content_hash=facts["content_hash"]).first():
        return twin, False
    newest = same_name.aggregate(newest=Max("version"))["newest"] or 0
    workload = Workload.objects.create(**facts, version=newest + 1)
    batch: list[Sample] = []
    for position, draft in enumerate(samples):
        sample = draft.as_sample(position)
        sample.workload = workload
        batch.append(sample)
        if len(batch) == _BATCH:
            Sample.objects.bulk_create(batch)
            batch.clear()
    Sample.objects.bulk_create(batch)
    return workload, True


def _only_drafts(found: Iterable[Found]) -> Iterator[Draft]:
    return (draft for draft in found if isinstance(draft, Draft))


def _nothing(problems: list[dict[str, Any]]) -> str:
    first = f" Line {problems[0]['line']}: {problems[0]['message']}" if problems else ""
    return f"No line of the file can become a sample with these columns.{first}"


def discard_upload(*, upload: Upload, user: User | None) -> None:
    """Forget a file that was never imported; its bytes are deleted once that is certain."""
    with transaction.atomic():
        record(team=upload.team, user=user, verb="discarded a file", subject=upload.filename)
        _delete_file_on_commit(upload)
        upload.delete()


def delete_workload(*, workload: Workload, user: User | None) -> None:
    """Delete a version with its samples and its uploaded files. Raises WorkloadInUse."""
    try:
        with transaction.atomic():
            record(team=workload.team, user=user, verb="deleted a workload", subject=str(workload))
            for upload in workload.uploads.all():
                _delete_file_on_commit(upload)
                upload.delete()
            workload.delete()
    except ProtectedError as error:
        raise WorkloadInUse(
            f"{workload} is used by an assessment, whose result would lose its evidence. It stays."
        ) from error


def _delete_file_on_commit(upload: Upload) -> None:
    storage, name = upload.file.storage, upload.file.name
    if name:
        transaction.on_commit(lambda: storage.delete(name))
