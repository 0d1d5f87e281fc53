"""Named reads about workloads and uploads."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

import orjson
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.accounts.models import Team
from migration_app.evaluation.wording import english

from . import spool
from .conversations import text_of
from .drafts import Draft
from .errors import WorkloadError
from .mapping import validate
from .models import Sample, Upload, UploadState, Workload
from .readers import Problem, Reading, Row, rows
from .sources import found_in
from .uploads import mapping_of, opened, reading_of

_CELL = 400  # characters of a cell that a preview shows
_TRIED = 200  # things found in a file until one is a sample that can be shown


class Preview(NamedTuple):
    """The first rows as they are, and the first sample as it would be sent."""

    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]
    sample: Draft | None
    problem: str | None


def newest_workloads(team: Team) -> QuerySet[Workload]:
    """The newest version of each of the team's workloads, the latest added first."""
    newer = Workload.objects.filter(
        team=OuterRef("team"), name=OuterRef("name"), version__gt=OuterRef("version")
    )
    return Workload.objects.of(team).exclude(Exists(newer)).order_by("-created_at")


def waiting_uploads(team: Team) -> QuerySet[Upload]:
    """Files that are not workloads yet: being read, waiting for a person, or refused."""
    return Upload.objects.of(team).exclude(state=UploadState.IMPORTED).order_by("-created_at")


def same_file(upload: Upload) -> Workload | None:
    """The workload that the team made of the very same bytes before, the newest first."""
    earlier = Upload.objects.of(upload.team).filter(sha256=upload.sha256, workload__isnull=False)
    found = earlier.exclude(pk=upload.pk).select_related("workload").order_by("-created_at").first()
    return found.workload if found else None


def versions_of(workload: Workload) -> QuerySet[Workload]:
    """Every version under the workload's name, newest first, each with its number of assessments."""
    named = Workload.objects.of(workload.team).filter(name=workload.name)
    return named.annotate(assessment_count=Count("assessments")).order_by("-version")


def samples_of(workload: Workload, *, category: str | None = None) -> QuerySet[Sample]:
    """The samples in their order; of one category when it is given ("" is no category)."""
    samples = workload.samples.all()
    return samples if category is None else samples.filter(category=category)


def uses_tools(workload: Workload) -> bool:
    return workload.samples.exclude(tools=[]).exists()


def uses_schemas(workload: Workload) -> bool:
    """Whether an answer must follow a JSON schema that is sent along."""
    return workload.samples.filter(response_format__type="json_schema").exists()


def uses_images(workload: Workload) -> bool:
    """Whether any request holds an image; False for versions stored before images were counted."""
    return bool(workload.profile.get("with_images"))


def uses_json_mode(workload: Workload) -> bool:
    """Whether an answer must be JSON of any shape."""
    return workload.samples.filter(response_format__type="json_object").exists()


def upload_of(workload: Workload) -> Upload | None:
    """The upload that this version came from."""
    return workload.uploads.order_by("created_at").first()


def suggested_name(upload: Upload) -> str:
    """A name from the file's: "support-oct_2026.csv" → "support oct 2026"."""
    stem = upload.filename.rsplit(".", 1)[0] if "." in upload.filename else upload.filename
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:200] or _("Workload")


def preview(upload: Upload, most: int = 5) -> Preview:
    """The first rows of the file. Raises UnreadableFile when it is no longer stored."""
    reading = reading_of(upload)
    with opened(upload) as file:
        first = list(islice((row for row in rows(file, reading) if isinstance(row, Row)), most))
        cells = [(row.line, [shown(row.values.get(column)) for column in reading.columns]) for row in first]
        return Preview(reading.columns, cells, *_first_sample(file, reading, upload))


def _first_sample(file: BinaryIO, reading: Reading, upload: Upload) -> tuple[Draft | None, str | None]:
    """The first sample among the first things found, or the first thing that is wrong."""
    problem = None
    try:
        mapping = validate(mapping_of(upload), reading)
    except WorkloadError as error:
        return None, str(error)
    large = upload.size > settings.IMPORT_AT_ONCE_BYTES
    for found in islice(found_in(file, reading, mapping, together=not large), _TRIED):
        if isinstance(found, Draft):
            return found, None
        if isinstance(found, Problem):
            problem = problem or english("Line {line}: {message}", line=found.line, message=found.message)
    return None, problem


def shown(value: Any, most: int = _CELL) -> str:
    """A cell as text, cut where a page would become too long. JSON is shown as JSON."""
    text = value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()
    if len(text) <= most:
        return text
    count = number_format(len(text), force_grouping=True)
    return _("{beginning}… ({count} characters)").format(beginning=text[:most], count=count)


def question_of(sample: Sample | Draft) -> str:
    """The last thing the user says."""
    turns = [message for message in sample.messages if message["role"] == "user"]
    return text_of(turns[-1]) if turns else ""


def problems_as_csv(upload: Upload, worded: Callable[[str], str] = str) -> Iterator[str]:
    """Every problem of the file, line by line; only the first ones where the list is not kept.

    worded: puts a problem, which is stored in English, into the reader's words.
    """
    writer = csv.writer(_Echo())
    yield writer.writerow([_("line"), _("problem")])
    for line, message in _every_problem(upload):
        yield writer.writerow([line if line is not None else "", _unarmed(worded(message))])


def _every_problem(upload: Upload) -> Iterator[tuple[int | None, str]]:
    try:
        yield from spool.problems_in(upload.pk)
    except FileNotFoundError:
        yield from ((problem["line"], problem["message"]) for problem in upload.problems)


def _unarmed(text: str) -> str:
    """A spreadsheet runs a cell that begins like a formula; an apostrophe keeps it text."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class _Echo:
    """A file for `csv.writer` that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line
