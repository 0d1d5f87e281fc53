"""Named reads about people and teams."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import AuditEvent, Membership, Role, Team, User


def current_membership(user: User, *, preferred: str | None = None) -> Membership | None:
    """The membership a person acts with: the team they chose, else the first they joined."""
    memberships = Membership.objects.filter(user=user).select_related("team").order_by("created_at", "pk")
    if preferred and (chosen := memberships.filter(team_id=preferred).first()):
        return chosen
    return memberships.first()


def owners_of(team: Team) -> list[str]:
    """User names of those who decide for the team."""
    owners = Membership.objects.filter(team=team, role=Role.OWNER).order_by("user__username")
    return list(owners.values_list("user__username", flat=True))


def people_of(team: Team) -> QuerySet[Membership]:
    """Who is in the team, by name."""
    return Membership.objects.filter(team=team).select_related("user").order_by("user__username")


def trail_of(team: Team) -> QuerySet[AuditEvent]:
    """What was done in the team, the newest first."""
    return AuditEvent.objects.filter(team=team).select_related("user").order_by("-at", "-pk")
