"""The optional language model: names where it is there, a plain sentence where it is not."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from migration_app.workloads import importing, stages
from migration_app.workloads.errors import NamesUnavailable
from migration_app.workloads.models import Sample, Upload, UploadState, Workload
from migration_app.workloads.redaction import find, presidio
from tests.builders import a_team, person
from tests.importing import receive_upload

LETTER = "My name is Angela Merkel, I live in Berlin. Write to angela@example.com."
with_model = pytest.mark.skipif(
    bool(presidio.missing()), reason="Presidio with a model of spaCy is not installed: see docs/privacy.md"
)
without_model = pytest.mark.skipif(not presidio.missing(), reason="Presidio is installed here")


def decided_with_names() -> Upload:
    """A letter whose import somebody asked to look for names."""
    content = f'{{"prompt": "{LETTER}", "reference": "greeting"}}\n'.encode()
    bob = person()
    upload = receive_upload(team=a_team(), user=bob, file=SimpleUploadedFile("l.jsonl", content))
    importing.confirm_columns(upload=upload, name="Letters")
    importing.decide(upload=upload, user=bob, names=True)
    stages.work(upload.pk)
    upload.refresh_from_db()
    return upload


@with_model
def test_the_model_sees_people_and_places_beside_what_rules_find():
    kinds = {LETTER[one.start : one.end]: one.kind for one in find(LETTER, with_names=True)}
    assert kinds["Angela Merkel"] == kinds["Berlin"] == "name"
    assert kinds["angela@example.com"] == "email"


@with_model
@pytest.mark.django_db
def test_names_are_masked_in_what_is_stored(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = decided_with_names()
    assert upload.state == UploadState.IMPORTED, upload.note
    said = Sample.objects.get(workload=upload.workload).messages[0]["content"]
    assert said == "My name is <NAME_1>, I live in <NAME_2>. Write to <EMAIL_1>."
    assert upload.workload.privacy["masked"] == {"name": 2, "email": 1}


@without_model
@pytest.mark.django_db
def test_without_the_model_the_import_says_so_and_stores_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    upload = decided_with_names()
    assert upload.state == UploadState.LOOKED
    assert "pip install -r requirements-presidio.txt" in upload.note
    assert not Workload.everything.exists()


@without_model
def test_looking_for_names_without_the_model_is_a_refusal_of_its_own():
    with pytest.raises(NamesUnavailable, match="Names cannot be looked for"):
        find(LETTER, with_names=True)


def test_presidio_without_a_language_model_is_told_apart_and_nothing_is_fetched(monkeypatch):
    monkeypatch.setattr(presidio, "_is_installed", lambda: True)
    monkeypatch.setattr(presidio, "entry_points", lambda group: [])
    presidio._analyzer.cache_clear()
    assert presidio.is_half_installed()
    with pytest.raises(NamesUnavailable, match="spacy download en_core_web_sm"):
        presidio.names(LETTER)
