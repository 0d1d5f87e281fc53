"""What keeps a question or a run from being written as asked."""

from __future__ import annotations

from migration_app.accounts.errors import Refusal


class InvalidAssessment(Refusal):
    """The question cannot be put like this."""


class CannotStart(Refusal):
    """The run cannot start yet."""


class CannotChange(Refusal):
    """The run is not in a state that allows this."""


class RuleBroken(CannotChange):
    """Sending more would break a rule on data or licences; the message names it and the ways out."""
