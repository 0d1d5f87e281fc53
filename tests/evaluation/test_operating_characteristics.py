"""How often the verdict errs, and how often it decides: 2,000 simulated assessments each.

A rate that may be at most 5% fails here when so high a count would turn up in fewer than 1 of
100 such simulations at a true 5%. Seeds are fixed.
"""

import numpy as np
import pytest
from scipy.special import gammaln, ndtri, xlogy
from scipy.stats import binom, ttest_1samp

from migration_app.evaluation.clustered import ClusterSums, cluster_sums
from migration_app.evaluation.statistics import tango_p_value
from migration_app.evaluation.verdicts import Plan, VerdictKind, decide

from .builders import paired

pytestmark = pytest.mark.verification

ASSESSMENTS = 2_000
SWITCH, KEEP, UNSURE = VerdictKind.SWITCH, VerdictKind.KEEP, VerdictKind.NOT_ENOUGH_EVIDENCE


def at_most_5_percent(happened):
    return binom.sf(sum(happened) - 1, len(happened), 0.05) > 0.01


def kinds(draw, plan=None):
    """The kinds of verdict on 2,000 draws of one candidate."""
    return [decide({"it": draw()}, plan or Plan())["it"].kind for _ in range(ASSESSMENTS)]


def share(found, kind):
    return found.count(kind) / len(found)


def right_or_wrong(rng, n, difference, discordance, **more):
    """Pairs that differ with probability `discordance`, in the mean by `difference`."""
    draws, worse = rng.random(n), (discordance - difference) / 2
    candidate, baseline = draws >= worse, (draws < worse) | (draws >= discordance)
    return paired(baseline, candidate, **more)


def test_three_candidates_at_the_margin_seldom_bring_any_false_switch():
    rng = np.random.default_rng(1)

    def any_switch():
        pairs = {str(k): right_or_wrong(rng, 200, -0.05, 0.2) for k in range(3)}
        return any(found.kind is SWITCH for found in decide(pairs, Plan()).values())

    assert at_most_5_percent([any_switch() for _ in range(ASSESSMENTS)])


@pytest.mark.parametrize("n", [30, 100, 400])
def test_rare_failures_do_not_slip_through(n):
    rng = np.random.default_rng(n)
    found = kinds(lambda: right_or_wrong(rng, n, -0.05, 0.05))
    assert at_most_5_percent([kind is SWITCH for kind in found])


@pytest.mark.parametrize("n", [30, 100, 200])
def test_rare_failures_among_graded_scores_do_not_slip_through(n):
    rng = np.random.default_rng(n)

    def draw():
        baseline = rng.uniform(0.8, 1.0, n)
        return paired(baseline, np.where(rng.random(n) < 0.05 / 0.9, 0.0, baseline))

    assert at_most_5_percent([kind is SWITCH for kind in kinds(draw)])


def test_a_plain_paired_t_would_have_let_them_through():
    rng = np.random.default_rng(4)
    graded = rng.uniform(-0.01, 0.01, (ASSESSMENTS, 30)) - (rng.random((ASSESSMENTS, 30)) < 0.05)
    assert np.mean(ttest_1samp(graded, -0.05, axis=1, alternative="greater").pvalue <= 0.05) > 0.15


def test_one_critical_category_at_its_margin_seldom_passes():
    rng, plan = np.random.default_rng(5), Plan(critical_categories=frozenset({"critical"}))
    names = np.array(["critical"] * 100 + ["other"] * 400)

    def draw():
        critical = right_or_wrong(rng, 100, -0.10, 0.2)
        other = right_or_wrong(rng, 400, 0.05, 0.15)
        scores = zip((critical.baseline, critical.candidate), (other.baseline, other.candidate), strict=True)
        return paired(*(np.concatenate(both) for both in scores), categories=names)

    assert at_most_5_percent([kind is SWITCH for kind in kinds(draw, plan)])


def test_no_condition_is_named_falsely_when_every_category_is_at_its_margin():
    rng, names = np.random.default_rng(6), np.repeat(["a", "b", "c"], 60)

    def any_condition():
        pairs = {str(k): right_or_wrong(rng, 180, -0.10, 0.2, categories=names) for k in range(2)}
        return any(found.proven_categories for found in decide(pairs, Plan()).values())

    assert at_most_5_percent([any_condition() for _ in range(ASSESSMENTS)])


def whole_clusters(rng, count, size):
    """Conversations that fail as a whole, 5% of them."""
    failed = np.repeat(rng.random(count) < 0.05, size)
    return paired(np.ones(count * size), ~failed, clusters=np.repeat(np.arange(count), size))


@pytest.mark.parametrize(("count", "size"), [(10, 10), (60, 5), (100, 10)])
def test_conversations_that_fail_as_a_whole_do_not_slip_through(count, size):
    rng = np.random.default_rng(count)
    assert at_most_5_percent([kind is SWITCH for kind in kinds(lambda: whole_clusters(rng, count, size))])


