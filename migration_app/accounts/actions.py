"""Writes about people and teams."""

from __future__ import annotations

import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.evaluation.wording import english

from .errors import CannotAddPerson, CannotChangeTeam, PersonExists, UnusableName
from .models import AuditEvent, Membership, Role, Team, User

# No look-alikes (l, 1, O, 0): a person may have to type it.
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


def generate_password(length: int = 16) -> str:
    """A random password of about 5.7 bits a character."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@transaction.atomic
def create_team(*, name: str, owner: User) -> Team:
    team = Team.objects.create(name=name)
    Membership.objects.create(team=team, user=owner, role=Role.OWNER)
    return team


@transaction.atomic
def create_first_user(*, username: str, team_name: str) -> tuple[User, Team, str | None]:
    """Make the first person and their team; the password is None when the person was there already."""
    user, created = User.objects.get_or_create(username=username)
    password = reset_password(user=user) if created else None
    membership = Membership.objects.filter(user=user).select_related("team").first()
    return user, membership.team if membership else create_team(name=team_name, owner=user), password


def reset_password(*, user: User) -> str:
    """Give the person a generated password, and return it: nobody can read it later."""
    password = generate_password()
    user.set_password(password)
    user.save(update_fields=["password"])
    return password


def record(*, team: Team, user: User | None, verb: str, subject: str) -> None:
    """Add a line to the team's audit trail. `subject` names a thing, never holds its content."""
    AuditEvent.objects.create(team=team, user=user, verb=verb[:60], subject=subject[:200])


@transaction.atomic
def add_person(*, username: str, team_name: str, role: str = Role.EDITOR) -> str:
    """Make a person and put them into a team, which is made when there is none of that name.

    Returns the generated password. The first person of a team owns it. Raises CannotAddPerson.
    """
    _check_length(User, "username", username, _("A user name"))
    _check_length(Team, "name", team_name, _("The name of a team"))
    if User.objects.filter(username=username).exists():
        raise PersonExists(
            _("There is a user {username} already. Choose another name.").format(username=username)
        )
    password = generate_password()
    _join(User.objects.create_user(username=username, password=password), team_name, role)
    return password


@transaction.atomic
def add_to_team(*, username: str, team_name: str, role: str = Role.EDITOR) -> None:
    """Put a person who has an account into one more team. Raises CannotAddPerson."""
    _check_length(Team, "name", team_name, _("The name of a team"))
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CannotAddPerson(_("There is no user {username} yet.").format(username=username))
    if Membership.objects.filter(user=user, team__name=team_name).exists():
        raise CannotAddPerson(
            _("{username} is in {team} already. An owner of the team changes roles on its page.").format(
                username=username, team=team_name
            )
        )
    _join(user, team_name, role)


def _join(user: User, team_name: str, role: str) -> None:
    """The first person of a team owns it."""
    team = Team.objects.filter(name=team_name).first()
    if team is None:
        team = create_team(name=team_name, owner=user)
    else:
        Membership.objects.create(team=team, user=user, role=role)
    record(team=team, user=None, verb=english("added a person"), subject=user.get_username())


_MADE = {
    Role.OWNER: english("made an owner of the team"),
    Role.EDITOR: english("made an editor of the team"),
    Role.VIEWER: english("made a viewer of the team"),
}


@transaction.atomic
def set_role(*, membership: Membership, role: str, user: User | None) -> None:
    """Give a person another role in the team. Raises CannotChangeTeam."""
    if role not in Role.values:
        raise CannotChangeTeam(_("Choose one of the roles offered."))
    if role != Role.OWNER:
        _keep_an_owner(membership)
    Membership.objects.filter(pk=membership.pk).update(role=role)
    name = membership.user.get_username()
    record(team=membership.team, user=user, verb=_MADE[Role(role)], subject=name)


@transaction.atomic
def remove_person(*, membership: Membership, user: User | None) -> None:
    """Take a person out of the team; what they did stays. Raises CannotChangeTeam."""
    _keep_an_owner(membership)
    Membership.objects.filter(pk=membership.pk).delete()
    name = membership.user.get_username()
    record(team=membership.team, user=user, verb=english("took out of the team"), subject=name)


def _keep_an_owner(membership: Membership) -> None:
    """Raises CannotChangeTeam for the last owner. The team's row is held: two owners take turns."""
    Team.objects.select_for_update().get(pk=membership.team_id)
    owners = Membership.objects.filter(team=membership.team_id, role=Role.OWNER)
    if not owners.exclude(pk=membership.pk).exists():
        raise CannotChangeTeam(_("A team keeps at least one owner. Make somebody else an owner first."))


def _check_length(model: type[User] | type[Team], field: str, name: str, what: str) -> None:
    most = int(getattr(model._meta.get_field(field), "max_length", 0))
    if not 0 < len(name.strip()) <= len(name) <= most:
        raise UnusableName(
            _("{what} has 1 to {most} characters, and this one has {n}. Choose another one.").format(
                what=what, most=most, n=len(name.strip())
            )
        )
