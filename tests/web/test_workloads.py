"""The workloads' pages. Alice owns the team, Bob may only look, Charlie is on another team."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from migration_app.accounts.models import Membership, Role
from migration_app.workloads.models import Upload, Workload
from tests.builders import a_candidate, a_connection, a_question, a_team, person
from tests.importing import import_workload, receive_upload
from tests.workloads.files import CSV, JSONL

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def team():
    team = a_team("Acme", "alice")
    Membership.objects.create(team=team, user=person("bob"), role=Role.VIEWER)
    a_team("Rival", "charlie")
    return team


def signed_in(name):
    client = Client()
    client.force_login(person(name))
    return client


@pytest.fixture
def alice(team):
    return signed_in("alice")


@pytest.fixture
def bob(team):
    return signed_in("bob")


@pytest.fixture
def charlie(team):
    return signed_in("charlie")


def send(client, content=CSV, name="desk.csv", **headers):
    return client.post(reverse("upload"), {"file": SimpleUploadedFile(name, content)}, headers=headers)


def received(team, content=CSV, name="desk.csv"):
    return receive_upload(team=team, user=person("alice"), file=SimpleUploadedFile(name, content))


def stored(team, content=CSV, name="Desk"):
    upload = received(team, content)
    mapping = upload.reading["mapping"]
    return import_workload(upload=upload, mapping=mapping, name=name, user=person("alice")).workload


def columns(upload):
    return reverse("upload-columns", args=[upload.pk])


def page(response):
    return response.content.decode()


def test_alice_goes_from_a_file_to_a_workload(alice):
    answer = send(alice, CSV + b"broken\n")
    upload = Upload.objects.get()
    assert answer.url == columns(upload)
    shown = page(alice.get(answer.url))
    assert "3 samples" in shown
    assert "On its way, since Monday" in shown
    assert "1 line will be left out" in shown
    answer = alice.post(columns(upload), {**upload.reading["mapping"], "name": "Desk", "action": "import"})
    assert answer.url == reverse("upload-review", args=[upload.pk])
    shown = page(alice.get(answer.url))
    assert "Rules do not find names" in shown
    assert "All 3 samples" in shown
    answer = alice.post(answer.url, {"size": "3", "seed": "1"})
    workload = Workload.objects.get()
    assert answer.url == reverse("workload", args=[workload.pk])
    shown = page(alice.get(answer.url))
    assert "Where is my parcel?" in shown
    assert "1 line left out" in shown
    assert f"?workload={workload.pk}" in shown
    assert alice.get(columns(upload)).url == answer.url


def test_alice_corrects_a_column_and_the_preview_follows(alice, team):
    upload = received(team)
    answer = alice.post(columns(upload), {"prompt": "answer", "action": "check"}, follow=True)
    assert "No line has an expected answer" in page(answer)
    live = alice.post(
        columns(upload), {"prompt": "question", "reference": "answer"}, headers={"HX-Request": "true"}
    )
    assert live.status_code == 200
    assert "<html" not in page(live)
    assert 'hx-swap-oob="true"' in page(live)
    upload.refresh_from_db()
    assert upload.reading["mapping"] == {"prompt": "question", "reference": "answer"}


def test_a_column_that_does_not_exist_is_said_on_the_page(alice, team):
    upload = received(team)
    answer = alice.post(columns(upload), {"prompt": HOSTILE, "action": "import"})
    assert answer.status_code == 422
    assert "The file has no column" in page(answer)
    assert HOSTILE not in page(answer)
    assert "Nothing yet" in page(answer)
    assert "3 samples" not in page(answer)
    assert not Workload.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"\x89PNG\r\n\x1a\n", "PNG image"),
        (b"1,2\n3,4\n", "should name the columns"),
    ],
)
def test_a_bad_file_is_refused_with_a_sentence_and_the_form_again(alice, content, said):
    answer = send(alice, content)
    assert answer.status_code == 422
    assert said in page(answer)
    assert 'type="file"' in page(answer)
    assert not Upload.objects.exists()


def test_sending_without_a_file_says_what_is_missing(alice):
    answer = alice.post(reverse("upload"), {})
    assert answer.status_code == 422
    assert "Choose a file first." in page(answer)


def test_a_file_over_the_limit_is_stopped_on_its_way(alice, settings):
    settings.UPLOAD_MAX_BYTES = 1_000
    answer = send(alice, CSV + b"x" * 5_000)
    assert answer.status_code == 422
    assert "larger than 0.001 MB, the most that can be uploaded" in page(answer)
    assert "Choose a file first." not in page(answer)
    assert not Upload.objects.exists()


def test_a_script_gets_an_address_or_the_form_again(alice):
    answer = send(alice, **{"X-Requested-With": "XMLHttpRequest"})
    assert (answer.status_code, answer.json()) == (201, {"location": columns(Upload.objects.get())})
    answer = send(alice, b"", **{"X-Requested-With": "XMLHttpRequest"})
    assert answer.status_code == 422
    assert page(answer).lstrip().startswith("<form")


def test_the_empty_list_offers_the_sample_workload_with_one_click(alice, team):
    assert "Use the sample workload" in page(alice.get(reverse("workloads")))
    answer = alice.post(reverse("workload-sample"), follow=True)
    workload = Workload.objects.get()
    assert workload.name in page(answer)
    assert workload.sample_count >= 80
    alice.post(reverse("workload-sample"))
    assert Workload.objects.count() == 1


def test_the_list_shows_the_newest_version_and_what_waits(alice, team):
    stored(team)
    newest = stored(team, CSV + b"One more?,yes,other\n")
    received(team, JSONL, "waiting.jsonl")
    shown = page(alice.get(reverse("workloads")))
    assert shown.count("/workloads/") > 2
    assert reverse("workload", args=[newest.pk]) in shown
    assert "waiting.jsonl" in shown
    assert shown.count(">Desk<") == 1


def test_the_samples_are_paged_and_filtered_by_category(alice, team):
    rows = "".join(f"Question {n},{'a' if n < 30 else 'b'}\n" for n in range(40))
    workload = stored(team, ("prompt,category\n" + rows).encode())
    address = reverse("workload", args=[workload.pk])
    first = alice.get(address)
    assert [row["sample"].position for row in first.context["rows"]] == list(range(25))
    assert len(alice.get(address, {"page": 2}).context["rows"]) == 15
    only_b = alice.get(address, {"category": "b"})
    assert {row["sample"].category for row in only_b.context["rows"]} == {"b"}
    assert len(alice.get(address, {"category": "no such"}).context["rows"]) == 25


def test_scoring_is_corrected_by_a_select_per_category(alice, team):
    workload = stored(team)
    address = reverse("workload-scoring", args=[workload.pk])
    names = list(workload.profile["categories"])
    alice.post(address, {"category-0": "chrf", "category-1": "contains"})
    workload.refresh_from_db()
    chosen = workload.scoring["by_category"]
    assert [chosen[name]["name"] for name in names] == ["chrf", "contains"]
    answer = alice.post(address, {"category-0": "magic"})
    assert answer.status_code == 422


def test_the_problems_are_downloaded_as_csv(alice, team):
    workload = stored(team, CSV + b"=1+1\n")
    answer = alice.get(reverse("workload-problems", args=[workload.pk]))
    assert answer["Content-Type"].startswith("text/csv")
    assert (
        b"".join(answer.streaming_content)
        == b"line,problem\r\n6,It has 1 cell; the header names 3 columns.\r\n"
    )


def test_hostile_cells_are_text_on_every_page(alice, team):
    content = f"prompt,reference,category\n{HOSTILE},{HOSTILE},{HOSTILE}\n".encode()
    upload = received(team, content, f"{HOSTILE[:8]}.csv")
    assert HOSTILE not in page(alice.get(columns(upload)))
    workload = stored(team, content, name=HOSTILE)
    for address in (reverse("workload", args=[workload.pk]), reverse("workloads")):
        shown = page(alice.get(address))
        assert HOSTILE not in shown
        assert "&lt;script&gt;alert(1)" in shown


def test_an_unused_workload_is_deleted_and_a_used_one_stays(alice, team):
    workload = stored(team)
    connection = a_connection(team, "http://127.0.0.1:9/v1")
    assessment = a_question(team, workload, a_candidate(connection, "a"), a_candidate(connection, "b"))
    answer = alice.post(reverse("workload-delete", args=[workload.pk]), follow=True)
    assert "is used by an assessment" in page(answer)
    assessment.delete()
    alice.post(reverse("workload-delete", args=[workload.pk]))
    assert not Workload.objects.exists()


def test_a_waiting_file_can_be_discarded(alice, team):
    upload = received(team)
    alice.post(reverse("upload-discard", args=[upload.pk]))
    assert not Upload.objects.exists()


def test_a_page_does_not_grow_with_an_endless_cell(alice, team):
    upload = received(team, f"prompt,reference\n{'word ' * 400_000},yes\n".encode())
    assert len(page(alice.get(columns(upload)))) < 100_000


def everything(team):
    upload, workload = received(team), stored(team)
    reads = [
        reverse("workload", args=[workload.pk]),
        reverse("workload-problems", args=[workload.pk]),
        reverse("upload-problems", args=[upload.pk]),
    ]
    writes = [
        columns(upload),
        reverse("upload-discard", args=[upload.pk]),
        reverse("workload-scoring", args=[workload.pk]),
        reverse("workload-delete", args=[workload.pk]),
    ]
    return reads, writes


def test_bob_may_look_but_not_change(bob, team):
    reads, writes = everything(team)
    assert {bob.get(address).status_code for address in [*reads, reverse("workloads")]} == {200}
    assert {bob.post(address).status_code for address in writes} == {403}
    assert send(bob).status_code == 403
    assert bob.get(reverse("upload")).status_code == 403
    assert bob.post(reverse("workload-sample")).status_code == 403
    assert (Upload.objects.count(), Workload.objects.count()) == (2, 1)
    assert "Delete this version" not in page(bob.get(reads[0]))


def test_charlie_does_not_learn_that_anything_is_there(charlie, team):
    reads, writes = everything(team)
    assert {charlie.get(address).status_code for address in [*reads, writes[0]]} == {404}
    assert {charlie.post(address).status_code for address in writes} == {404}
    assert "desk.csv" not in page(charlie.get(reverse("workloads")))
    assert (Upload.objects.count(), Workload.objects.count()) == (2, 1)


def test_a_stranger_is_asked_to_sign_in(team):
    reads, writes = everything(team)
    for address in [*reads, *writes, reverse("workloads"), reverse("upload")]:
        assert Client().get(address).url.startswith(reverse("login"))
