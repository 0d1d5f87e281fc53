"""Share links and files. Alice makes them, Vera may look, Charlie sees nothing, Dana holds a link."""

from __future__ import annotations

import io
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from migration_app.accounts.models import AuditEvent
from migration_app.reports.actions import make_file
from migration_app.reports.models import Export, ExportState, ShareLink
from migration_app.reports.sharing import CannotShare, make_link, open_link, password_opens
from migration_app.runs.models import Run
from tests.reports.finished import a_question, every, finished, right

pytestmark = pytest.mark.django_db
SECRET_TEXT = "The customer's own words"


@pytest.fixture
def run(people) -> Run:
    question = a_question(people.team, "Today", "Lumen", samples=40)
    return finished(question, {"Today": right, "Lumen": every(5, text=SECRET_TEXT)})


@pytest.fixture
def dana() -> Client:
    return Client()


def shared(people, run, **fields) -> str:
    """The address of a new link, as Alice sees it once."""
    answer = people.alice.post(reverse("shares", args=[run.pk]), {"days": "30", **fields})
    assert answer.status_code == 200, answer.context["form"].errors
    return answer.context["address"].replace("http://testserver", "")


PAGES = ("", "evidence/", "method/")


@pytest.mark.parametrize("part", PAGES)
def test_dana_sees_the_frozen_report_without_an_account_and_without_samples(people, run, dana, part):
    address = shared(people, run)
    answer = dana.get(address + part)
    assert answer.status_code == 200
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer.headers["Cache-Control"]
    content = answer.content.decode()
    assert SECRET_TEXT not in content
    assert f"/runs/{run.pk}" not in content
    assert "Acme" not in content


def test_samples_are_shown_only_where_alice_ticked_it(people, run, dana):
    closed, opened = shared(people, run), shared(people, run, shows_samples="on")
    assert dana.get(closed + "samples/").status_code == 404
    assert SECRET_TEXT.replace("'", "&#x27;") in dana.get(opened + "samples/").content.decode()


def test_what_scorers_were_set_to_stays_within_the_team_unless_samples_are_shown(people, dana):
    pattern = {"name": "regex", "parameters": {"pattern": "answer|Project Osprey"}}
    question = a_question(people.team, "Today", "Lumen", samples=40, scoring={"default": pattern})
    run = finished(question, {"Today": right, "Lumen": right})
    method = dana.get(shared(people, run) + "method/").content.decode()
    assert "Matches a pattern" in method and "Osprey" not in method
    assert "Osprey" in dana.get(shared(people, run, shows_samples="on") + "method/").content.decode()
    assert "Osprey" in people.vera.get(reverse("method", args=[run.pk])).content.decode()


def test_the_shared_pdf_holds_no_answers_either(people, run, dana):
    address = shared(people, run)
    make_file(report=run.reports.get(), kind="brief")
    answer = dana.get(address + "report.pdf")
    assert answer.status_code == 200
    assert "without-samples" in answer.headers["Content-Disposition"]


def test_a_token_is_long_random_and_kept_nowhere(people, run):
    address = shared(people, run)
    token = address.rstrip("/").rsplit("/", 1)[1]
    assert len(token) >= 43
    link = ShareLink.objects.get()
    assert token not in str([getattr(link, field.name) for field in ShareLink._meta.fields])
    assert token not in people.alice.get(reverse("shares", args=[run.pk])).content.decode()


def test_a_revoked_link_and_one_that_ended_open_nothing(people, run, dana):
    address = shared(people, run)
    link = ShareLink.objects.get()
    people.alice.post(reverse("share-revoke", args=[link.pk]))
    assert dana.get(address).status_code == 404
    again = shared(people, run)
    ShareLink.objects.filter(revoked_at=None).update(expires_at=timezone.now())
    assert dana.get(again).status_code == 404
    assert dana.get("/s/nonsense/").status_code == 404
    assert dana.get("/s/%00/").status_code == 404


def test_a_password_is_asked_for_on_every_page_and_guesses_are_stopped(people, run, dana):
    address = shared(people, run, password="correct horse")
    assert dana.get(address + "evidence/").url.endswith("/password/")
    for _ in range(5):
        assert dana.post(address + "password/", {"password": "wrong horse"}).status_code == 403
    assert dana.post(address + "password/", {"password": "correct horse"}).status_code == 403
    ShareLink.objects.update(locked_until=None)
    assert dana.post(address + "password/", {"password": "correct horse"}).status_code == 302
    assert dana.get(address).status_code == 200
    assert Client().get(address).status_code == 302


def test_guesses_made_at_the_same_moment_count_one_after_the_other(run):
    _link, token = make_link(
        report=run.reports.get(), user=None, lasts=timedelta(days=1), password="correct horse"
    )
    together = [open_link(token) for _ in range(6)]
    assert not any(password_opens(link=link, password="wrong horse") for link in together[:5])
    assert not password_opens(link=together[5], password="correct horse")
    ShareLink.objects.update(locked_until=None, failures=4)
    assert password_opens(link=together[0], password="correct horse")
    assert ShareLink.objects.get().failures == 0


def test_views_are_counted_and_audited(people, run, dana):
    address = shared(people, run)
    for page in ("", "", "evidence/"):
        dana.get(address + page)
    make_file(report=run.reports.get(), kind="brief")
    dana.get(address + "report.pdf")
    assert ShareLink.objects.get().views == 3
    assert told("was shown by a link the report of") == 1, "looks of one minute are one line"
    assert told("was given by a link the PDF of") == 1
    assert told("shared the report of") == 1
    AuditEvent.objects.update(at=timezone.now() - timedelta(minutes=2))
    dana.get(address + "method/")
    assert told("was shown by a link the report of") == 2


