"""Looking behind a placeholder: for members of the team, one at a time, on record."""

from __future__ import annotations

import re

from django.db import transaction
from django.utils.translation import gettext as _

from migration_app.accounts.actions import record
from migration_app.accounts.ciphers import Undecipherable, decrypt
from migration_app.accounts.models import User
from migration_app.evaluation.wording import english

from .errors import WorkloadError
from .models import MaskedValue, Workload
from .redaction import KINDS

_PLACEHOLDER = re.compile(r"<?([A-Z_]{2,20})_([0-9]{1,9})>?")
_KINDS = {kind.word: kind.key for kind in KINDS}


def reveal(*, workload: Workload, placeholder: str, user: User) -> str:
    """The value behind a placeholder as it was first written. Raises WorkloadError with a sentence."""
    match = _PLACEHOLDER.fullmatch(placeholder.strip().upper())
    row = (
        match
        and MaskedValue.objects.filter(
            workload=workload, kind=_KINDS.get(match[1], ""), number=int(match[2])
        ).first()
    )
    if not match or not row:
        raise WorkloadError(
            _("This workload has no placeholder “%(placeholder)s”. They look like this: <EMAIL_1>.")
            % {"placeholder": placeholder[:40]}
        )
    written = f"<{match[1]}_{row.number}>"
    with transaction.atomic():
        record(
            team=workload.team,
            user=user,
            verb=english("looked behind a placeholder"),
            subject=f"{workload}: {written}",
        )
        try:
            return decrypt(row.token)
        except Undecipherable as error:
            raise WorkloadError(
                _("It was encrypted with a key that this server no longer has. Ask whoever runs it.")
            ) from error
