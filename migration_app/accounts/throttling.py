"""A ceiling on failed sign-ins from one address, whatever names were tried.

Tries are counted by name and address (django-axes), which stops a guesser at one name. Whoever tries
one common password on every name of a list stays below that; here all names of an address count
together. The ceiling is far above what an office behind one address mistypes.
"""

from __future__ import annotations

from typing import Any

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from .visitors import address_of


class AddressCeiling:
    """Signs nobody in, and lets nobody be asked for a password whose address has failed too often."""

    def authenticate(self, request: HttpRequest | None, **_credentials: Any) -> None:
        """Raises PermissionDenied, on which Django asks no backend after this one."""
        if request is None:
            return
        if failures_from(address_of(request)) >= settings.SIGN_IN_FAILURES_PER_ADDRESS:
            request.axes_locked_out = True  # type: ignore[attr-defined]  # shows axes' page
            raise PermissionDenied


def failures_from(address: str | None) -> int:
    """Failed sign-ins of the last AXES_COOLOFF_TIME from this address, under all names."""
    if address is None:
        return 0
    since = timezone.now() - get_cool_off()
    recent = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=since)
    return recent.aggregate(all=Sum("failures_since_start"))["all"] or 0
