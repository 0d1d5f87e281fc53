"""Workloads: what a customer asks of a model, kept as versions that never change."""

from __future__ import annotations

from django.db import models

from migration_app.accounts.models import TeamOwned


class UploadState(models.TextChoices):
    RECEIVED = "received", "Received"
    IMPORTED = "imported", "Imported"
    REFUSED = "refused", "Refused"


class Upload(TeamOwned):
    """A file as it came, waiting for its columns to be confirmed."""

    file = models.FileField(upload_to="uploads/%Y/%m/")
    filename = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    format = models.CharField(max_length=20)
    # Facts about how to read the file: encoding, delimiter, columns, guessed mapping, preview.
    reading = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=UploadState, default=UploadState.RECEIVED)
    problems = models.JSONField(default=list)  # [{"line": int|None, "message": str}], the first few hundred
    problem_count = models.PositiveIntegerField(default=0)
    workload = models.ForeignKey("Workload", on_delete=models.SET_NULL, null=True, related_name="uploads")

    def __str__(self) -> str:
        return self.filename


class Workload(TeamOwned):
    """A version of a set of samples. Its content never changes; a new upload is a new version."""

    name = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)
    description = models.TextField(blank=True)
    source = models.CharField(max_length=255, blank=True)
    content_hash = models.CharField(max_length=64)
    sample_count = models.PositiveIntegerField(default=0)
    # {"categories": {name: count}, "with_reference": n, "mean_input_characters": x, …}
    profile = models.JSONField(default=dict)
    # How answers are scored: {"default": {"name": …, "parameters": {…}}, "by_category": {name: {…}}}
    scoring = models.JSONField(default=dict)

    class Meta:
        ordering = ["name", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name", "version"], name="one_workload_per_version")
        ]
        indexes = [models.Index(fields=["team", "content_hash"])]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class Sample(models.Model):
    """One request of the workload, with what a good answer looks like."""

    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="samples")
    position = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200, blank=True)
    messages = models.JSONField()  # [{"role", "content", "tool_calls"?, "tool_call_id"?, "name"?}]
    tools = models.JSONField(default=list)
    response_format = models.JSONField(null=True)
    references = models.JSONField(default=list)  # accepted answers; [] when there is none
    logged = models.JSONField(null=True)  # the incumbent's recorded answer, when the log holds one
    category = models.CharField(max_length=200, blank=True)
    cluster = models.CharField(max_length=200, blank=True)  # samples that share a source
    weight = models.FloatField(default=1.0)
    content_hash = models.CharField(max_length=64)
    input_characters = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["workload", "position"], name="one_sample_per_position"),
            models.CheckConstraint(condition=models.Q(weight__gt=0), name="sample_weight_positive"),
        ]
        indexes = [models.Index(fields=["workload", "category"])]

    def __str__(self) -> str:
        return self.external_id or f"sample {self.position + 1}"
