"""Named reads about people and teams."""

from __future__ import annotations

from .models import Membership, User


def current_membership(user: User, *, preferred: str | None = None) -> Membership | None:
    """The membership a person acts with: the team they chose, else the first they joined."""
    memberships = Membership.objects.filter(user=user).select_related("team").order_by("created_at", "pk")
    if preferred and (chosen := memberships.filter(team_id=preferred).first()):
        return chosen
    return memberships.first()
