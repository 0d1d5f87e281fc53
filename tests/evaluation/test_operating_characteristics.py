"""How often the verdict errs, and how often it decides: up to 2,000 simulated assessments each.

The scenarios are those of `bench.simulated`, which `make bench-verdict` runs ten times as long. A
rate that may be at most 5% fails here when so high a count would turn up in fewer than 1 of 100
simulations of 2,000 at a true 5%. Most rates lie far below their bar, which a few hundred assessments
show: a simulation ends where Wald's sequential test tells a rate at its bar from one 1.4 times as high.
Of verdicts that err in 7% of assessments it lets at most one in a hundred more through than all 2,000
would. Seeds are fixed.
"""

from math import inf, log

import numpy as np
import pytest
from scipy.special import gammaln, xlogy
from scipy.stats import binom, ttest_1samp

from bench.simulated import SCENARIOS, Scenario, peeking
from migration_app.evaluation.clustered import ClusterSums, cluster_sums
from migration_app.evaluation.exact import exact_p_value
from migration_app.evaluation.tango import tango_p_value
from migration_app.evaluation.verdicts import Plan, VerdictKind, decide

from .builders import counted

pytestmark = pytest.mark.verification

ASSESSMENTS, MOST_LET_THROUGH = 2_000, 0.01


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[scenario.name for scenario in SCENARIOS])
def test_the_verdict_keeps_what_it_promises(scenario):
    misses, drawn = simulated(scenario)
    if drawn < ASSESSMENTS:
        return  # far below its bar
    if scenario.at_least:
        assert misses <= (1 - scenario.bar) * ASSESSMENTS
    else:
        assert binom.sf(misses - 1, ASSESSMENTS, scenario.bar) > 0.01


def simulated(scenario):
    """How often it missed what it promises, in how many assessments: fewer than all where that is plain.

    Wald (1945): to stop when the ratio of the two likelihoods falls below b lets a rate at the higher
    of them through with a probability of at most b.
    """
    rng, misses, ratio = np.random.default_rng(1), 0, 0.0
    bar = 1 - scenario.bar if scenario.at_least else scenario.bar
    higher = max(1.4 * bar, 0.01)
    hit, clean = log(higher / bar) if bar else inf, log((1 - higher) / (1 - bar))
    for drawn in range(1, ASSESSMENTS + 1):
        missed = scenario.draw(rng) != scenario.at_least
        misses, ratio = misses + missed, ratio + (hit if missed else clean)
        if ratio < log(MOST_LET_THROUGH):
            return misses, drawn
    return misses, ASSESSMENTS


def test_looks_without_spending_would_let_through_three_times_as_many():
    assert Scenario("peeking", peeking).share(300) > 0.12


def test_a_plain_paired_t_would_have_let_rare_failures_through():
    rng = np.random.default_rng(4)
    graded = rng.uniform(-0.01, 0.01, (ASSESSMENTS, 30)) - (rng.random((ASSESSMENTS, 30)) < 0.05)
    assert np.mean(ttest_1samp(graded, -0.05, axis=1, alternative="greater").pvalue <= 0.05) > 0.15


def test_a_pseudo_sample_of_one_would_have_let_failing_conversations_through():
    rng = np.random.default_rng(8)

    def passes():
        failed = np.repeat(rng.random(10) < 0.05, 10)
        groups = cluster_sums(-failed.astype(float), np.repeat(np.arange(10), 10))
        one = ClusterSums(np.append(groups.sums, -1.0), np.append(groups.sizes, 1.0)).estimate()
        return (one.mean + 0.05) / one.standard_error > 1.812  # t₀.₉₅ on 10 degrees of freedom

    assert np.mean([passes() for _ in range(ASSESSMENTS)]) > 0.5


# The exact size of the test of right-or-wrong scores


def passing_losses(n, wins, alpha, p_value):
    """The most losses with which `wins` of n pairs still pass; −1 where not even a clean one does."""
    low, high = -1, n - wins + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if p_value(wins, middle, n, 0.05) <= alpha else (low, middle)
    return low


def size(n, share, alpha, p_value):
    """Exact chance that a candidate at −0.05 passes, which wins a `share` of the pairs."""
    total = 0.0
    for wins in range(n + 1):
        log_chance = gammaln(n + 1) - gammaln(wins + 1) - gammaln(n - wins + 1)
        chance = np.exp(log_chance + xlogy(wins, share) + xlogy(n - wins, 1 - share))
        if chance > 1e-9:
            most = passing_losses(n, wins, alpha, p_value)
            total += chance * (binom.cdf(most, n - wins, (share + 0.05) / (1 - share)) if most >= 0 else 0)
    return total


def as_the_product_does(better, worse, n, margin):
    tango = tango_p_value(better, worse, n, margin)
    return tango if not better and not worse else max(tango, exact_p_value(better, worse, n, margin))


SHARES = (0.0, 0.005, 0.02, 0.1, 0.2)


@pytest.mark.parametrize("n", [30, 59, 88, 100, 150, 250])
@pytest.mark.parametrize("alpha", [0.05, 0.025])
def test_its_exact_size_is_at_most_the_stated_rate(n, alpha):
    assert max(size(n, share, alpha, as_the_product_does) for share in SHARES) <= alpha + 1e-6


@pytest.mark.parametrize("n", [52, 55, 58])
def test_its_one_exception_is_the_clean_sheet_of_52_to_58_samples(n):
    """There a clean sheet passes by Tango's score, as the plan promises. A candidate that wins one pair
    in a hundred seldom has one."""
    assert size(n, 0.0, 0.05, as_the_product_does) == pytest.approx(0.95**n)
    assert max(size(n, share, 0.05, as_the_product_does) for share in (0.01, *SHARES[2:])) <= 0.05


def test_the_exception_is_that_of_the_whole_workload_alone():
    clean = counted(25, categories=["critical"] * 25)
    plan = Plan(critical_categories=frozenset({"critical"}), minimum_samples=20)
    (critical,) = decide({"it": clean}, plan)["it"].categories
    assert critical.p_noninferior == pytest.approx(0.9**25)
    assert tango_p_value(0, 0, 25, 0.10) <= 0.05 < critical.p_noninferior
    assert decide({"it": clean}, plan)["it"].kind is VerdictKind.NOT_ENOUGH_EVIDENCE


def test_tango_alone_would_pass_too_many_where_the_candidate_never_wins():
    assert size(150, 0.0, 0.05, tango_p_value) > 0.053
