"""The first person, and those who follow."""

from __future__ import annotations

from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from migration_app.accounts.models import AuditEvent, Membership, Role, User

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("add_person", *arguments, stdout=out)
    return out.getvalue()


def test_the_printed_password_signs_in():
    password = run("alice", "--team", "Support").split()[-1]
    assert authenticate(RequestFactory().post("/"), username="alice", password=password) is not None
    assert authenticate(RequestFactory().post("/"), username="alice", password="wrong") is None


def test_the_first_of_a_team_owns_it_and_the_next_has_the_role_that_was_named():
    run("alice", "--team", "Support")
    run("bob", "--team", "Support", "--role", "viewer")
    roles = dict(Membership.objects.values_list("user__username", "role"))
    assert roles == {"alice": Role.OWNER, "bob": Role.VIEWER}
    assert Membership.objects.values("team").distinct().count() == 1


def test_a_name_is_taken_once():
    run("alice")
    with pytest.raises(CommandError, match="already"):
        run("alice")


def test_a_person_who_has_an_account_joins_another_team_and_keeps_the_password():
    run("alice", "--team", "Support")
    password = run("bob", "--team", "Sales").split()[-1]
    assert "password" not in run("bob", "--team", "Support", "--role", "viewer", "--existing")
    assert authenticate(RequestFactory().post("/"), username="bob", password=password) is not None
    assert Membership.objects.get(user__username="bob", team__name="Support").role == Role.VIEWER
    assert AuditEvent.objects.filter(team__name="Support", verb="added a person", subject="bob").exists()
    for name, words in (("bob", "already"), ("carol", "no user carol")):
        with pytest.raises(CommandError, match=words):
            run(name, "--team", "Support", "--existing")


def test_if_nobody_adds_only_the_very_first():
    assert "alice" in run("alice", "--if-nobody")
    assert run("bob", "--if-nobody") == ""
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["🦜" * 151], "A user name has 1 to 150 characters, and this one has 151"),
        ([" "], "A user name has 1 to 150 characters"),
        (["alice", "--team", "W" * 300], "The name of a team has 1 to 120 characters, and this one has 300"),
    ],
)
def test_a_name_that_no_database_holds_is_refused_in_a_sentence(arguments, words):
    with pytest.raises(CommandError, match=words):
        run(*arguments)
    assert not User.objects.exists()
