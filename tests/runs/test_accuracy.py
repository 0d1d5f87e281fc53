"""The stored latencies are those of the wire, whatever the database does meanwhile.

A miss while the machine itself woke processes late is measured again: see
`tests/services/timers.py`.
"""

from __future__ import annotations

import pytest

from migration_app.candidates.models import Connection
from migration_app.runs.models import Attempt
from tests.servers.fixtures import ScriptedServer, scripted
from tests.services.timers import hold_to

pytestmark = pytest.mark.accuracy

STREAMS = 32
MANNER = {"tokens": 40, "first_token": 0.2, "gap": 0.005, "spread": 0.2}
BAR = (2.0, 15.0)  # milliseconds, median and p99


def test_stored_latencies_match_the_servers_own_log_at_32_streams(started, capsys):
    with scripted({"good": MANNER, "weak": MANNER}) as server, capsys.disabled():
        print()
        hold_to(BAR, lambda: errors_of_a_run(started, server))


def errors_of_a_run(started, server: ScriptedServer) -> dict[str, list[float]]:
    """Absolute errors in milliseconds, by what was measured."""
    server.reset()
    bench = started("weak", samples=200, concurrency=STREAMS)
    Connection.objects.update(base_url=server.base_url)
    bench.replay()
    served = {request["headers"]["idempotency-key"]: request for request in server.log()["requests"]}
    assert server.log()["most_in_flight"] == STREAMS
    first, total = [], []
    for attempt in Attempt.objects.filter(item__run=bench.run):
        truth = served[f"crossover-{attempt.item_id}-{attempt.number}"]
        first.append(abs(attempt.ttft - (truth["first_token_sent"] - truth["received"])) * 1000)
        total.append(abs(attempt.total - (truth["last_byte_sent"] - truth["received"])) * 1000)
    assert len(first) == 400
    return {"TTFT error": first, "total error": total}
