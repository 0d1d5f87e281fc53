"""The pages between a file and a workload: progress, privacy, size, traffic, and looking behind a mask."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from migration_app.accounts.models import AuditEvent
from migration_app.pipeline.tasks import import_stage, reconcile
from migration_app.workloads import stages
from migration_app.workloads.models import Sample, Upload, UploadState, Workload
from tests.web.people import People

LOG = "".join(
    json.dumps({"prompt": f"Mail user{n}@example.com from 10.1.2.{n}", "category": "ab"[n % 2]}) + "\n"
    for n in range(30)
).encode()


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def large(settings, monkeypatch):
    """Every file is one that a worker reads; the messages to workers are kept here."""
    settings.IMPORT_AT_ONCE_BYTES = 10
    sent: list[str] = []
    monkeypatch.setattr("migration_app.pipeline.tasks.import_stage.delay", sent.append)
    return sent


def send(browser, content: bytes = LOG):
    return browser.post(reverse("upload"), {"file": SimpleUploadedFile("log.jsonl", content)})


def page(answer) -> str:
    return answer.content.decode()


def confirmed(browser, content: bytes = LOG) -> Upload:
    send(browser, content)
    upload = Upload.objects.get()
    form = {**upload.reading["mapping"], "name": "Letters", "action": "import"}
    browser.post(reverse("upload-columns", args=[upload.pk]), form)
    upload.refresh_from_db()
    return upload


def review(upload: Upload) -> str:
    return reverse("upload-review", args=[upload.pk])


def test_bob_sees_what_was_found_and_decides_what_stays(people: People):
    upload = confirmed(people.bob)
    shown = page(people.bob.get(review(upload)))
    assert "60 private values were found" in shown
    assert "u•••@•••.com" in shown and "user1@example.com" not in shown
    assert "Rules do not find names" in shown
    assert "Can show a drop of about" in shown
    people.bob.post(
        review(upload), {"mask_email": "on", "size": "30", "seed": "1", "requests_per_month": "900"}
    )
    workload = Workload.objects.get()
    asked = workload.samples.first().messages[0]["content"]
    assert asked.startswith("Mail <EMAIL_1> from 10.1.2.")
    assert workload.privacy["keep"] == ["ip"]
    assert workload.traffic["requests_per_month"] == 900
    shown = page(people.bob.get(reverse("workload", args=[workload.pk])))
    assert "30 masked" in shown and "left as they are" in shown and "Decided by bob" in shown


def test_a_wrong_number_is_said_on_the_form(people: People):
    upload = confirmed(people.bob)
    answer = people.bob.post(review(upload), {"size": "30", "seed": "-4"})
    assert answer.status_code == 422
    assert not Workload.everything.exists()


def test_a_large_file_is_read_by_a_worker_while_the_page_shows_how_far_it_is(
    people: People, large, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(people.bob)
    upload = Upload.objects.get()
    assert (upload.state, large) == (UploadState.READING, [str(upload.pk)])
    assert "Waiting for a worker" in page(people.bob.get(answer.url))
    live = reverse("upload-progress", args=[upload.pk])
    assert 'role="progressbar"' in page(people.bob.get(live, headers={"HX-Request": "true"}))
    import_stage(large.pop())
    done = people.bob.get(live, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, answer.url)
    assert "30 samples" in page(people.bob.get(answer.url))


def test_a_large_file_is_not_counted_at_every_change_of_a_column(people: People, large):
    send(people.bob)
    upload = Upload.objects.get()
    stages.work(upload.pk)
    columns = reverse("upload-columns", args=[upload.pk])
    live = people.bob.post(columns, {"prompt": "category"}, headers={"HX-Request": "true"})
    assert "Not counted yet" in page(live)
    answer = people.bob.post(columns, {"prompt": "category", "name": "Letters", "action": "import"})
    assert answer.url == review(upload)
    assert "Looking the file through" in page(people.bob.get(answer.url))
    stages.work(upload.pk)
    assert "Nothing private was found" in page(people.bob.get(answer.url))


def test_a_lost_message_delays_an_import_and_loses_nothing(people: People, large):
    send(people.bob)
    upload = Upload.objects.get()
    reconcile()
    assert large == [str(upload.pk)]


def test_one_large_file_at_a_time_is_worked_on(people: People, large):
    send(people.bob)
    send(people.bob, LOG + b"\n")
    first, second = Upload.objects.order_by("created_at")
    assert stages.claim(first.pk) is not None
    import_stage(str(second.pk))
    second.refresh_from_db()
    assert second.state == UploadState.READING


def test_bob_stops_the_reading_and_nothing_is_left(people: People, large):
    send(people.bob)
    answer = people.bob.post(reverse("upload-stop", args=[Upload.objects.get().pk]), follow=True)
    assert "was stopped, and nothing of it is kept" in page(answer)
    assert not Upload.objects.exists()


def test_a_refused_large_file_says_why_and_can_be_removed(people: People, large):
    send(people.bob, b"\x89PNG\r\n\x1a\n" + b"0" * 50)
    upload = Upload.objects.get()
    stages.work(upload.pk)
    assert "PNG image" in page(people.bob.get(reverse("upload-columns", args=[upload.pk])))
    assert "Cannot be read" in page(people.bob.get(reverse("workloads")))
    people.bob.post(reverse("upload-discard", args=[upload.pk]))
    assert not Upload.objects.exists()


def stored(people: People) -> Workload:
    upload = confirmed(people.bob)
    people.bob.post(review(upload), {"mask_email": "on", "mask_ip": "on", "size": "30", "seed": "1"})
    return Workload.objects.get()


def test_the_same_file_again_is_recognised_with_a_link(people: People):
    workload = stored(people)
    answer = people.bob.get(send(people.bob).url)
    assert "You already have this very file" in page(answer)
    assert reverse("workload", args=[workload.pk]) in page(answer)


def test_a_member_looks_behind_a_placeholder_and_that_is_recorded(people: People):
    workload = stored(people)
    address = reverse("workload-reveal", args=[workload.pk])
    answer = people.bob.post(address, {"placeholder": "<EMAIL_3>"})
    assert "user2@example.com" in page(answer)
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(verb="looked behind a placeholder", user__username="bob").count() == 1
    assert "has no placeholder" in page(people.bob.post(address, {"placeholder": "<EMAIL_99>"}))
    assert "has no placeholder" in page(people.bob.post(address, {"placeholder": "'; drop"}))


def test_nobody_else_looks_behind_it(people: People):
    address = reverse("workload-reveal", args=[stored(people).pk])
    assert people.vera.post(address, {"placeholder": "<EMAIL_1>"}).status_code == 403
    assert people.charlie.post(address, {"placeholder": "<EMAIL_1>"}).status_code == 404
    assert not AuditEvent.objects.filter(verb="looked behind a placeholder").exists()


def test_the_traffic_is_typed_in_by_category_and_new_assessments_take_it(people: People):
    workload = stored(people)
    form = {"volume_0": "700", "volume_1": "300", "peak_per_minute": "12"}
    people.bob.post(reverse("workload-traffic", args=[workload.pk]), form)
    workload.refresh_from_db()
    assert workload.traffic["by_category"] == {"a": 700, "b": 300}
    assert workload.traffic["requests_per_month"] == 1000
    assert "Typed in by your team" in page(people.bob.get(reverse("workload", args=[workload.pk])))


def test_half_a_workload_is_on_no_page(people: People):
    hidden = Workload.everything.create(team=people.team, name="import x", content_hash="", ready=False)
    assert people.bob.get(reverse("workload", args=[hidden.pk])).status_code == 404
    assert "import x" not in page(people.bob.get(reverse("workloads")))
    assert not Sample.objects.exists()


def test_the_settings_of_the_log_are_shown_before_and_after_it_is_stored(people: People):
    lines = [
        {
            "custom_id": f"r-{number}",
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": {
                "model": "m",
                "temperature": 0.2 if number < 9 else 1,
                "max_tokens": 300,
                "messages": [{"role": "user", "content": f"Question {number}?"}],
            },
        }
        for number in range(12)
    ]
    upload = confirmed(people.bob, "".join(json.dumps(line) + "\n" for line in lines).encode())
    before = page(people.bob.get(review(upload)))
    assert "most often, in 9 requests" in before and '<dd class="breaks">300</dd>' in before
    people.bob.post(review(upload), {"size": "12", "seed": "1"})
    workload = Workload.objects.get()
    assert workload.samples.first().settings == {"temperature": 0.2, "max_output_tokens": 300}
    assert "most often, in 9 requests" in page(people.bob.get(reverse("workload", args=[workload.pk])))
