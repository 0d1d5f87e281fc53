"""The masked values under another key: see `manage.py rotate_secrets`."""

from __future__ import annotations

from migration_app.accounts.ciphers import Undecipherable, rotate

from .models import MaskedValue

_AT_ONCE = 500


def rotate_masked_values() -> tuple[int, int]:
    """(how many masked values are now under the first of the keys, how many no key opens)."""
    done = lost = 0
    batch: list[MaskedValue] = []
    for row in MaskedValue.objects.only("token").iterator(chunk_size=_AT_ONCE):
        try:
            row.token = rotate(row.token)
        except Undecipherable:
            lost += 1
            continue
        batch.append(row)
        if len(batch) == _AT_ONCE:
            done += _store(batch)
    return done + _store(batch), lost


def _store(batch: list[MaskedValue]) -> int:
    MaskedValue.objects.bulk_update(batch, ["token"])
    stored = len(batch)
    batch.clear()
    return stored
