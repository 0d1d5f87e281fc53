"""An import step by step: what is masked, what is drawn, what is left when it stops."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from migration_app.accounts.models import AuditEvent
from migration_app.clock import DatabaseNow
from migration_app.workloads import importing, queries, spool, stages, storing, waiting
from migration_app.workloads.models import MaskedValue, Sample, Upload, UploadState, Workload
from migration_app.workloads.revealing import reveal
from tests.builders import a_team, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def team():
    return a_team()


def a_log(samples: int = 40, *, categories: int = 4) -> bytes:
    lines = [
        {
            "prompt": f"Letter of user{number % 5}@example.com {'abcdefgh'[number % 8] * 9} {number * 7919}",
            "reference": f"write to user{number % 5}@EXAMPLE.com",
            "category": f"c{number % categories}",
        }
        for number in range(samples)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def kept(team, content: bytes, name: str = "log.jsonl") -> Upload:
    return importing.keep_upload(team=team, user=person(), file=SimpleUploadedFile(name, content))


def looked_through(team, content: bytes) -> Upload:
    upload = kept(team, content)
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert importing.confirm_columns(upload=upload, name="Letters")
    return upload


def stored(team, content: bytes, **decision) -> Workload:
    upload = looked_through(team, content)
    importing.decide(upload=upload, user=person(), **decision)
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.IMPORTED, upload.note
    return upload.workload


def everything_in(store: Path) -> list[str]:
    return sorted(path.name for path in store.rglob("*") if path.is_file())


def test_what_is_private_is_counted_and_shown_masked_before_anything_is_stored(team):
    upload = looked_through(team, a_log())
    assert upload.state == UploadState.LOOKED
    assert upload.reading["summary"]["privacy"] == {
        "email": {"found": 80, "values": 5, "samples": 40, "examples": ["u•••@•••.com"]}
    }
    assert not Sample.objects.exists()


def test_a_person_stays_the_same_placeholder_in_every_text(team):
    workload = stored(team, a_log())
    for sample in workload.samples.all():
        assert "@" not in json.dumps([sample.messages, sample.references])
        number = sample.position % 5 + 1
        assert f"<EMAIL_{number}>" in sample.messages[0]["content"]
        assert sample.references == [f"write to <EMAIL_{number}>"]
    assert workload.privacy["masked"] == {"email": 80}
    assert workload.privacy["by"] == "alice"


def test_only_ciphertext_stands_behind_a_placeholder_and_looking_is_recorded(team):
    workload = stored(team, a_log())
    row = MaskedValue.objects.get(workload=workload, kind="email", number=2)
    assert "user1" not in row.token + row.fingerprint
    assert reveal(workload=workload, placeholder="<EMAIL_2>", user=person()) == "user1@example.com"
    seen = AuditEvent.objects.filter(team=team).first()
    assert (seen.verb, seen.subject) == ("looked behind a placeholder", f"{workload}: <EMAIL_2>")


def test_what_a_person_keeps_stays_and_the_decision_says_so(team):
    workload = stored(team, a_log(), keep=["email"])
    assert "user0@example.com" in workload.samples.first().messages[0]["content"]
    assert workload.privacy["keep"] == ["email"]
    assert not MaskedValue.objects.exists()
    assert AuditEvent.objects.filter(verb="kept private values of", subject__endswith=": email").exists()


def test_the_allow_list_lets_a_domain_and_a_value_stay(team):
    content = b'{"prompt": "ann@acme.com, bob@mail.acme.com, eve@evil.com, call +49 30 1234567"}\n'
    workload = stored(team, content, allow=["@acme.com", "+49 (30) 123 45 67"])
    asked = workload.samples.get().messages[0]["content"]
    assert asked == "ann@acme.com, bob@mail.acme.com, <EMAIL_1>, call +49 30 1234567"


def test_a_sample_is_drawn_by_category_and_the_same_seed_draws_it_again(team):
    first = stored(team, a_log(400), size=40, seed=7)
    assert first.sample_count == 40 == first.samples.count()
    assert first.profile["categories"] == {"c0": 10, "c1": 10, "c2": 10, "c3": 10}
    assert (first.sampling["of"], first.sampling["seed"]) == (400, 7)
    again = looked_through(team, a_log(400))
    importing.decide(upload=again, user=person(), size=40, seed=7)
    stages.work(again.pk)
    again.refresh_from_db()
    assert again.workload == first, "the very same samples are not stored twice"
    assert Workload.everything.count() == 1
    other = looked_through(team, a_log(400))
    importing.decide(upload=other, user=person(), size=40, seed=8)
    stages.work(other.pk)
    assert Workload.objects.count() == 2


def test_requests_that_are_alike_share_a_source(team):
    texts = [
        f"Please tell me where parcel number {n} is, it was sent on Monday and never came." for n in range(3)
    ]
    texts += ["How do I change the address of my invoice?", "Do you deliver to the islands in winter?"]
    content = "".join(json.dumps({"prompt": text}) + "\n" for text in texts).encode()
    workload = stored(team, content)
    clusters = list(workload.samples.values_list("cluster", flat=True))
    assert len(set(clusters[:3])) == 1
    assert len(set(clusters)) == 3
    assert (workload.sampling["alike"], workload.sampling["sources"]) == (3, 3)


def test_storing_leaves_no_text_unmasked_on_the_disk(team, store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        stored(team, a_log())
    assert everything_in(store) == ["problems"]


def test_a_file_whose_samples_would_fill_the_disk_is_refused_and_leaves_nothing(team, store, settings):
    """A long prompt that is asked of many tests: a few lines make gigabytes."""
    settings.UPLOAD_MAX_UNPACKED_BYTES = 50_000
    row = {"prompts": ["a " * 1_000 + "{{x}}"], "tests": [{"vars": {"x": str(n)}} for n in range(60)]}
    upload = kept(team, json.dumps(row).encode() + b"\n")
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert "more room than can be kept" in upload.reading["summary"]["refusal"]
    assert not [name for name in everything_in(store) if name == "drafts"]


def test_the_same_file_again_is_recognised(team):
    workload = stored(team, a_log())
    assert queries.same_file(kept(team, a_log(), "renamed.jsonl")) == workload
    assert queries.same_file(kept(team, a_log(41))) is None
    assert queries.same_file(kept(a_team("Rival", "charlie"), a_log())) is None


def test_a_stopped_reading_leaves_nothing(team, store, django_capture_on_commit_callbacks):
    upload = kept(team, a_log())
    with django_capture_on_commit_callbacks(execute=True):
        assert importing.stop_work(upload=upload, user=person()) is None
    assert not Upload.objects.exists()
    assert everything_in(store) == []


def stopped_in_the_middle(upload: Upload, monkeypatch) -> None:
    """Storing goes on until a person stops it after the first batch."""
    monkeypatch.setattr(storing, "_BATCH", 10)
    monkeypatch.setattr(stages, "_BEAT_SECONDS", 0.0)
    real = storing.insert_samples

    def and_then_stop(workload, drafts, *, first):
        real(workload, drafts, first=first)
        if first == 10:
            importing.stop_work(upload=Upload.objects.get(pk=upload.pk), user=person())

    monkeypatch.setattr(storing, "insert_samples", and_then_stop)
    stages.work(upload.pk)
    upload.refresh_from_db()


def test_a_stopped_storing_leaves_the_decision_to_be_made_again(team, monkeypatch):
    upload = looked_through(team, a_log())
    importing.decide(upload=upload, user=person())
    stopped_in_the_middle(upload, monkeypatch)
    assert upload.state == UploadState.LOOKED
    assert not Workload.everything.exists()
    assert not Sample.objects.exists()
    assert not MaskedValue.objects.exists()
    assert spool.is_there(upload.pk)


def test_a_worker_that_died_is_followed_by_another(team, monkeypatch):
    upload = looked_through(team, a_log())
    importing.decide(upload=upload, user=person())

    def dies(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storing, "_BATCH", 10)
        patch.setattr(storing, "_shown", dies)
        with pytest.raises(KeyboardInterrupt):
            stages.work(upload.pk)
    assert Sample.objects.count() == 40
    assert stages.claim(upload.pk) is None, "its lease still runs"
    assert Workload.objects.count() == 0, "nobody sees half a workload"
    Upload.objects.update(stage_expires=DatabaseNow() - 1)
    assert waiting.idle() == [upload.pk]
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert upload.workload.samples.count() == 40
    assert Workload.everything.count() == 1
    assert list(upload.workload.masked_values.order_by("number").values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
        5,
    ]


def test_a_file_that_kills_three_workers_is_given_up_with_a_sentence(team):
    upload = kept(team, a_log())
    Upload.objects.update(stage_tries=3)
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.REFUSED
    assert "interrupted three times" in upload.note


def test_a_fault_of_the_server_is_said_and_leaves_nothing(team, monkeypatch):
    upload = looked_through(team, a_log())
    importing.decide(upload=upload, user=person())

    def full(*args, **kwargs):
        raise OSError("the disk is full")

    monkeypatch.setattr(storing, "insert_samples", full)
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, "OSError" in upload.note) == (UploadState.LOOKED, True)
    assert not Workload.everything.exists()


def test_a_refused_file_is_gone_and_its_sentence_stays(team, store):
    upload = kept(team, b"\x89PNG\r\n\x1a\n", "picture.csv")
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, "PNG" in upload.note) == (UploadState.REFUSED, True)
    assert everything_in(store) == []


def test_columns_that_give_nothing_lead_back_to_them(team):
    upload = kept(team, a_log())
    stages.work(upload.pk)
    upload.refresh_from_db()
    importing.keep_columns(upload=upload, mapping={"messages": "prompt"})
    assert not importing.confirm_columns(upload=upload, name="Letters")
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert upload.state == UploadState.RECEIVED
    assert "Line 1" in upload.note


def test_changed_columns_are_counted_anew_before_anything_is_stored(team):
    upload = looked_through(team, a_log())
    importing.keep_columns(upload=upload, mapping={"prompt": "reference"})
    assert not importing.confirm_columns(upload=upload, name="Letters")
    stages.work(upload.pk)
    upload.refresh_from_db()
    assert upload.reading["summary"]["profile"]["with_reference"] == 0
    assert upload.reading["summary"]["privacy"]["email"]["found"] == 40
