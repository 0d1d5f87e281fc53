"""Who may make the server write a file, and how much of it."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from migration_app.accounts.models import User
from migration_app.workloads.models import Upload
from tests.web.people import People


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that a request made the server begin to write."""
    names: list[str] = []

    class Noted(TemporaryUploadedFile):
        def __init__(self, name: str, *rest: object, **more: object) -> None:
            names.append(name)
            super().__init__(name, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", Noted)
    return names


def a_file(name: str = "a.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"prompt,reference\nWhat?,That\n")


def send(page: str, *, by: str = "", **form: object) -> HttpResponse:
    """Send a form as a browser does, with the CSRF token: checking it is what reads the body."""
    browser = Client(enforce_csrf_checks=True)
    if by:
        browser.force_login(User.objects.get(username=by))
    token = browser.get(reverse("account" if by else "login")).cookies["csrftoken"].value
    return browser.post(reverse(page), {"csrfmiddlewaretoken": token, **form})


def test_an_editor_uploads(people: People, written: list[str]) -> None:
    assert send("upload", by="bob", file=a_file()).status_code == 302
    assert written == ["a.csv"]


@pytest.mark.parametrize("address", ["login", "upload", "account"])
def test_a_stranger_cannot_fill_the_disk(address: str, people: People, written: list[str]) -> None:
    """A form is read before anybody is sent to sign in: its file must not be written meanwhile."""
    assert send(address, file=a_file(), username="x", password="y").status_code in (200, 302)
    assert written == []


def test_nothing_is_written_for_a_viewer(people: People, written: list[str]) -> None:
    assert send("upload", by="vera", file=a_file()).status_code == 403
    assert written == []


def test_nothing_is_written_by_a_page_that_takes_no_file(people: People, written: list[str]) -> None:
    assert send("connection-new", by="bob", file=a_file()).status_code == 200
    assert written == []


def test_several_files_are_taken_as_one_and_only_from_the_forms_own_field(
    people: People, written: list[str]
) -> None:
    files = {"file": [a_file("a.csv"), a_file("b.csv")], "more": a_file("c.csv")}
    assert send("upload", by="bob", **files).status_code == 302
    assert written == ["a.csv", "b.csv"]
    kept = Upload.objects.get()
    assert (kept.filename, kept.reading["rows"]) == ("a.csv and 1 other", 2)


def test_the_limit_is_for_all_files_together(people: People, written: list[str], settings) -> None:
    settings.UPLOAD_MAX_BYTES = 40
    answer = send("upload", by="bob", file=[a_file("a.csv"), a_file("b.csv")])
    assert answer.status_code == 422
    assert "larger than" in answer.content.decode()
    assert not Upload.objects.exists()


def test_more_files_than_are_taken_are_refused_and_none_is_lost_in_silence(
    people: People, monkeypatch
) -> None:
    monkeypatch.setattr("migration_app.web.upload_limits.MAX_FILES", 2)
    answer = send("upload", by="bob", file=[a_file(f"{n}.csv") for n in range(3)])
    assert answer.status_code == 422
    assert "files are taken at once" in answer.content.decode()
    assert not Upload.objects.exists()
