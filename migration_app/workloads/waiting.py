"""Uploads that a worker should look after. Apart from the work itself, which loads every reader."""

from __future__ import annotations

from uuid import UUID

from migration_app.clock import DatabaseNow

from .models import WORKING, Upload


def idle() -> list[UUID]:
    """Uploads whose stage nobody works on, the longest waiting first."""
    waiting = Upload.objects.filter(state__in=WORKING, stage_expires__lt=DatabaseNow())
    return list(waiting.order_by("created_at").values_list("pk", flat=True))


def busy() -> int:
    """How many uploads are being worked on."""
    return Upload.objects.filter(state__in=WORKING, stage_expires__gte=DatabaseNow()).count()
