"""People and what they own, for the tests of the pages."""

from pathlib import Path
from typing import Any

import pytest

from migration_app.candidates.models import Candidate
from migration_app.runs.models import Assessment
from tests.builders import a_candidate, a_connection, a_question, a_workload
from tests.web.people import People, the_people


@pytest.fixture
def people(db: None, settings: Any, tmp_path: Path) -> People:
    """With a folder of their own for what their pages write."""
    settings.MEDIA_ROOT = tmp_path
    return the_people()


@pytest.fixture
def models(people: People) -> list[Candidate]:
    """Today's model and two others of Alice's team, behind one connection."""
    connection = a_connection(people.team, "http://127.0.0.1:9/v1")
    today = a_candidate(connection, "model-a", label="Today", is_incumbent=True)
    return [
        today,
        a_candidate(connection, "model-b", label="Bigger"),
        a_candidate(connection, "model-c", label="Smaller"),
    ]


@pytest.fixture
def draft(people: People, models: list[Candidate]) -> Assessment:
    workload = a_workload(people.team, 12)
    workload.profile = {"categories": {"routing": 6, "sentiment": 6}}
    workload.save()
    return a_question(people.team, workload, *models)
