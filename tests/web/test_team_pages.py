"""The team's page: who is in it, who changes that, and the trail of what was done."""

from __future__ import annotations

import pytest
from django.urls import reverse

from migration_app.accounts.actions import record
from migration_app.accounts.models import Membership, Role, User
from tests.web.people import People

TEAM = reverse("team")


def entry(name: str) -> Membership:
    return Membership.objects.get(user__username=name)


def wish(name: str, **more: str) -> dict[str, str]:
    return {"membership": str(entry(name).pk), **more}


def test_all_see_who_is_in_the_team_and_what_was_done_and_only_owners_what_to_change(people: People) -> None:
    record(team=people.team, user=None, verb="started a run of", subject="Support desk")
    record(team=people.other_team, user=None, verb="started a run of", subject="Rivals' plans")
    for browser in (people.vera, people.bob, people.alice):
        page = browser.get(TEAM).content.decode()
        assert "vera" in page and "Support desk" in page and "nobody signed in" in page
        assert "charlie" not in page and "Rivals" not in page
        assert ("Take out of the team" in page) == (browser is people.alice)


def test_an_owner_changes_a_role_and_it_counts_at_once_and_is_on_record(people: People) -> None:
    people.alice.post(reverse("team-role"), wish("vera", role=Role.OWNER))
    assert "Take out of the team" in people.vera.get(TEAM).content.decode()
    assert "made an owner of the team" in people.alice.get(TEAM).content.decode()


def test_nobody_else_changes_one_and_no_owner_that_of_another_team(people: People) -> None:
    for address in (reverse("team-role"), reverse("team-remove")):
        assert people.bob.post(address, wish("bob", role=Role.OWNER)).status_code == 403
        assert people.charlie.post(address, wish("bob", role=Role.OWNER)).status_code == 404
    assert entry("bob").role == Role.EDITOR


@pytest.mark.parametrize(
    ("name", "more"),
    [("team-role", {"role": "viewer"}), ("team-role", {"role": "king"}), ("team-remove", {})],
)
def test_a_team_keeps_an_owner_and_a_role_is_one_of_those_offered(
    people: People, name: str, more: dict[str, str]
) -> None:
    answer = people.alice.post(reverse(name), wish("alice", **more), follow=True)
    assert "at least one owner" in answer.content.decode() or "roles offered" in answer.content.decode()
    assert entry("alice").role == Role.OWNER


def test_who_is_taken_out_sees_nothing_more_and_what_they_did_stays(people: People) -> None:
    record(team=people.team, user=User.objects.get(username="bob"), verb="added model", subject="Wren")
    people.alice.post(reverse("team-remove"), wish("bob"))
    assert people.bob.get(TEAM).status_code == 404
    page = people.alice.get(TEAM).content.decode()
    assert "Wren" in page and "took out of the team" in page


def test_an_owner_may_leave_once_another_is_there(people: People) -> None:
    Membership.objects.filter(user__username="bob").update(role=Role.OWNER)
    answer = people.alice.post(reverse("team-remove"), wish("alice"))
    assert answer["Location"] == reverse("account")
