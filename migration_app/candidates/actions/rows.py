"""What the writes about named rows share."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..errors import InvalidCandidateError
from ..models import Candidate, Connection


def archived_name(name: str, row: Connection | Candidate) -> str:
    """Free the name for a new one; the row keeps a readable one of its own."""
    return f"{name[:90]} (archived {row.pk.hex[:8]})"


def save_named(row: Connection | Candidate) -> None:
    """Save `row`. Raises InvalidCandidateError where its name is taken."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        taken, field = (row.name, "name") if isinstance(row, Connection) else (row.label, "label")
        raise InvalidCandidateError(
            _("There is a {verbose_name} called “{taken}” already. Choose another name.").format(
                verbose_name=type(row)._meta.verbose_name, taken=taken
            ),
            field,
        ) from None
