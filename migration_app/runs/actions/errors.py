"""What keeps a question or a run from being written as asked."""

from __future__ import annotations


class InvalidAssessment(ValueError):
    """The question cannot be put like this; the message says what to change."""


class CannotStart(Exception):
    """The run cannot start; the message says what to do first."""


class CannotChange(Exception):
    """The run is not in a state that allows this; the message says so."""
