"""Signing in, one's account, and the address that a load balancer asks."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from migration_app.accounts.models import Membership, Role, User
from tests.web.people import People

PASSWORD = "a-long-enough-word"

pytestmark = pytest.mark.django_db


def test_the_health_page_needs_no_sign_in_and_asks_the_database(django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        answer = Client().get(reverse("healthz"))
    assert answer.status_code == 200 and answer.content == b"ok\n"


def test_signing_in_leads_to_the_assessments_and_out_to_the_door(people: People) -> None:
    User.objects.create_user("eve", password=PASSWORD)
    browser = Client()
    answer = browser.post(reverse("login"), {"username": "eve", "password": PASSWORD})
    assert answer["Location"] == reverse("assessments")
    assert browser.post(reverse("logout"))["Location"] == reverse("login")
    assert browser.get(reverse("account")).status_code == 302


def test_a_wrong_password_is_refused(people: People) -> None:
    User.objects.create_user("eve", password=PASSWORD)
    answer = Client().post(reverse("login"), {"username": "eve", "password": "wrong"})
    assert answer.status_code == 200 and "sessionid" not in answer.cookies


def test_one_password_tried_on_many_names_is_stopped(people: People, settings: Any) -> None:
    settings.SIGN_IN_FAILURES_PER_ADDRESS = 3
    User.objects.create_user("eve", password=PASSWORD)
    right = {"username": "eve", "password": PASSWORD}
    guesser, elsewhere = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")
    for name in ("ann", "ben", "cid"):
        assert guesser.post(reverse("login"), {"username": name, "password": "Summer2026"}).status_code == 200
    stopped = guesser.post(reverse("login"), right)
    assert stopped.status_code == 429 and "Sign-in paused" in stopped.content.decode()
    assert elsewhere.post(reverse("login"), right).status_code == 302


def test_changing_the_password_keeps_one_signed_in(people: People) -> None:
    user = User.objects.create_user("eve", password=PASSWORD)
    browser = Client()
    browser.force_login(user)
    new = "another-long-word"
    form = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert browser.post(reverse("account"), form).status_code == 302
    user.refresh_from_db()
    assert user.check_password(new) and browser.get(reverse("account")).status_code == 200


def test_one_can_switch_between_ones_own_teams_only(people: People) -> None:
    bob, charlie = User.objects.get(username="bob"), User.objects.get(username="charlie")
    second = Membership.objects.create(team=people.other_team, user=bob, role=Role.VIEWER)
    assert people.bob.post(reverse("switch-team"), {"membership": second.pk}).status_code == 302
    assert people.bob.get(reverse("assessments")).context["team"] == people.other_team
    theirs = Membership.objects.exclude(user=charlie).first()
    assert people.charlie.post(reverse("switch-team"), {"membership": theirs.pk}).status_code == 404
    assert people.charlie.post(reverse("switch-team"), {"membership": "x"}).status_code == 404


def test_whoever_is_in_no_team_is_told_so_instead_of_that_there_is_no_page(people: People) -> None:
    browser = Client()
    browser.force_login(User.objects.create_user("nora"))
    answer = browser.get(reverse("workloads"))
    assert answer.status_code == 404 and "You are in no team yet" in answer.content.decode()
