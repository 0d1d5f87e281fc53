"""Share links: made, opened, counted, closed."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.errors import Refusal
from migration_app.accounts.models import AuditEvent, User
from migration_app.evaluation.wording import english

from .models import Report, ShareLink

TOKEN_BYTES = 32
LONGEST = timedelta(days=365)
MOST_FAILURES = 5
LOCKED_FOR = timedelta(minutes=15)
TOLD_EVERY = timedelta(minutes=1)


class CannotShare(Refusal):
    """The link cannot be made like this."""


@transaction.atomic
def make_link(
    *,
    report: Report,
    user: User | None,
    lasts: timedelta,
    password: str = "",
    shows_samples: bool = False,
    note: str = "",
) -> tuple[ShareLink, str]:
    """A link and its token, which nobody can read again. Raises CannotShare."""
    if not timedelta() < lasts <= LONGEST:
        raise CannotShare(_("A link lasts between one day and one year."))
    if password and len(password) < 8:
        raise CannotShare(_("A password has 8 characters or more. Leave it empty for none."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = ShareLink.objects.create(
        team=report.team,
        created_by=user,
        report=report,
        token_hash=hash_of(token),
        note=note.strip()[:120],
        password=make_password(password) if password else "",
        shows_samples=shows_samples,
        expires_at=timezone.now() + lasts,
    )
    record(team=report.team, user=user, verb=english("shared the report of"), subject=str(report.run))
    return link, token


def revoke_link(*, link: ShareLink, user: User | None) -> None:
    """Close a link for good. Closing it twice changes nothing."""
    if ShareLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=Now()):
        record(
            team=link.team,
            user=user,
            verb=english("revoked a link to the report of"),
            subject=str(link.report.run),
        )


def open_link(token: str) -> ShareLink | None:
    """The link that a token opens; None for one that is unknown, over or revoked, all alike."""
    rows = ShareLink.objects.select_related("report__run__assessment", "team")
    link = rows.filter(token_hash=hash_of(token)).first()
    return link if link is not None and link.is_open else None


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def password_opens(*, link: ShareLink, password: str) -> bool:
    """Whether the password is right. After five wrong ones in a row none is, for a quarter of an hour.

    The row is held meanwhile, so that guesses made at the same moment count one after the other.
    """
    held = ShareLink.objects.select_for_update().filter(pk=link.pk).first()
    if held is None or (held.locked_until is not None and held.locked_until > timezone.now()):
        return False
    opens = check_password(password, held.password)
    held.failures = 0 if opens else held.failures + 1
    held.locked_until = None
    if held.failures >= MOST_FAILURES:
        held.failures, held.locked_until = 0, timezone.now() + LOCKED_FOR
        _tell(link, english("locked out guesses at a link to"))
    held.save(update_fields=["failures", "locked_until"])
    return opens


def count_view(*, link: ShareLink) -> None:
    """One more look at a page of the shared report, in the count and in the audit trail."""
    ShareLink.objects.filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=Now())
    _tell(link, english("was shown by a link the report of"))


def note_download(*, link: ShareLink) -> None:
    """That the shared PDF was fetched."""
    ShareLink.objects.filter(pk=link.pk).update(last_viewed_at=Now())
    _tell(link, english("was given by a link the PDF of"))


def _tell(link: ShareLink, verb: str) -> None:
    """A line in the trail, of one kind about one report once a minute at most.

    Whoever holds a link could otherwise fill the trail, and hide in it what was done before.
    """
    subject = str(link.report.run)[:200]
    line: dict[str, Any] = {"team": link.team, "user": None, "verb": verb, "subject": subject}
    if not AuditEvent.objects.filter(**line, at__gt=timezone.now() - TOLD_EVERY).exists():
        record(**line)
