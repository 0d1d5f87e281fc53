"""Files on their way: to map, to decide about, worked on, refused; and what was stored."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from migration_app.accounts.models import Team, User
from migration_app.workloads import stages
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.importing import confirm_columns, decide
from migration_app.workloads.models import Upload, UploadState
from tests.importing import receive_upload
from tests.workloads.sources.reading import fixture

from .team import World, a_full_team


def workloads() -> dict[str, str]:
    world = a_full_team()
    add_bundled(team=world.team, user=world.dana)
    return _stored(world) | _on_their_way(world.team, world.dana)


def _stored(world: World) -> dict[str, str]:
    masked = _to_decide_about(world.team, world.dana)
    decide(upload=masked, user=world.dana, size=200, keep=["card"])
    stages.work(masked.pk)
    masked.refresh_from_db()
    key = world.workload.pk
    scorer = reverse("workload-scorer", args=[key])
    return {
        **{name: reverse(name) for name in ("workloads", "upload", "upload-sources")},
        "workload": reverse("workload", args=[key]),
        "workload-masked": reverse("workload", args=[masked.workload.pk]),
        "workload-scorer": scorer,
        "workload-scorer-category": f"{scorer}?category=routing&scorer=composite",
        "workload-scorer-judge": f"{scorer}?scorer=rubric_judge",
    }


def _on_their_way(team: Team, user: User) -> dict[str, str]:
    table = SimpleUploadedFile("tickets.csv", b"question,expected,topic\nWhere is it?,soon,parcel\n,none,\n")
    log = SimpleUploadedFile("observations.jsonl", fixture("langfuse/blob.jsonl"))
    base = {"team": team, "created_by": user, "filename": "november.jsonl", "size": 1, "sha256": "0"}
    keys = {
        "upload-columns": receive_upload(team=team, user=user, file=table).pk,
        "upload-log": receive_upload(team=team, user=user, file=log).pk,
        "upload-working": Upload.objects.create(
            **base, state=UploadState.READING, stage_done=0.4, stage_count=41_200
        ).pk,
        "upload-refused": Upload.objects.create(
            **base, state=UploadState.REFUSED, note="The file is empty."
        ).pk,
    }
    review = reverse("upload-review", args=[_to_decide_about(team, user).pk])
    return {"upload-review": review} | {
        name: reverse("upload-columns", args=[key]) for name, key in keys.items()
    }


def _to_decide_about(team: Team, user: User) -> Upload:
    """An upload whose columns are confirmed, with private values in it."""
    lines = [
        f'{{"prompt": "Mail {n % 7}@example.com about 4111 1111 1111 1111", "category": "c{n % 3}"}}\n'
        for n in range(300)
    ]
    file = SimpleUploadedFile("letters.jsonl", "".join(lines).encode())
    upload = receive_upload(team=team, user=user, file=file)
    confirm_columns(upload=upload, name="Letters")
    return upload
