"""Errors about connections, models and prices."""

from __future__ import annotations

from migration_app.accounts.errors import Refusal


class InvalidCandidateError(Refusal):
    """Something about a connection, a model or a price cannot be kept."""
