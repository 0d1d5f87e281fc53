"""Short ways to ask a scorer, shared by its tests."""

from collections.abc import Callable

import pytest

from migration_app.evaluation.scorers import Answer, Expected, Score, build

Ask = Callable[..., Score]


@pytest.fixture
def ask() -> Ask:
    """ask("numeric", "about 12", "12", absolute=1) → the Score."""

    def score(name: str, text: str, *references: str, **parameters: object) -> Score:
        return build(name, **parameters)(Answer(text), Expected(references))

    return score
