"""Workloads: what a customer asks of a model, kept as versions that never change."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from migration_app.accounts.models import TeamOwned, TeamQuerySet

from .conversations import images_in


class UploadState(models.TextChoices):
    """Where a file is on its way. A state that ends in -ing is work of `stages`, done by a worker."""

    READING = "reading", _("Reading")  # what it is, and what it holds
    RECEIVED = "received", _("Received")  # its columns wait for a person
    LOOKING = "looking", _("Counting")  # what it holds, with the columns that were chosen
    LOOKED = "looked", _("Looked through")  # privacy and size wait for a person
    STORING = "storing", _("Storing")
    IMPORTED = "imported", _("Imported")
    REFUSED = "refused", pgettext_lazy("state", "Refused")


WORKING = (UploadState.READING, UploadState.LOOKING, UploadState.STORING)


class Upload(TeamOwned):
    """A file as it came, on its way to becoming a workload."""

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
    # What a person decided before the samples are stored; see `importing.decide`.
    decision = models.JSONField(default=dict)
    # The work that is going on: who has it until when, how far it is, and why it ended badly.
    stage_token = models.CharField(max_length=32, blank=True)
    stage_expires = models.FloatField(default=0)  # on the database's clock
    stage_tries = models.PositiveSmallIntegerField(default=0)
    stage_done = models.FloatField(default=0)  # share, 0 to 1
    stage_count = models.PositiveBigIntegerField(default=0)  # samples
    note = models.CharField(max_length=500, blank=True)  # a sentence

    class Meta:
        indexes = [models.Index(fields=["team", "sha256"]), models.Index(fields=["state", "stage_expires"])]

    def __str__(self) -> str:
        return self.filename


class ReadyWorkloads(models.Manager.from_queryset(TeamQuerySet)):  # type: ignore[misc]
    """Workloads with all their samples. One that is being stored is nobody's yet."""

    def get_queryset(self) -> TeamQuerySet:
        return super().get_queryset().filter(ready=True)


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
    traffic = models.JSONField(default=dict)  # see `traffic`
    privacy = models.JSONField(default=dict)  # what was found, who decided what; see `privacy`
    sampling = models.JSONField(default=dict)  # how the samples were chosen; see `storing`
    ready = models.BooleanField(default=True)  # False while its samples are being stored

    objects: ClassVar[Any] = ReadyWorkloads()
    everything = TeamQuerySet.as_manager()

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
    # What the log says it was sent with: {"temperature", "stop", …}; see `shapes.settings`.
    settings = models.JSONField(default=dict)
    references = models.JSONField(default=list)  # accepted answers; [] when there is none
    logged = models.JSONField(null=True)  # the incumbent's recorded answer, when the log holds one
    category = models.CharField(max_length=200, blank=True)
    cluster = models.CharField(max_length=200, blank=True)  # samples that share a source
    weight = models.FloatField(default=1.0)
    content_hash = models.CharField(max_length=64)
    prompt_hash = models.CharField(max_length=32, blank=True)  # of what is sent; "" in rows of before
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

    @property
    def images(self) -> int:
        """How many images its messages hold."""
        return images_in(self.messages)


class MaskedValue(models.Model):
    """What stands behind a placeholder. Encrypted; shown to members of the team alone, on record."""

    workload = models.ForeignKey(Workload, on_delete=models.CASCADE, related_name="masked_values")
    kind = models.CharField(max_length=20)
    number = models.PositiveIntegerField()  # <EMAIL_7> is number 7 of kind "email"
    fingerprint = models.CharField(max_length=32)  # keyed: equal for equal values, useless elsewhere
    token = models.TextField()  # ciphertext

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workload", "kind", "fingerprint"], name="one_placeholder_per_value"
            ),
            models.UniqueConstraint(fields=["workload", "kind", "number"], name="one_value_per_placeholder"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
