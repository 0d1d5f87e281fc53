"""The stored latencies are those of the wire, whatever the database does meanwhile."""

from __future__ import annotations

import statistics

import pytest

from migration_app.runs.models import Attempt
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.accuracy

STREAMS = 32


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def test_stored_latencies_match_the_servers_own_log_at_32_streams(started, capsys):
    manner = {"tokens": 40, "first_token": 0.2, "gap": 0.005, "spread": 0.2}
    with scripted({"good": manner, "weak": manner}) as server:
        bench = started("weak", samples=200, concurrency=STREAMS)
        bench.run.candidates.first().connection.__class__.objects.update(base_url=server.base_url)
        bench.replay()
        served = {request["headers"]["idempotency-key"]: request for request in server.log()["requests"]}
        assert server.log()["most_in_flight"] == STREAMS
    first, total = [], []
    for attempt in Attempt.objects.filter(item__run=bench.run):
        truth = served[f"crossover-{attempt.item_id}-{attempt.number}"]
        first.append(abs(attempt.ttft - (truth["first_token_sent"] - truth["received"])) * 1000)
        total.append(abs(attempt.total - (truth["last_byte_sent"] - truth["received"])) * 1000)
    assert len(first) == 400
    figures = [
        statistics.median(first),
        quantile(first, 0.99),
        statistics.median(total),
        quantile(total, 0.99),
    ]
    with capsys.disabled():
        print("\nTTFT error median {:.2f}, p99 {:.2f} ms; total {:.2f}, {:.2f} ms".format(*figures))
    assert figures[0] <= 2 and figures[2] <= 2
    assert figures[1] <= 15 and figures[3] <= 15
