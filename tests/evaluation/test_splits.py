"""The best split of the traffic, judged on samples it did not see."""

import numpy as np
import pytest

from migration_app.evaluation.judging import JudgeEvidence, swap_consistency
from migration_app.evaluation.plan import Plan
from migration_app.evaluation.splits import Choices, dealt, recommend

EACH = 200
NAMES = np.array(["chat"] * EACH + ["legal"] * EACH, dtype=object)


def choices(**more):
    """`cheap` is as good in chat and bad in legal; `middling` holds both and costs more."""
    n = 2 * EACH
    cheap = np.ones(n)
    cheap[EACH:] = np.arange(EACH) % 2
    given = {
        "baseline": np.ones(n),
        "baseline_costs": np.full(n, 10.0),
        "scores": {"cheap": cheap, "middling": np.ones(n)},
        "costs": {"cheap": np.full(n, 1.0), "middling": np.full(n, 8.0)},
        "categories": NAMES,
        "clusters": np.arange(n),
    }
    return Choices(**(given | more))


def split(found=None, *, allowed=("cheap", "middling"), seed=1, plan=None):
    return recommend(found or choices(), plan or Plan(), allowed=allowed, volumes={"": 1000}, seed=seed)


def test_each_category_goes_to_the_cheapest_that_holds_there():
    found = split()
    assert found.assignment == {"chat": "cheap", "legal": "middling"}
    assert found.proven
    assert (found.chosen_on, found.judged_on) == (EACH, EACH)
    assert found.finding.n == EACH  # judged on the second half alone


def test_its_saving_is_that_of_the_judging_half():
    found = split()
    share = np.count_nonzero(NAMES[~dealt(np.arange(2 * EACH), 1)] == "chat") / EACH
    assert found.saving.amount == pytest.approx(1000 * (share * 9 + (1 - share) * 2))


def test_a_category_in_which_todays_model_never_answered_stays_with_it():
    silent = NAMES == "legal"
    today = np.where(silent, 0.0, 1.0)
    assert split(choices(baseline=today)) is None  # wrong is not silent: the cheapest is best for both
    assert split(choices(baseline=today, silent=silent)).assignment == {"chat": "cheap", "legal": None}


def test_an_option_that_breaks_a_rule_gets_nothing():
    assert split(allowed=["cheap"]).assignment == {"chat": "cheap", "legal": None}
    assert split(allowed=[]) is None


def test_no_split_where_one_option_is_best_for_all_or_there_is_nothing_to_split():
    assert split(allowed=["middling"]) is None
    assert split(choices(categories=np.array(["chat"] * 2 * EACH, dtype=object))) is None


def test_an_unknown_cost_is_never_chosen():
    unknown = np.full(2 * EACH, np.nan)
    costs = {"cheap": unknown, "middling": np.full(2 * EACH, 8.0)}
    assert split(choices(costs=costs)) is None
    assert split(choices(baseline_costs=unknown)) is None


def test_the_halves_are_whole_clusters_and_follow_the_seed():
    clusters = np.repeat(np.arange(100), 4)
    first = dealt(clusters, 7)
    assert np.array_equal(first, dealt(clusters, 7))
    assert not np.array_equal(first, dealt(clusters, 8))
    assert np.count_nonzero(first) == 200
    assert all(len(set(first[clusters == one])) == 1 for one in range(100))


def test_a_choice_that_only_looked_good_is_not_proven():
    """Legal is at −20 points in truth but clean in the choosing half."""
    first = dealt(np.arange(2 * EACH), 1)
    lucky = np.ones(2 * EACH)
    lucky[~first & (NAMES == "legal") & (np.arange(2 * EACH) % 3 == 0)] = 0
    scores = {"lucky": lucky, "middling": np.ones(2 * EACH)}
    costs = {"lucky": np.where(NAMES == "chat", 9.0, 1.0), "middling": np.full(2 * EACH, 8.0)}
    found = split(choices(scores=scores, costs=costs), allowed=("lucky", "middling"))
    assert found.assignment == {"chat": "middling", "legal": "lucky"}
    assert not found.proven
    assert found.finding.difference < -0.1


JUDGES = {"cheap": JudgeEvidence(labels=150), "middling": JudgeEvidence(labels=150)}


def words(truth, labels=300, seed=3):
    """What people say of each option's difference, of the same random requests."""
    asked = np.random.default_rng(seed).permutation(2 * EACH)[:labels]
    said = {name: np.full(2 * EACH, np.nan) for name in truth}
    for name, differences in truth.items():
        said[name][asked] = differences[asked]
    return said


def test_a_judge_that_nobody_reviewed_proves_no_split():
    assert split().proven
    assert not split(choices(judges=JUDGES)).proven


def test_people_who_agree_with_the_judge_prove_it():
    found = split(choices(judges=JUDGES, human=words({"cheap": choices().scores["cheap"] - 1,
                                                      "middling": np.zeros(2 * EACH)})))  # fmt: skip
    assert (found.proven, found.finding.method) == (True, "ppi")


def test_a_judge_that_is_too_kind_proves_no_split_however_much_was_reviewed():
    """The judge sees no difference in chat; people see every fourth answer get worse."""
    chat = np.where(NAMES == "chat", np.where(np.arange(2 * EACH) % 4 == 0, -1.0, 0.0), 0.0)
    found = split(choices(judges=JUDGES, human=words({"cheap": chat, "middling": np.zeros(2 * EACH)})))
    assert (found.assignment["chat"], found.finding.method) == ("cheap", "ppi")
    assert not found.proven
    assert found.finding.difference < -0.08


def test_an_option_that_nobody_reviewed_keeps_the_split_unproven():
    found = split(choices(judges=JUDGES, human=words({"cheap": np.zeros(2 * EACH)})))
    assert found.assignment == {"chat": "cheap", "legal": "middling"}
    assert not found.proven


def test_a_judge_that_contradicts_itself_proves_no_split():
    coin = JudgeEvidence(swap_consistency([("first", "first")] * 40), labels=150)
    people = words({"cheap": np.zeros(2 * EACH), "middling": np.zeros(2 * EACH)})
    assert not split(choices(judges=JUDGES | {"middling": coin}, human=people)).proven
