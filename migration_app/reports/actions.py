"""Writes about reports. What is made may be asked for twice and is made once."""

from __future__ import annotations

import hashlib
import logging
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.models import User
from migration_app.comparisons.models import Comparison
from migration_app.evaluation.wording import english
from migration_app.runs.models import Run

from .build import freeze
from .canonical import as_stored, sha256_of
from .files import KINDS, PUBLIC_PDF
from .languages import WITHOUT_WORDS, language_of
from .models import Export, ExportState, Report
from .pdf import CannotMakePdf

logger = logging.getLogger(__name__)

MOST_TRIES = 3  # of a file whose maker dies before it is done


class NothingToReport(Exception):
    """The run has no comparison yet; the message says what to do."""


def make_report(*, run: Run) -> Report:
    """Freeze what the run found: one report for each edition, however often asked. Raises NothingToReport."""
    if existing := Report.objects.filter(run=run, edition=run.edition).first():
        return existing
    comparison = Comparison.objects.filter(run=run).first()
    if comparison is None:
        raise NothingToReport(
            _("This run has not been compared yet. Wait for it to finish, then make its report.")
        )
    data, translations = _in_every_language(comparison)
    report, _created = Report.objects.get_or_create(
        run=run,
        edition=run.edition,
        defaults={
            "team_id": run.team_id,
            "created_by_id": run.created_by_id,
            "data": data,
            "translations": translations,
            "sha256": sha256_of(data),
        },
    )
    return report


def _in_every_language(comparison: Comparison) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The frozen report in the source language, and in every other one that is offered."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = as_stored(freeze(comparison.data))
    return found.pop(settings.LANGUAGE_CODE), found


def make_pdf(*, report: Report) -> Export:
    """`make_file` of the kind that every report gets."""
    return make_file(report=report, kind="pdf")


def ask_for_file(*, report: Report, kind: str, user: User | None) -> Export | None:
    """Note that somebody wants a file in the language that is active; it is made in the background.

    None where nobody need be woken: one that is there stays, and one that was asked for is on its way.
    """
    export, is_new = _export(report, kind)
    if not is_new and is_ready(export):
        return None
    idle = Export.objects.filter(pk=export.pk).exclude(state=ExportState.PENDING)
    wanted = idle.update(state=ExportState.PENDING, error="", tries=0, touched_at=Now())
    if not (is_new or wanted):
        return None
    export.refresh_from_db()
    record(
        team=report.team,
        user=user,
        verb=english("asked for the {kind} of", kind=kind.upper()),
        subject=str(report.run),
    )
    return export


def make_file(*, report: Report, kind: str, language: str | None = None) -> Export:
    """Make a file of the report. One that is ready is returned; one that failed is tried again.

    language: a code of settings.LANGUAGES; the active one where none is given. A failure is kept as a
    sentence on the export, never raised: the report itself stands.
    """
    with translation.override(language or language_of(kind)):
        return _make(report, kind)


def _make(report: Report, kind: str) -> Export:
    export, _is_new = _export(report, kind)
    if is_ready(export):
        return export
    if not _begin(export):
        return _fail(
            export,
            _("Making this file stopped the server's worker {n} times. Try another kind.").format(
                n=MOST_TRIES
            ),
        )
    try:
        content = KINDS[kind].render(report.data if kind in WITHOUT_WORDS else report.shown, report.sha256)
    except CannotMakePdf as problem:
        logger.exception("The PDF of report %s could not be made", report.pk)
        return _fail(export, str(problem))
    except Exception:
        logger.exception("The file %s of report %s could not be made", kind, report.pk)
        return _fail(export, _("The file could not be made. The server's log says why; try another kind."))
    return _store(export, content)


def _begin(export: Export) -> bool:
    """Note a try before it is made: a file that ends its maker each time is not begun for ever."""
    if export.state == ExportState.PENDING and export.tries >= MOST_TRIES:
        return False
    Export.objects.filter(pk=export.pk).update(
        state=ExportState.PENDING, tries=F("tries") + 1, touched_at=Now()
    )
    return True


def _export(report: Report, kind: str) -> tuple[Export, bool]:
    """The file's row, and whether it was made just now."""
    return Export.objects.get_or_create(
        report=report,
        kind=kind,
        language=language_of(kind),
        defaults={"filename": filename_of(report, kind)},
    )


def is_ready(export: Export) -> bool:
    """Whether the file is made, after the rules of now, and still where it was put."""
    name = export.file.name
    is_made = export.state == ExportState.READY and export.make >= KINDS[export.kind].make
    return is_made and bool(name) and export.file.storage.exists(str(name))


def filename_of(report: Report, kind: str) -> str:
    """ "support-desk-assessment-2026-11-23.pdf"; names without Latin letters leave the date alone."""
    day = report.data["identity"]["iso_date"] or f"{report.created_at:%Y-%m-%d}"
    name = slugify(report.data["title"])[:80].strip("-")
    edition = slugify(_("edition {n}").format(n=report.edition)) if report.edition > 1 else ""
    parts = (name, slugify(_("assessment")), _without(kind), day, edition)
    return "-".join(part for part in parts if part) + f".{KINDS[kind].extension}"


def _without(kind: str) -> str:
    return slugify(_("without samples")) if kind == PUBLIC_PDF else ""


@transaction.atomic
def _store(export: Export, content: bytes) -> Export:
    """The first to finish keeps its file; a second maker of the same PDF leaves it alone."""
    locked = Export.objects.select_for_update().get(pk=export.pk)
    if is_ready(locked):
        return locked
    _let_go(locked)
    locked.file.save(locked.filename, ContentFile(content), save=False)
    locked.state, locked.error, locked.tries = ExportState.READY, "", 0
    locked.make, locked.made_at = KINDS[locked.kind].make, timezone.now()
    locked.size, locked.sha256 = len(content), hashlib.sha256(content).hexdigest()
    locked.save()
    return locked


def _let_go(export: Export) -> None:
    """Have the file that an export holds removed once nothing names it any more."""
    storage, name = export.file.storage, str(export.file.name or "")
    if name and storage.exists(name):  # else the next file may get its name
        transaction.on_commit(lambda: storage.delete(name))


@transaction.atomic
def delete_file(*, report: Report, kind: str, user: User | None) -> int:
    """Remove a kind of file in every language, also from the disk; how many. It can be made again."""
    found = list(Export.objects.select_for_update().filter(report=report, kind=kind))
    for export in found:
        _let_go(export)
        export.delete()
    if found:
        record(
            team=report.team,
            user=user,
            verb=english("deleted the {kind} of", kind=kind.upper()),
            subject=str(report.run),
        )
    return len(found)


def _fail(export: Export, sentence: str) -> Export:
    export.state, export.error = ExportState.FAILED, sentence[:500]
    export.tries = 0
    export.save(update_fields=["state", "error", "tries"])
    return export