def told(verb: str) -> int:
    return AuditEvent.objects.filter(verb=verb).count()


def test_nobody_fills_the_trail_or_the_queue_with_a_link(people, run, dana, monkeypatch):
    monkeypatch.setattr("migration_app.pipeline.control.wake_file", lambda *_file: None)
    address = shared(people, run, shows_samples="on")
    before = AuditEvent.objects.count()
    for _ in range(5):
        dana.get(address)
        dana.get(address + "report.pdf")
    assert AuditEvent.objects.count() == before + 2, "one look, one wish for the PDF"
    Export.objects.update(state=ExportState.FAILED, error="It broke.")
    page = dana.get(address + "report.pdf", follow=True).content.decode()
    assert "Ask the person who sent you the link" in page
    assert not Export.objects.filter(kind="pdf", state=ExportState.PENDING).exists()


def test_a_session_that_somebody_planted_does_not_get_in_with_the_password(people, run, dana):
    first, second = (shared(people, run, password="correct horse") for _ in range(2))
    dana.post(first + "password/", {"password": "correct horse"})
    planted = dana.cookies["sessionid"].value
    dana.post(second + "password/", {"password": "correct horse"})
    assert dana.cookies["sessionid"].value != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get(second).status_code == 302 and dana.get(second).status_code == 200


@pytest.mark.parametrize(("days", "password"), [(0, ""), (400, ""), (30, "short")])
def test_a_link_that_lasts_for_ever_or_has_a_weak_password_is_refused(run, days, password):
    with pytest.raises(CannotShare):
        make_link(report=run.reports.get(), user=None, lasts=timedelta(days=days), password=password)


def test_vera_may_look_at_links_but_not_make_them_and_charlie_sees_nothing(people, run):
    page = reverse("shares", args=[run.pk])
    assert people.vera.get(page).status_code == 200
    assert people.vera.post(page, {"days": "30"}).status_code == 403
    assert people.charlie.get(page).status_code == 404
    _link, token = make_link(report=run.reports.get(), user=None, lasts=timedelta(days=1))
    link = open_link(token)
    assert people.charlie.post(reverse("share-revoke", args=[link.pk])).status_code == 404
    assert people.vera.post(reverse("share-revoke", args=[link.pk])).status_code == 403


def test_a_link_shows_its_own_edition_whatever_came_later(people, run, dana):
    address = shared(people, run)
    before = dana.get(address).content
    Run.objects.filter(pk=run.pk).update(edition=2)
    report = run.reports.get()
    later = dict(report.data) | {"title": "Something else"}
    run.reports.create(team=run.team, edition=2, data=later, sha256="0" * 64)
    assert b"Something else" not in dana.get(address).content
    assert before[:200] == dana.get(address).content[:200]


class TestFiles:
    def test_alice_asks_for_a_workbook_and_fetches_it(self, people, run):
        page = people.alice.get(reverse("files", args=[run.pk])).content.decode()
        assert "Excel workbook" in page
        people.alice.post(reverse("file-make", args=[run.pk, "xlsx"]))
        waiting = people.alice.get(reverse("files", args=[run.pk]), headers={"HX-Request": "true"})
        assert "every 1s" in waiting.content.decode()
        make_file(report=run.reports.get(), kind="xlsx")
        answer = people.alice.get(reverse("file", args=[run.pk, "xlsx"]))
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_a_kind_that_is_none_and_another_team_s_file_are_404s(self, people, run):
        assert people.alice.post(reverse("file-make", args=[run.pk, "exe"])).status_code == 404
        assert people.charlie.get(reverse("files", args=[run.pk])).status_code == 404
        assert people.charlie.get(reverse("file", args=[run.pk, "xlsx"])).status_code == 404
        assert people.charlie.post(reverse("file-make", args=[run.pk, "xlsx"])).status_code == 404

    def test_alice_deletes_a_file_and_vera_may_not(self, people, run):
        make_file(report=run.reports.get(), kind="xlsx")
        address = reverse("file-delete", args=[run.pk, "xlsx"])
        assert people.vera.post(address).status_code == 403
        assert people.charlie.post(address).status_code == 404
        assert address not in people.vera.get(reverse("files", args=[run.pk])).content.decode()
        assert address in people.alice.get(reverse("files", args=[run.pk])).content.decode()
        people.alice.post(address)
        assert people.alice.get(reverse("file", args=[run.pk, "xlsx"])).status_code == 302


def test_no_log_holds_a_link_that_opens_something(people, run, dana):
    address = shared(people, run, password="correct horse")
    token = address.rstrip("/").rsplit("/", 1)[1]
    (console,) = [handler for handler in logging.getLogger().handlers if handler.name == "console"]
    written = io.StringIO()
    before = console.setStream(written)
    try:
        dana.post(address + "password/", {"password": "wrong horse"})
        dana.post(address + "password/", {"password": "correct horse"})
        assert dana.get(address + "samples/").status_code == 404
    finally:
        console.setStream(before)
    assert "/s/…/password/" in written.getvalue() and "/s/…/samples/" in written.getvalue()
    assert token not in written.getvalue()
