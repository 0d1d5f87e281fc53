"""What can go wrong with a workload. Every message is a sentence for the person at the screen.

WorkloadError
├── UnreadableFile    the file as a whole cannot be read
├── InvalidMapping    the chosen columns cannot make samples
├── InvalidSource     a kind of file that does not exist
├── InvalidScoring    a scorer that does not exist, or a category that is not there
├── CannotImport      the file is not where that could be done; somebody else is at work on it
├── NamesUnavailable  the optional language model is not on this server
├── NothingToImport   every line has a problem
└── WorkloadInUse     an assessment depends on it
BadRow                one line cannot become a sample; the others can
"""

from __future__ import annotations

from migration_app.accounts.errors import Refusal


class WorkloadError(Refusal):
    """Base of what pages say about workloads and files."""


class UnreadableFile(WorkloadError):
    pass


class InvalidMapping(WorkloadError):
    pass


class InvalidSource(WorkloadError):
    pass


class InvalidScoring(WorkloadError):
    pass


class CannotImport(WorkloadError):
    pass


class NamesUnavailable(WorkloadError):
    pass


class NothingToImport(WorkloadError):
    pass


class WorkloadInUse(WorkloadError):
    pass


class BadRow(Exception):
    """Says what is wrong with a line, without naming it: the reader knows its number."""
