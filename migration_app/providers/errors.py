"""What can go wrong between us and a vendor, before anyone has read an answer.

    CallError                  one call failed; carries what a `Failed` needs
    ├── BadEndpointError       the base URL, key or headers cannot be used as written
    ├── NotTakenError          the vendor is known not to take what is asked
    ├── BlockedAddressError    our own rule forbids the address
    ├── UnreachableError       no name, nobody listens, TLS refused
    ├── TooSlowError           connect, silence or the whole call took too long
    ├── DisconnectedError      the connection broke before the end
    ├── TooMuchError           the answer is over our size limit
    └── NotHttpError           the peer does not speak HTTP, or speaks it wrongly

The message is a plain sentence that says what to do next and never holds a key.
"""

from __future__ import annotations

from migration_app.evaluation.outcomes import FailureKind, Retry


class CallError(Exception):
    """One call failed. `reached`: the request may have reached the vendor, so it may be billed."""

    kind = FailureKind.UNKNOWN
    retry = Retry.LATER
    reached = False

    def __init__(self, message: str, *, reached: bool | None = None, retry: Retry | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reached is not None:
            self.reached = reached
        if retry is not None:
            self.retry = retry


class BrokenAnswerError(Exception):
    """An answer's bytes are not what its protocol allows: no JSON, or a frame that does not add up."""


class BadEndpointError(CallError):
    kind = FailureKind.BAD_REQUEST
    retry = Retry.PARK


class NotTakenError(CallError):
    kind = FailureKind.BAD_REQUEST
    retry = Retry.NEVER


class BlockedAddressError(CallError):
    kind = FailureKind.BLOCKED_ADDRESS
    retry = Retry.PARK


class UnreachableError(CallError):
    kind = FailureKind.REFUSED_CONNECTION


class TooSlowError(CallError):
    kind = FailureKind.TIMEOUT


class DisconnectedError(CallError):
    kind = FailureKind.DISCONNECTED
    retry = Retry.NOW
    reached = True


class TooMuchError(CallError):
    kind = FailureKind.ANSWER_TOO_LONG
    retry = Retry.NEVER
    reached = True


class NotHttpError(CallError):
    kind = FailureKind.NOT_AN_API
    retry = Retry.PARK
    reached = True
