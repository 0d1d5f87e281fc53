"""Names that are too long: the form says by how much, and keeps what was typed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape

from migration_app.candidates.models import Candidate
from migration_app.runs.models import Assessment
from migration_app.workloads.models import Upload
from tests.importing import receive_upload
from tests.reports.finished import finished, right
from tests.web.people import People

NAME = ("🦜" + "W" * 59) * 5  # 300 signs without a place to break


def addresses(people: People, draft: Assessment, models: list[Candidate], upload: Upload) -> dict[str, Any]:
    """Where each name is given: the address, the form's field, and the most that it takes."""
    connection, model = models[0].connection_id, models[0].pk
    return {
        "an assessment": (reverse("assessment-options", args=[draft.pk]), "name", 200),
        "a connection": (f"{reverse('connection-new')}?vendor=vllm", "name", 120),
        "a connection's new name": (reverse("connection-edit", args=[connection]), "name", 120),
        "a model": (reverse("candidate-new", args=[connection]), "model", 200),
        "a model in reports": (reverse("candidate-edit", args=[model]), "label", 120),
        "a workload": (reverse("upload-columns", args=[upload.pk]), "name", 200),
        "a plan of own servers": (reverse("hosting-new"), "name", 120),
    }


def test_a_form_says_what_is_too_much_and_keeps_all_of_it(
    people: People, draft: Assessment, models: list[Candidate]
) -> None:
    table = SimpleUploadedFile("a.csv", b"prompt,reference\nWhat?,That\n")
    upload = receive_upload(team=people.team, user=None, file=table)
    for what, (address, field, most) in addresses(people, draft, models, upload).items():
        empty = people.alice.get(address).content.decode()
        assert not re.search(rf'name="{field}"[^>]*maxlength', empty), f"{what}: cut off in silence"
        answer = people.alice.post(address, {field: NAME})
        page = answer.content.decode()
        assert answer.status_code in (200, 422), what
        assert f"at most {most} characters (it has 300)" in page, what
        assert escape(NAME) in page, f"{what}: what was typed is lost"


def test_who_a_link_is_for_is_kept_too(
    people: People, draft: Assessment, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    run = finished(draft, dict.fromkeys(("Today", "Bigger", "Smaller"), right))
    page = people.alice.post(reverse("shares", args=[run.pk]), {"note": NAME, "days": "7"})
    assert page.status_code == 422
    assert "at most 120 characters (it has 300)" in page.content.decode()
    assert escape(NAME) in page.content.decode()


def test_a_draft_for_a_workload_with_the_longest_name_gets_a_name_that_fits(
    people: People, draft: Assessment, models: list[Candidate]
) -> None:
    draft.workload.name = NAME[:200]
    draft.workload.save()
    address = f"{reverse('assessment-new')}?workload={draft.workload_id}"
    form = people.alice.get(address).context["form"]
    chosen = {"baseline": str(models[0].pk), "candidates": [str(models[1].pk)]}
    answer = people.alice.post(address, {"name": form.initial["name"], **chosen})
    assert answer.status_code == 302, "nobody is refused a name that was proposed to them"


@pytest.mark.parametrize("name", [NAME + ".csv", "a." + NAME, "🦜" * 200], ids=["dotted", "no end", "emoji"])
def test_a_file_may_be_called_anything(people: People, name: str, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("a.csv", b"prompt,reference\nWhat?,That\n")
    file._name = name  # as a program may send it
    answer = people.alice.post(reverse("upload"), {"file": file})
    assert answer.status_code == 302
    upload = Upload.objects.get()
    assert len(upload.filename) == min(len(name), 255) and upload.filename[:20] in name
    assert people.alice.get(answer["Location"]).status_code == 200


def test_a_model_without_a_name_of_its_own_is_called_by_as_much_of_the_vendors_as_fits(
    people: People, models: list[Candidate]
) -> None:
    address = reverse("candidate-new", args=[models[0].connection_id])
    people.alice.post(address, {"model": "W" * 200})
    made = Candidate.objects.get(model="W" * 200)
    assert made.label == "W" * 119 + "…"


def test_a_draft_without_a_candidate_says_so_and_does_not_start(people: People, draft: Assessment) -> None:
    draft.candidates.clear()
    words = "Choose at least one model to compare with the one you use today."
    page = people.alice.get(reverse("assessment-check", args=[draft.pk])).content.decode()
    assert words in page and reverse("assessment-options", args=[draft.pk]) in page
    assert "with no model to compare it with yet" in people.alice.get(reverse("assessments")).content.decode()
    started = people.alice.post(reverse("assessment-start", args=[draft.pk]), {"runs": "0"}, follow=True)
    assert words in started.content.decode() and not draft.runs.exists()


TURNED = "Lumen \u202e05$\u202c \u2067now\u2069"


def test_no_name_turns_the_figures_beside_it_around(
    people: People, draft: Assessment, models: list[Candidate]
) -> None:
    table = SimpleUploadedFile(f"{TURNED}.csv", f"prompt,reference,category\nWhat?,That,{TURNED}\n".encode())
    upload = receive_upload(team=people.team, user=None, file=table)
    people.alice.post(reverse("candidate-edit", args=[models[1].pk]), {"label": TURNED, "model": "m"})
    options = {"name": TURNED, "baseline": str(models[0].pk), "candidates": str(models[2].pk)}
    people.alice.post(reverse("assessment-options", args=[draft.pk]), options)
    models[1].refresh_from_db()
    draft.refresh_from_db()
    categories = upload.reading["summary"]["profile"]["categories"]
    named = [models[1].label, draft.name, *categories]
    assert named == ["Lumen 05$ now"] * 3
    assert upload.filename == "Lumen 05$ now.csv"


def test_a_name_read_from_right_to_left_keeps_its_own_marks(people: People, models: list[Candidate]) -> None:
    name = "\u05e9\u05dc\u05d5\u05dd\u200f!"
    people.alice.post(reverse("candidate-edit", args=[models[1].pk]), {"label": name, "model": "m"})
    models[1].refresh_from_db()
    assert models[1].label == name
