"""A vendor that counts no tokens: charged at the most, shown by an estimate that says so."""

from __future__ import annotations

from migration_app.comparisons.actions import compare_run
from migration_app.reports.build import freeze
from migration_app.runs.models import Attempt, Run
from migration_app.runs.token_counts import estimate_missing_usage
from migration_app.scoring.actions import score_run


def test_the_ledger_keeps_the_most_and_the_figures_the_likely(started):
    bench = started("silent", samples=4)
    bench.replay()
    before = Run.objects.get(pk=bench.run.pk).spent_nanos
    assert estimate_missing_usage(bench.run) == 4
    assert estimate_missing_usage(bench.run) == 0, "what is counted is not counted again"
    silent = Attempt.objects.filter(item__run_candidate__label="silent")
    for attempt in silent:
        assert attempt.usage_estimated and attempt.output_tokens > 0
        assert 0 < attempt.estimated_cost_nanos < attempt.cost_nanos == attempt.reserved_nanos
    assert not Attempt.objects.filter(item__run_candidate__label="good", usage_estimated=True).exists()
    assert Run.objects.get(pk=bench.run.pk).spent_nanos == before >= _billed(bench)


def _billed(bench) -> int:
    return sum(
        request["prompt_tokens"] * 1_000 + request["completion_tokens"] * 2_000 for request in bench.asked()
    )


def test_the_report_says_estimated_wherever_it_shows_the_cost(started):
    bench = started("silent", samples=40)
    bench.replay()
    estimate_missing_usage(bench.run)
    score_run(run=bench.run)
    report = freeze(compare_run(run=bench.run).data)
    good, silent = sorted(report["costs"], key=lambda row: row["position"])
    assert "(estimated)" in silent["per_1000"]["value"] and "(estimated)" in silent["output"]
    assert "estimated" not in good["per_1000"]["value"]
    assert any("(estimated)" in row["cost"] for row in report["table"]["rows"])
    assert any("sent no token counts" in statement["text"] for statement in report["statements"])
    assert any(row["estimated"] for row in report["method"]["prices"])


def test_thinking_has_a_column_of_its_own_where_a_vendor_sends_it(started, vendor):
    vendor.behave(weak={"tokens": 2, "reasoning_tokens": 4, "gap": 0.01})
    bench = started("weak", samples=40)
    bench.replay()
    score_run(run=bench.run)
    report = freeze(compare_run(run=bench.run).data)
    good, weak = sorted(report["speed"], key=lambda row: row["position"])
    assert weak["cells"][-1]["label"] == "Thinking before the answer, typical"
    assert weak["cells"][-1]["value"].endswith("s") and good["cells"][-1]["value"] == "unknown"


def test_the_run_page_says_that_the_charge_is_the_most(started):
    bench = started("silent", samples=3)
    bench.replay()
    from migration_app.runs.queries import progress

    now = progress(bench.run)
    assert [option.uncounted for option in now.options] == [0, 3] and now.spent_is_most
