"""What a finished run has to say, to the team and to whoever holds a link."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse

from migration_app.accounts.models import User
from migration_app.reports.actions import make_file
from migration_app.reports.sharing import make_link
from migration_app.runs.models import Run
from migration_app.scoring.reviews import draw_more

from .team import a_full_team

TABS = ("results", "evidence", "samples", "method", "files", "shares", "review")


def results() -> dict[str, str]:
    world = a_full_team()
    run, reviewed = world.finished(), world.finished(name="Reviewed")
    make_file(report=run.reports.get(), kind="csv")
    draw_more(run=reviewed, user=world.dana, to=20)
    tabs = {name: reverse(name, args=[run.pk]) for name in TABS}
    return {
        **tabs,
        "samples-filtered": tabs["samples"] + "?show=all&category=routing&sort=lowest&q=Question",
        "samples-none": tabs["samples"] + "?show=all&q=nobody+said+this",
        "review-pair": reverse("review", args=[reviewed.pk]),
        **_shared(run, world.dana),
    }


def _shared(run: Run, user: User) -> dict[str, str]:
    report, month = run.reports.get(), timedelta(days=30)
    _link, token = make_link(report=report, user=user, lasts=month, shows_samples=True)
    _link, locked = make_link(report=report, user=user, lasts=month, password="correct horse")
    pages = ("shared", "shared-evidence", "shared-method", "shared-samples")
    return {
        **{name: reverse(name, args=[token]) for name in pages},
        "shared-password": reverse("shared-password", args=[locked]),
        "shared-closed": reverse("shared", args=["nonsense"]),
    }
