"""Who does the next stage of an import: this process at once when the file is small, else a worker.

What takes longer than a second is not for a person to wait for.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from migration_app.workloads import stages
from migration_app.workloads.models import WORKING, Upload

from .tasks import wake_import


def go_on(upload: Upload) -> None:
    """Have the stage done that an upload waits for. A small file's is done when this returns."""
    if upload.state not in WORKING:
        return
    if upload.size <= settings.IMPORT_AT_ONCE_BYTES:
        stages.work(upload.pk)
        upload.refresh_from_db()
        return
    # robust: the database has it; when the broker is down, the reconciler wakes it later.
    transaction.on_commit(lambda: wake_import(upload.pk), robust=True)
