"""What can go wrong while starting, each told in one line that says what to do.

LaunchError
├── AlreadyRunningError   another launcher holds this data directory
├── PortTakenError        the address asked for belongs to another program
├── NotReadyError         a process started but never answered
├── ChildDiedError        a process ended by itself
├── BrokerRefusedError    the broker named by REDIS_URL cannot be used
└── StepFailedError       a command that should have succeeded did not
"""

from __future__ import annotations


class LaunchError(Exception):
    """The message is a plain sentence for the person at the terminal."""


class AlreadyRunningError(LaunchError):
    """Another launcher holds this data directory."""


class PortTakenError(LaunchError):
    """The address asked for belongs to another program."""


class NotReadyError(LaunchError):
    """A process started but never answered."""


class ChildDiedError(LaunchError):
    """A process ended by itself."""


class BrokerRefusedError(LaunchError):
    """The broker named by REDIS_URL cannot be used."""


class StepFailedError(LaunchError):
    """A command that should have succeeded did not."""
