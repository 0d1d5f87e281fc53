"""Errors about connections, models and prices."""

from __future__ import annotations


class InvalidCandidateError(ValueError):
    """Something about a connection, a model or a price cannot be kept. The message is for the person.

    `field` names the form field it belongs to, "" for the whole form.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field
