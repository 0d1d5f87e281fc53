"""How much to send: fewer calls at a time when a vendor is strained, one at a time when it is out.

Two things are learnt from the outcomes of a feed's calls, in memory and without a clock:

    Flow      how many calls at a time the vendor bears (additive increase, multiplicative
              decrease; Chiu & Jain 1989), between one and the lane's own number
    Breaker   whether a connection is out: five different requests in a row met a fault
              of the vendor's or of the network's

What follows from an open breaker is in the database (`outages.py`), for all feeds and slices.
"""

from __future__ import annotations

from migration_app.evaluation.outcomes import Failed, FailureKind, Outcome, Retry

FAULTS_IN_A_ROW = 5
_STRAINED = {FailureKind.RATE_LIMITED, FailureKind.OVERLOADED, FailureKind.TIMEOUT}
_FAULTS = {
    FailureKind.SERVER_ERROR,
    FailureKind.REFUSED_CONNECTION,
    FailureKind.DISCONNECTED,
    FailureKind.TIMEOUT,
}


class Flow:
    """Calls at a time. `allowed` is at least 1 and at most `most`.

    A cut by half answers one round of calls: those sent before it say nothing about it.
    """

    def __init__(self, most: int, allowed: int | None = None) -> None:
        self.most = most
        self.allowed = max(1, min(most, allowed or most))
        self.round = 0  # a call remembers the round it was sent in
        self._calm = self.allowed  # up to here it grows by one for each answer
        self._grown = 0

    def learn(self, outcome: Outcome, sent_in: int) -> None:
        if isinstance(outcome, Failed):
            if outcome.kind in _STRAINED and outcome.reached and sent_in == self.round:
                self._shrink(self.allowed // 2)
        elif self.allowed < self.most:
            self._grow()

    def start_over(self) -> None:
        """The connection was out: begin with one call."""
        self._shrink(1)

    def _shrink(self, to: int) -> None:
        self._calm = max(1, self.allowed // 2)
        self.allowed = max(1, to)
        self.round += 1
        self._grown = 0

    def _grow(self) -> None:
        """By one for each answer while below what was calm, then by one for each round of answers."""
        self._grown += 1
        if self.allowed < self._calm or self._grown >= self.allowed:
            self.allowed += 1
            self._grown = 0


class FixedFlow(Flow):
    """For an open load: what is due is sent, and strain shows as lateness and failures."""

    def learn(self, outcome: Outcome, sent_in: int) -> None:
        pass

    def start_over(self) -> None:
        pass


def is_fault(outcome: Outcome) -> bool:
    """Whether it says that the vendor or the way to it is broken, not the request."""
    return (
        isinstance(outcome, Failed) and outcome.kind in _FAULTS and outcome.retry in (Retry.NOW, Retry.LATER)
    )


def is_sign_of_life(outcome: Outcome) -> bool:
    """Whether the vendor dealt with the request, be it by refusing it."""
    return not is_fault(outcome) and not (
        isinstance(outcome, Failed) and (outcome.kind is FailureKind.OVERLOADED or not outcome.reached)
    )


class Breaker:
    """Whether one connection is out, as far as this feed knows.

    recorded: the database knows too, so that whatever is claimed from then on is a probe.
    """

    def __init__(self) -> None:
        self.out = self.recorded = False
        self._failing: set[int] = set()  # different requests: one that is always refused is no outage

    def fault(self, item_id: int) -> bool:
        """Note a fault; True when it is the one that opens the breaker."""
        self._failing.add(item_id)
        opens = not self.out and len(self._failing) >= FAULTS_IN_A_ROW
        self.out |= opens
        return opens

    def life(self) -> None:
        if self._failing or self.out:
            self.out = self.recorded = False
            self._failing.clear()
