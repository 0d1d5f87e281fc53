"""The demo tells its story once: run again, it finds what is there."""

import dataclasses

import pytest

from migration_app.candidates.models import Candidate, Connection
from migration_app.candidates.queries import current_price
from migration_app.demo.models import ModelServer
from migration_app.demo.story import Story, incumbent_of
from migration_app.demo.weights import table
from migration_app.launch.errors import StepFailedError
from migration_app.runs.models import Run, RunState

pytestmark = pytest.mark.django_db

SERVERS = [ModelServer(row, 8101 + number, "demo-key") for number, row in enumerate(table().values())]
NAMES = [server.weights.name for server in SERVERS]


@pytest.fixture(autouse=True)
def loopback_is_open(settings):
    settings.PRIVATE_ADDRESSES = ["127.0.0.1/32"]


@pytest.fixture
def story():
    told = Story()
    told.ensure_user(new_password=False)
    told.ensure_workload()
    told.ensure_models(SERVERS)
    return told


def test_the_password_is_made_once_and_again_only_when_asked():
    name, password = Story().ensure_user(new_password=False)
    assert name == "demo"
    assert len(password) >= 16
    assert Story().ensure_user(new_password=False) == ("demo", None)
    fresh, another = Story(), None
    _, another = fresh.ensure_user(new_password=True)
    assert another not in (None, password)
    assert fresh.user.check_password(another)


def test_the_models_are_added_once_with_the_05b_as_todays_and_a_price_each(story):
    story.ensure_models(SERVERS)
    rows = Candidate.objects.all()
    assert sorted(row.label for row in rows) == sorted(NAMES)
    assert [row.label for row in rows if row.is_incumbent] == ["Qwen2.5-Coder-0.5B-Instruct"]
    assert all(current_price(row).per_hour for row in rows)


def test_a_model_that_moved_to_another_port_is_reached_there_with_its_key(story):
    moved = dataclasses.replace(SERVERS[0], port=9101)
    story.ensure_models([moved, *SERVERS[1:]])
    connection = Connection.objects.get(candidates__label=NAMES[0])
    assert connection.base_url == "http://127.0.0.1:9101/v1"
    assert connection.api_key.reveal() == "demo-key"


def test_all_the_models_share_a_machine_so_that_they_take_turns(story):
    assert len({row.lane for row in Connection.objects.all()}) == 1


def test_an_interrupted_run_goes_on_instead_of_starting_again(story):
    run = story.start_run(NAMES)
    assert story.start_run(NAMES) == run
    Run.objects.update(state=RunState.PAUSED)
    assert story.start_run(NAMES) == run
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_a_finished_run_is_found_by_whoever_asks_about_its_models_or_fewer(story):
    assert story.finished_run(NAMES) is None
    two = story.start_run(NAMES[:2])
    Run.objects.update(state=RunState.FINISHED)
    assert Story().finished_run(NAMES[:2]) == two
    assert Story().finished_run(NAMES[:1]) == two
    assert Story().finished_run(NAMES) is None


def test_a_run_that_stopped_by_itself_fails_the_step_with_its_reason(story):
    run = story.start_run(NAMES)
    Run.objects.update(state=RunState.PAUSED, state_note="The 1.5B cannot be reached.")
    with pytest.raises(StepFailedError, match=r"stopped: The 1\.5B cannot be reached\."):
        story.is_finished(run)


def test_there_is_a_bar_for_each_model_and_none_has_begun(story):
    bars = story.progress(story.start_run(NAMES))
    assert sorted(bar.name for bar in bars) == sorted(NAMES)
    assert {bar.total for bar in bars} == {story.workload.sample_count}
    assert all(bar.share == 0 for bar in bars)


def test_another_model_stands_in_for_todays_when_it_cannot_be_had():
    assert incumbent_of(NAMES) == "Qwen2.5-Coder-0.5B-Instruct"
    assert incumbent_of([NAMES[0], NAMES[2]]) == "Qwen2.5-Coder-1.5B-Instruct"
