"""The pages on which a person sees what kind of file theirs is, and corrects it."""

import io
import zipfile
from pathlib import Path

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from migration_app.workloads.models import Upload
from migration_app.workloads.sources import SOURCES
from migration_app.workloads.sources.guide import GUIDE
from tests.builders import a_team, person
from tests.importing import import_workload, receive_upload
from tests.workloads.files import CSV
from tests.workloads.sources.reading import fixture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def team():
    return a_team("Acme", "alice")


@pytest.fixture
def alice(team):
    client = Client()
    client.force_login(person("alice"))
    return client


def send(client, *files):
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    return client.post(reverse("upload"), {"file": sent})


def shown(client, upload) -> str:
    return client.get(reverse("upload-columns", args=[upload.pk])).content.decode()


def test_alice_sees_what_her_log_is_and_what_shows_it(alice):
    send(alice, ("download", fixture("langfuse/blob.jsonl")))
    page = shown(alice, Upload.objects.get())
    assert "Read as: Langfuse observations" in page
    assert "4 of the first 4 lines show it" in page
    assert "What does each column hold?" not in page
    assert "Where is my parcel?" in page
    assert "It is of the type SPAN, not a call of a model." in page
    assert "alice@example.com" not in page


def test_alice_says_that_it_is_something_else_and_back(alice):
    send(alice, ("a.jsonl", fixture("openai_chat/train.jsonl")))
    upload = Upload.objects.get()
    address = reverse("upload-columns", args=[upload.pk])
    assert "Read as: OpenAI fine-tuning" in shown(alice, upload)
    alice.post(address, {"action": "source", "source": "columns"})
    upload.refresh_from_db()
    assert upload.reading["mapping"]["messages"] == "messages"
    page = shown(alice, upload)
    assert "You chose this." in page
    assert "What does each column hold?" in page
    alice.post(address, {"action": "source", "source": "openai_chat"})
    upload.refresh_from_db()
    assert (upload.reading["source"], upload.reading["summary"]["samples"]) == ("openai_chat", 4)


def test_a_wrong_choice_says_what_is_missing_and_loses_nothing(alice):
    send(alice, ("desk.csv", CSV))
    upload = Upload.objects.get()
    alice.post(reverse("upload-columns", args=[upload.pk]), {"action": "source", "source": "bedrock"})
    page = shown(alice, upload)
    assert "3 lines will be left out" in page
    assert "It is not a line of Amazon Bedrock log; expected is schemaType ModelInvocationLog." in page
    answer = alice.post(
        reverse("upload-columns", args=[upload.pk]), {"action": "source", "source": "nonsense"}, follow=True
    )
    assert "There is no kind of file called" in answer.content.decode()


def test_the_two_files_of_a_batch_are_read_as_one(alice, team):
    send(
        alice,
        ("output.jsonl", fixture("openai_batch/output.jsonl")),
        ("input.jsonl", fixture("openai_batch/input.jsonl")),
    )
    upload = Upload.objects.get()
    summary = upload.reading["summary"]
    assert (summary["samples"], summary["profile"]["with_logged"]) == (4, 3)
    assert summary["profile"]["with_images"] == 1
    assert upload.problems[0]["message"].startswith("“output.jsonl”: ")
    again = receive_upload(team=team, user=person("alice"), file=upload.file.open("rb"))
    assert again.sha256 == upload.sha256


def test_files_in_gzip_uploaded_together_are_unpacked(alice):
    import gzip

    lines = fixture("bedrock/invocations.jsonl")
    send(alice, ("a.json.gz", gzip.compress(lines)), ("b.json.gz", gzip.compress(lines)))
    upload = Upload.objects.get()
    assert upload.reading["source"] == "bedrock"
    assert upload.reading["summary"]["samples"] == 12


def test_one_damaged_file_among_several_is_refused_by_name(alice):
    answer = send(alice, ("a.csv", CSV), ("b.csv.gz", b"\x1f\x8b\x08\0broken"))
    assert answer.status_code == 422
    assert "“b.csv”" in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_log_without_texts_says_what_it_is_good_for(alice):
    send(alice, ("log.json", fixture("azure_requests/log.json")))
    page = shown(alice, Upload.objects.get())
    assert "does not hold what was asked" in page
    assert "A duration is negative; it was left out." in page


def test_hostile_content_is_shown_as_text(alice):
    line = fixture("langfuse/blob.jsonl").replace(b'"type":"SPAN"', b'"type":"<b>SPAN</b>"')
    send(alice, ("<i>x</i>.jsonl", line))
    page = shown(alice, Upload.objects.get())
    assert "<b>SPAN" not in page
    assert "<i>x" not in page


def test_the_page_and_the_document_tell_how_to_get_every_export(alice):
    page = alice.get(reverse("upload-sources")).content.decode()
    document = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    assert set(GUIDE) == set(SOURCES)
    for key, source in SOURCES.items():
        row = f"| {source.label} | {GUIDE[key].how} | {GUIDE[key].gives} |"
        assert row in document
        assert str(source.label) in page
    assert "How to get each" in alice.get(reverse("upload")).content.decode()


def test_a_zip_by_alice_stays_a_zip(alice):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("folder/desk.csv", CSV)
    send(alice, ("desk.zip", held.getvalue()))
    upload = Upload.objects.get()
    assert (upload.reading["pack"], upload.reading["summary"]["samples"]) == ("zip", 3)
    assert "zip" in shown(alice, upload)


def test_samples_know_their_images_and_what_is_private_around_them_is_masked(alice, team):
    pictures = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
        {"type": "image_url", "image_url": {"url": "https://example.com/ann@example.org/cat.png"}},
    ]
    line = {"messages": [{"role": "user", "content": [{"type": "text", "text": "Compare."}, *pictures]}]}
    send(alice, ("a.jsonl", orjson.dumps(line) + b"\n"))
    upload = Upload.objects.get()
    result = import_workload(upload=upload, mapping={}, name="Pictures", user=person("alice"))
    sample = result.workload.samples.get()
    assert sample.images == 2
    assert result.workload.profile["with_images"] == 1
    stored = [part["image_url"]["url"] for part in sample.messages[0]["content"][1:]]
    assert stored[0] == "data:image/png;base64,iVBORw0KGgo="
    assert "ann@example.org" not in stored[1]
