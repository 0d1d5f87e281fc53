"""Receiving a file, storing it as a version, and letting it go: on a real database and real files."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from migration_app.accounts.models import AuditEvent
from migration_app.workloads import actions, queries, storing
from migration_app.workloads.bundled import add_bundled
from migration_app.workloads.errors import (
    InvalidMapping,
    InvalidScoring,
    NothingToImport,
    UnreadableFile,
    WorkloadInUse,
)
from migration_app.workloads.importing import choose_columns
from migration_app.workloads.models import Sample, Upload, Workload
from migration_app.workloads.scoring import choose_scoring, set_scorer
from tests.builders import a_candidate, a_connection, a_question, a_team, person
from tests.importing import import_workload, receive_upload
from tests.workloads.files import CSV, JSONL

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def files_in(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def received(team, content=CSV, name="desk.csv"):
    return receive_upload(team=team, user=person(), file=SimpleUploadedFile(name, content))


def imported(team, content=CSV, *, name="Desk"):
    upload = received(team, content)
    return import_workload(upload=upload, mapping=upload.reading["mapping"], name=name, user=person())


def test_alice_uploads_a_file_and_sees_what_it_would_give():
    upload = received(a_team(), CSV + b"broken\n")
    assert (upload.format, upload.reading["rows"], upload.problem_count) == ("csv", 3, 1)
    assert upload.reading["mapping"] == {"prompt": "question", "reference": "answer", "category": "topic"}
    assert upload.reading["summary"]["samples"] == 3
    assert upload.problems == [{"line": 6, "message": "It has 1 cell; the header names 3 columns."}]
    assert len(upload.sha256) == 64


def test_a_refused_file_leaves_nothing_behind(store):
    team = a_team()
    for content in (b"", b"\x89PNG\r\n\x1a\n", b"a,b\n", b"{\n"):
        with pytest.raises(UnreadableFile):
            received(team, content)
    assert not Upload.objects.exists()
    assert files_in(store) == []


def test_a_file_over_the_limit_is_refused(settings, store):
    settings.UPLOAD_MAX_BYTES = 10
    with pytest.raises(UnreadableFile, match="larger than"):
        received(a_team())
    assert files_in(store) == []


def test_an_import_stores_the_samples_in_order():
    result = imported(a_team(), CSV + b"broken\n")
    assert (result.workload.version, result.workload.sample_count, result.problem_count) == (1, 3, 1)
    samples = list(result.workload.samples.all())
    assert [sample.position for sample in samples] == [0, 1, 2]
    assert samples[0].messages == [{"role": "user", "content": "Where is my parcel?"}]
    assert samples[0].references == ["On its way, since Monday"]
    assert result.workload.profile["categories"] == {"other": 2, "shipping": 1}
    assert result.workload.profile["with_reference"] == 3


def test_the_same_content_again_is_recognised_and_not_doubled():
    team = a_team()
    first, again = imported(team), imported(team)
    assert (first.created, again.created) == (True, False)
    assert first.workload == again.workload
    assert Sample.objects.count() == 3


def test_other_content_under_the_name_is_the_next_version():
    team = a_team()
    imported(team)
    second = imported(team, CSV + b"One more?,yes,other\n").workload
    assert (second.version, second.sample_count) == (2, 4)
    assert imported(team, name="Another").workload.version == 1
    assert imported(a_team("Other", "bob")).workload.version == 1


def test_the_hash_is_of_the_content_and_not_of_the_file():
    team = a_team()
    commas = b"prompt,answer\nWhere?,here\n"
    tabs_from_windows = b"\xef\xbb\xbfprompt\tanswer\r\nWhere?\there\r\n"
    assert imported(team, commas).workload == imported(team, tabs_from_windows).workload


def test_identical_requests_share_a_cluster_and_a_named_source_wins():
    content = b"prompt,session\nHello?,\nHello?,\nBye?,\nHello?,s1\nBye?,s1\n"
    workload = imported(a_team(), content).workload
    clusters = list(workload.samples.values_list("cluster", flat=True))
    assert clusters[0] == clusters[1] != clusters[2]
    assert clusters[3] == clusters[4] == "s1"
    assert (workload.profile["clusters"], workload.profile["duplicates"]) == (3, 3)


def test_scoring_is_suggested_for_each_category():
    rows = [f"Sort {n},{'yes' if n % 2 else 'no'},labels" for n in range(12)]
    rows += [f"Count {n},{n * 3},numbers" for n in range(12)]
    workload = imported(a_team(), ("prompt,answer,topic\n" + "\n".join(rows)).encode()).workload
    chosen = {name: choice["name"] for name, choice in workload.scoring["by_category"].items()}
    assert chosen == {"labels": "normalised_match", "numbers": "numeric"}


def test_a_column_that_does_not_exist_stores_nothing():
    upload = received(a_team())
    with pytest.raises(InvalidMapping, match="no column “nope”"):
        import_workload(upload=upload, mapping={"prompt": "nope"}, name="Desk", user=person())
    assert not Workload.objects.exists()


def test_a_mapping_under_which_no_line_is_a_sample_stores_nothing():
    upload = received(a_team())
    with pytest.raises(NothingToImport, match="Line 2"):
        import_workload(upload=upload, mapping={"messages": "question"}, name="Desk", user=person())
    assert not Workload.objects.exists()


def test_an_import_that_fails_halfway_stores_nothing(monkeypatch):
    upload = received(a_team(), b"prompt\n" + b"".join(b"Question %d\n" % n for n in range(1200)))
    real, calls = storing.insert_samples, []

    def failing(workload, drafts, **options):
        calls.append(len(drafts))
        if len(calls) == 2:
            raise OSError("the disk is full")
        return real(workload, drafts, **options)

    monkeypatch.setattr(storing, "insert_samples", failing)
    with pytest.raises(OSError, match="disk is full"):
        import_workload(upload=upload, mapping={"prompt": "prompt"}, name="Desk", user=person())
    assert not Workload.objects.exists()
    assert not Sample.objects.exists()
    assert not Workload.everything.exists()
    assert Upload.objects.get().state == "looked"


def test_changed_columns_are_counted_again():
    upload = received(a_team(), JSONL, "desk.jsonl")
    choose_columns(upload=upload, mapping={"prompt": "prompt"})
    upload.refresh_from_db()
    assert upload.reading["summary"]["profile"]["with_reference"] == 0
    assert upload.reading["summary"]["profile"]["categories"] == {"": 3}


def test_only_the_first_problems_are_kept_and_all_are_in_the_csv():
    upload = received(a_team(), CSV + b"broken\n" * 500)
    assert (len(upload.problems), upload.problem_count) == (200, 500)
    lines = "".join(queries.problems_as_csv(upload)).splitlines()
    assert len(lines) == 501
    assert lines[1] == "6,It has 1 cell; the header names 3 columns."


def test_an_unused_workload_is_deleted_with_its_file(store, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        workload = imported(a_team()).workload
    assert [file.name for file in files_in(store)] == ["problems"]
    with django_capture_on_commit_callbacks(execute=True):
        actions.delete_workload(workload=workload, user=person())
    assert files_in(store) == []
    assert not Sample.objects.exists()
    assert AuditEvent.objects.first().verb == "deleted a workload"


def test_a_workload_that_an_assessment_uses_stays():
    team = a_team()
    workload = imported(team).workload
    connection = a_connection(team, "http://127.0.0.1:9/v1")
    a_question(team, workload, a_candidate(connection, "a"), a_candidate(connection, "b"))
    with pytest.raises(WorkloadInUse, match="It stays"):
        actions.delete_workload(workload=workload, user=person())
    assert workload.samples.count() == 3
    assert Upload.objects.count() == 1


def test_scoring_can_be_corrected_and_only_by_what_exists():
    workload = imported(a_team()).workload
    choose_scoring(workload=workload, default="contains", by_category={"other": "chrf"})
    workload.refresh_from_db()
    assert workload.scoring["by_category"]["other"]["name"] == "chrf"
    with pytest.raises(InvalidScoring, match="no way of scoring"):
        choose_scoring(workload=workload, default="magic", by_category={})
    with pytest.raises(InvalidScoring, match="no category"):
        choose_scoring(workload=workload, default="contains", by_category={"nope": "chrf"})


def test_the_bundled_workload_is_added_once():
    team = a_team()
    first, again = add_bundled(team=team, user=person()), add_bundled(team=team, user=person())
    assert first == again
    assert first.sample_count >= 80
    assert len(first.profile["categories"]) == 4
    assert first.profile["with_reference"] == first.sample_count == first.samples.count()


def test_too_many_samples_or_categories_are_refused_with_advice(monkeypatch):
    monkeypatch.setattr("migration_app.workloads.profiles.MAX_SAMPLES", 2)
    upload = received(a_team())
    assert "A random part of it" in upload.reading["summary"]["refusal"]
    monkeypatch.setattr("migration_app.workloads.profiles.MAX_CATEGORIES", 1)
    choose_columns(upload=upload, mapping={"prompt": "question", "category": "topic"})
    assert "Choose another column" in upload.reading["summary"]["refusal"]
    with pytest.raises(NothingToImport, match="Choose another column"):
        import_workload(upload=upload, mapping=upload.reading["mapping"], name="Desk", user=person())


def test_a_scorer_s_settings_are_checked_before_they_are_stored():
    workload = imported(a_team()).workload
    set_scorer(workload=workload, category="other", name="length", parameters={"max_words": 9})
    workload.refresh_from_db()
    assert workload.scoring["by_category"]["other"]["parameters"] == {"max_words": 9}
    with pytest.raises(InvalidScoring, match="must be a number"):
        set_scorer(workload=workload, category=None, name="length", parameters={"max_words": "nine"})
