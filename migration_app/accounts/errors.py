"""The base of every answer that what a person asked for cannot be done."""

from __future__ import annotations


class Refusal(Exception):
    """The message is a sentence for that person, and says what to change or to do first.

    `field` names the form's field that it concerns, "" for the whole form. Pages show any of them as it is
    (`web.refusals`); each room has kinds of its own.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class CannotAddPerson(Refusal):
    """The person cannot be added like this."""


class PersonExists(CannotAddPerson):
    """Somebody has that user name already."""


class UnusableName(CannotAddPerson):
    """A name is empty, or longer than what is kept of one."""


class CannotChangeTeam(Refusal):
    """The team cannot be changed like this."""
