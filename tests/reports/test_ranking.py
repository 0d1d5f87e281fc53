"""The reader's weights: the order follows, the figures do not."""

from __future__ import annotations

import re

import pytest

from migration_app.reports.build import freeze
from migration_app.reports.ranking import ranked, weights_from

from .factories import baseline, candidate, comparison_data


@pytest.fixture
def frozen() -> dict:
    data = comparison_data(
        baseline(),
        candidate(1, "Lumen 70B", "switch", -0.005, cost="3.00", median=1.0),
        candidate(2, "Borealis Pro", "switch", 0.03, cost="7.00", median=2.5),
        candidate(3, "Wren 8B", "keep", -0.15, cost="0.50", median=0.4),
        candidate(4, "Fog", "switch", 0.0, cost=None, price=None, median=0.5),
    )
    return freeze(data)["ranking"]


def labels(rows: list[dict]) -> list[str]:
    return [row["label"] for row in rows]


def test_options_that_may_not_be_chosen_stand_apart_whatever_the_weights_say(frozen: dict) -> None:
    for weights in ({"quality": 0, "cost": 100, "speed": 0}, {"quality": 100, "cost": 0, "speed": 0}):
        found = ranked(frozen, weights)
        assert labels(found["others"]) == ["Wren 8B"]
        assert "Wren 8B" not in labels(found["passing"])
    assert found["others"][0]["why_not"] == "too low"


def test_the_weights_set_the_order(frozen: dict) -> None:
    assert labels(ranked(frozen, {"quality": 100, "cost": 0, "speed": 0})["passing"])[0] == "Borealis Pro"
    assert labels(ranked(frozen, {"quality": 10, "cost": 80, "speed": 10})["passing"])[0] == "Lumen 70B"


def test_the_sentence_says_what_would_change_the_first_place(frozen: dict) -> None:
    sentence = ranked(frozen, {"quality": 50, "cost": 30, "speed": 20})["sentence"]
    assert sentence.startswith("Lumen 70B stays first unless ")
    assert sentence.endswith("%.")


def test_the_sentence_keeps_its_word_at_every_place_of_every_slider(frozen: dict) -> None:
    """Lumen is first from some share of cost on: at each whole per cent the page agrees with its sentence."""
    weights = {"quality": 50, "cost": 30, "speed": 20}
    sentence = ranked(frozen, weights)["sentence"]
    name, how, share = re.fullmatch(r".* unless (\w+) weighs (over|under) (\d+)%\.", sentence).groups()
    rest = {other: value for other, value in weights.items() if other != name}
    for percent in range(1, 100):
        moved = {other: value / sum(rest.values()) * (100 - percent) for other, value in rest.items()}
        first = labels(ranked(frozen, moved | {name: percent})["passing"])[0]
        if (how == "over" and percent <= int(share)) or (how == "under" and percent >= int(share)):
            assert first == "Lumen 70B"
        if abs(percent - int(share)) > 1 and (percent > int(share)) == (how == "over"):
            assert first != "Lumen 70B"


def test_a_candidate_of_unknown_cost_is_first_only_while_cost_weighs_nothing(frozen: dict) -> None:
    """Fog is fastest and as good as today; its cost is unknown."""
    panel = ranked(frozen, {"quality": 30, "cost": 0, "speed": 70})
    assert labels(panel["passing"])[0] == "Fog"
    assert panel["sentence"] == "Fog stays first unless cost weighs over 0%."
    assert labels(ranked(frozen, {"quality": 30, "cost": 1, "speed": 70})["passing"])[0] != "Fog"


def test_an_unknown_cost_has_no_score_and_is_last_in_its_group(frozen: dict) -> None:
    passing = ranked(frozen, {"quality": 50, "cost": 30, "speed": 20})["passing"]
    assert (passing[-1]["label"], passing[-1]["score"], passing[-1]["width"]) == ("Fog", "–", None)


def test_without_a_candidate_that_may_be_chosen_todays_model_stays() -> None:
    frozen = freeze(comparison_data(baseline(), candidate(1, "Wren", "keep", -0.2)))["ranking"]
    assert "only option" in ranked(frozen, {"quality": 1, "cost": 1, "speed": 1})["sentence"]


@pytest.mark.parametrize("given", [{}, {"quality": "x", "cost": "", "speed": "1e9"}])
def test_weights_that_make_no_sense_are_the_reports_own(frozen: dict, given: dict) -> None:
    assert weights_from(given, frozen) == {"quality": 50, "cost": 30, "speed": 20}
    assert weights_from({"quality": "-5", "cost": "400"}, frozen) == {"quality": 0, "cost": 100, "speed": 20}