def test_clusters_of_uneven_size_do_not_slip_through():
    rng = np.random.default_rng(7)
    sizes = rng.geometric(0.2, 120)
    clusters = np.repeat(np.arange(120), sizes)

    def draw():
        effect = np.repeat(rng.normal(-0.05, 0.15, 120), sizes)
        return paired(np.full(clusters.size, 0.6), np.clip(0.6 + effect, 0.0, 1.0), clusters=clusters)

    assert at_most_5_percent([kind is SWITCH for kind in kinds(draw)])


def test_a_pseudo_sample_of_one_would_have_let_failing_conversations_through():
    rng = np.random.default_rng(8)

    def passes():
        pairs = whole_clusters(rng, 10, 10)
        groups = cluster_sums(pairs.candidate - pairs.baseline, pairs.clusters)
        one = ClusterSums(np.append(groups.sums, -1.0), np.append(groups.sizes, 1.0)).estimate()
        return (one.mean + 0.05) / one.standard_error > 1.812  # t₀.₉₅ on 10 degrees of freedom

    assert np.mean([passes() for _ in range(ASSESSMENTS)]) > 0.5


@pytest.mark.parametrize("discordance", [0.05, 0.3])
def test_equal_quality_on_1000_samples_is_a_switch(discordance):
    rng = np.random.default_rng(9)
    assert share(kinds(lambda: right_or_wrong(rng, 1000, 0.0, discordance)), SWITCH) >= 0.8


def test_equal_graded_quality_on_1000_samples_in_200_conversations_is_a_switch():
    rng, clusters = np.random.default_rng(10), np.repeat(np.arange(200), 5)

    def draw():
        shared = np.repeat(rng.normal(0, 0.1, 200), 5)
        baseline = rng.uniform(0.4, 0.6, 1000)
        candidate = np.clip(baseline + shared + rng.normal(0, 0.1, 1000), 0, 1)
        return paired(baseline, candidate, clusters=clusters)

    assert share(kinds(draw), SWITCH) >= 0.8


def test_15_points_less_on_400_samples_is_keep():
    rng = np.random.default_rng(11)
    assert share(kinds(lambda: right_or_wrong(rng, 400, -0.15, 0.35)), KEEP) >= 0.95


def test_a_candidate_at_the_margin_is_seldom_called_inferior():
    rng = np.random.default_rng(12)
    found = kinds(lambda: right_or_wrong(rng, 200, -0.05, 0.2))
    assert at_most_5_percent([kind is KEEP for kind in found])


@pytest.mark.parametrize("difference", [-0.5, 0.5])
def test_24_samples_are_never_enough(difference):
    rng = np.random.default_rng(13)
    assert set(kinds(lambda: right_or_wrong(rng, 24, difference, 0.6))) == {UNSURE}


def tango_size(n, wins, alpha):
    """Exact chance that Tango's test passes a candidate at −0.05 which wins a share `wins`."""
    better, worse = np.meshgrid(np.arange(n + 1), np.arange(n + 1))
    better, worse = better[better + worse <= n], worse[better + worse <= n]
    same = n - better - worse
    log_chance = gammaln(n + 1) - gammaln(better + 1) - gammaln(worse + 1) - gammaln(same + 1)
    log_chance += xlogy(better, wins) + xlogy(worse, wins + 0.05) + xlogy(same, 0.95 - 2 * wins)
    b = -0.05 * (2 * n - better + worse) - better - worse
    q = (np.sqrt(np.maximum(0.0, b * b - 8 * n * 0.0525 * worse)) - b) / (4 * n)
    score = (better - worse + 0.05 * n) / np.sqrt(n * (2 * q - 0.0525))
    return float(np.exp(log_chance)[score >= ndtri(1 - alpha)].sum())


@pytest.mark.parametrize("alpha", [0.05, 0.025])
def test_tangos_exact_size_stays_near_the_stated_rate(alpha):
    """The test is asymptotic. Its worst place is published, not hidden: 6.9% at 52 samples with
    no win ever, where the first clean sheet passes (0.95⁵² = 6.9%)."""
    shares = (0.0, 0.005, 0.02, 0.05, 0.1, 0.2)
    sizes = {(n, wins): tango_size(n, wins, alpha) for n in (30, 52, 60, 100, 200, 400) for wins in shares}
    worst = max(sizes, key=sizes.get)
    assert sizes[worst] < 1.4 * alpha
    assert np.mean(list(sizes.values())) < alpha
    if alpha == 0.05:
        assert worst == (52, 0.0)
        assert sizes[worst] == pytest.approx(0.95**52)
        assert tango_p_value(0, 0, 52, 0.05) <= alpha
