"""A run that is over, or waits for a person, says so by e-mail to whoever started it.

Once for each thing that happened: the row is written before the message goes out, so a worker that
dies in between sends it never rather than twice. A mail server that does not answer is tried again.
The message names the assessment and what happened, and holds neither figures nor answers: mail travels.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from smtplib import SMTPException
from urllib.parse import urljoin

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from migration_app.accounts.models import Membership
from migration_app.runs.models import Run, RunState

from .models import Announcement

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=2)
MOST_TRIES = 5
NEWS_FOR = timedelta(days=1)  # what happened longer ago is no news
SUBJECTS = {
    RunState.FINISHED: gettext_lazy("{name}: the verdict is in"),
    RunState.FAILED: gettext_lazy("{name}: the test failed"),
    RunState.BUDGET_REACHED: gettext_lazy("{name}: the spending cap is reached, the test waits for you"),
    RunState.PAUSED: gettext_lazy("{name}: the test waits for you"),
}


def due() -> Sequence[Run]:
    """Runs with something to tell that nobody was told of yet; none where no mail is set up."""
    if not settings.EMAIL_HOST:
        return []
    since = timezone.now() - NEWS_FOR
    states = Run.objects.filter(
        parent=None, state__in=SUBJECTS, started_at__gte=since - timedelta(days=30),
        created_by__wants_mail=True, created_by__is_active=True,
    ).exclude(created_by__email="")  # fmt: skip
    # A pause that a person asked for has no note.
    news = states.exclude(state=RunState.PAUSED, state_note="").select_related("assessment", "created_by")
    news = news.filter(Q(finished_at=None) | Q(finished_at__gte=since)).prefetch_related("announcements")
    # Whoever left the team has no more business with its tests.
    rows = news.filter(Exists(Membership.objects.filter(team=OuterRef("team"), user=OuterRef("created_by"))))
    return [run for run in rows if not _was_told(run)]


def announce(run: Run) -> bool:
    """Send the message; whether it went out. Somebody else's turn, and a mail server's silence, are False."""
    try:
        with transaction.atomic():
            told, _made = Announcement.objects.select_for_update().get_or_create(
                run=run, edition=run.edition, event=run.state
            )
            if not told.is_due(AGAIN, MOST_TRIES):
                return False
            told.tries, told.tried_at = told.tries + 1, timezone.now()
            told.save(update_fields=["tries", "tried_at"])
    except IntegrityError:
        return False
    try:
        message_about(run).send()
    except (SMTPException, OSError) as error:
        logger.warning("The mail about run %s could not be sent: %s", run.pk, type(error).__name__)
        return False
    Announcement.objects.filter(pk=told.pk).update(sent_at=timezone.now())
    return True


def message_about(run: Run) -> EmailMessage:
    """The message, in the language that its reader chose."""
    reader = run.created_by
    assert reader is not None
    with override(reader.language or settings.LANGUAGE_CODE):
        name = " ".join(run.assessment.name.split())  # a name is one line of a header
        lines = [str(SUBJECTS[RunState(run.state)]).format(name=name) + ".", _where(run), _why()]
        subject = str(SUBJECTS[RunState(run.state)]).format(name=name)
        return EmailMessage(subject=subject[:200], body="\n\n".join(lines) + "\n", to=[reader.email])


def _where(run: Run) -> str:
    if not settings.PUBLIC_URL:
        return _("Sign in to Crossover to see it.")
    page = "results" if run.state == RunState.FINISHED else "run"
    return urljoin(settings.PUBLIC_URL, reverse(page, args=[run.pk]))


def _why() -> str:
    return _("You get this because you started the test. You can switch it off under Account.")


def _was_told(run: Run) -> bool:
    """Needs the run's announcements at hand."""
    told = [one for one in run.announcements.all() if (one.edition, one.event) == (run.edition, run.state)]
    return any(not one.is_due(AGAIN, MOST_TRIES) for one in told)
