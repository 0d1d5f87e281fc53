"""Reports: the frozen object that page, PDF and exports all render."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from migration_app.accounts.models import TeamOwned
from migration_app.runs.models import Run


class Report(TeamOwned):
    """What an edition of a run found, frozen. `sha256` is over the canonical JSON of `data`."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="reports")
    edition = models.PositiveSmallIntegerField(default=1)  # a run that was asked more gets a new one
    data = models.JSONField()  # in the source language
    # The same findings in the words of each other language: {"pt-br": …}. Frozen with it, so that a
    # page in another language shows what was found then, not what would be computed now.
    translations = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-edition", "-created_at"]
        constraints = [models.UniqueConstraint(fields=["run", "edition"], name="one_report_per_edition")]

    def __str__(self) -> str:
        return f"report of {self.run}"

    @property
    def shown(self) -> dict[str, Any]:
        """The report in the language that is active, or as it was written where it has no such words."""
        found: dict[str, Any] = self.translations.get(get_language() or "") or self.data
        return found


class ExportState(models.TextChoices):
    PENDING = "pending", gettext_lazy("Being made")
    READY = "ready", gettext_lazy("Ready")
    FAILED = "failed", pgettext_lazy("state", "Failed")


class Export(models.Model):
    """A file made from a report.

    `make` says after which rules it was made (`files.Kind.make`): one of an earlier make is made anew.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="exports")
    kind = models.CharField(max_length=8, default="pdf")
    language = models.CharField(max_length=10, default="en")
    state = models.CharField(max_length=8, choices=ExportState, default=ExportState.PENDING)
    file = models.FileField(upload_to="reports/%Y/%m/", blank=True, max_length=255)
    filename = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=500, blank=True)
    make = models.PositiveSmallIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)  # begun since it was asked for
    touched_at = models.DateTimeField(default=timezone.now)  # asked for, or last begun
    made_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "kind", "language"], name="one_export_per_kind")
        ]

    def __str__(self) -> str:
        return self.filename


class ShareLink(TeamOwned):
    """A door to one frozen report for whoever holds its token. The token itself is not kept.

    `token_hash` is the SHA-256 of 32 random bytes, so that neither the database nor a backup of it
    opens anything.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="share_links")
    token_hash = models.CharField(max_length=64, unique=True)
    note = models.CharField(max_length=120, blank=True)  # who it is for
    password = models.CharField(max_length=200, blank=True)  # hashed; empty: none is asked for
    shows_samples = models.BooleanField(default=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)
    last_viewed_at = models.DateTimeField(null=True)  # as the audit trail has it, to the minute
    failures = models.PositiveSmallIntegerField(default=0)  # wrong passwords in a row
    locked_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"link to {self.report}"

    @property
    def is_open(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class Announcement(models.Model):
    """That somebody was told by e-mail what became of a run's edition: once for each state."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="announcements")
    edition = models.PositiveSmallIntegerField()
    event = models.CharField(max_length=16)  # the run's state that is told
    tries = models.PositiveSmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "edition", "event"], name="one_announcement_each")
        ]

    def __str__(self) -> str:
        return f"{self.event} of {self.run}"

    def is_due(self, again: timedelta, most: int) -> bool:
        """Whether it has not gone out and may be tried (again)."""
        if self.sent_at is not None or self.tries >= most:
            return False
        return self.tried_at is None or timezone.now() - self.tried_at >= again * self.tries
