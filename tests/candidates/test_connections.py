"""Connections: whose key goes where, and what is refused before anything is kept."""

from __future__ import annotations

import pytest
from django.db import connection as database
from pytest_django import Settings

from migration_app.accounts.models import AuditEvent, Team
from migration_app.candidates import actions
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.models import Connection
from migration_app.candidates.queries import candidates_of, connections_of, listed_models
from tests.builders import a_candidate, a_connection, a_team
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.django_db
KEY = "sk-never-to-be-shown-1234"


@pytest.fixture(autouse=True)
def loopback_is_open(settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.1"]


@pytest.fixture
def team() -> Team:
    return a_team()


def add(team: Team, base_url: str = "http://127.0.0.1:9/v1", **parts: object) -> Connection:
    values = {"name": "Ours", "vendor": "vllm", "base_url": base_url, "api_key": KEY, **parts}
    return actions.add_connection(team=team, user=None, **values)


def test_the_key_is_encrypted_at_rest_and_known_by_its_end(team: Team) -> None:
    kept = Connection.objects.get(pk=add(team).pk)
    assert kept.api_key.reveal() == KEY and kept.key_hint == "1234"
    with database.cursor() as cursor:
        cursor.execute("SELECT api_key FROM candidates_connection")
        [(stored,)] = cursor.fetchall()
    assert KEY not in stored and KEY not in repr(kept.__dict__)


def test_a_short_key_gives_nothing_of_itself_away(team: Team) -> None:
    assert add(team, api_key="short").key_hint == ""


@pytest.mark.parametrize("key", ["two\nlines", "sk–dash", "sk with space", "“quoted”"])
def test_a_key_that_no_header_can_carry_is_refused_without_repeating_it(team: Team, key: str) -> None:
    with pytest.raises(InvalidCandidateError) as refusal:
        add(team, api_key=key)
    assert refusal.value.field == "api_key" and key not in str(refusal.value)
    assert not Connection.objects.exists()


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("ftp://example.com/v1", "https://"),
        ("example.com/v1", "https://"),
        ("https://user:pass@example.com/v1", "no user name"),
        ("https://example.com/v1#top", "no user name, password or #"),
        ("https:///v1", "name a host"),
        ("http://HOST:8000/v1", "Replace HOST"),
        ("https://RESOURCE.openai.azure.com/openai/v1", "Replace RESOURCE"),
        ("http://169.254.169.254/latest", "metadata"),
    ],
)
def test_an_address_that_cannot_be_called_is_refused(team: Team, base_url: str, words: str) -> None:
    with pytest.raises(InvalidCandidateError, match=words) as refusal:
        add(team, base_url)
    assert refusal.value.field == "base_url" and not Connection.objects.exists()


def test_a_private_address_is_refused_with_what_the_operator_must_set(team: Team, settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = []
    with pytest.raises(InvalidCandidateError) as refusal:
        add(team, "http://127.0.0.1:8000/v1")
    assert "CROSSOVER_PRIVATE_ADDRESSES" in str(refusal.value) and ":8000" in str(refusal.value)


def test_two_connections_of_a_team_cannot_share_a_name(team: Team) -> None:
    add(team)
    with pytest.raises(InvalidCandidateError, match="already"):
        add(team)
    assert add(a_team("Rivals", owner="charlie")).name == "Ours"


def test_a_key_never_follows_the_address_to_another_server(team: Team) -> None:
    ours = add(team)
    same = {"user": None, "name": "Ours", "vendor": "vllm", "max_concurrency": 8}
    moved = actions.change_connection(connection=ours, base_url="http://127.0.0.1:9/v2", **same)
    assert moved.api_key.reveal() == KEY, "another path of the same server"
    moved = actions.change_connection(connection=ours, base_url="http://127.0.0.1:10/v1", **same)
    assert not Connection.objects.get(pk=moved.pk).api_key and moved.key_hint == ""


def test_archiving_forgets_the_key_and_frees_the_name(team: Team) -> None:
    ours = add(team)
    actions.add_candidate(team=team, user=None, connection=ours, label="", model="model-a")
    actions.archive_connection(connection=ours, user=None)
    kept = Connection.objects.get(pk=ours.pk)
    assert not kept.api_key and not candidates_of(team) and not connections_of(team)
    assert add(team).name == "Ours"


def test_the_trail_names_things_and_no_secret(team: Team) -> None:
    ours = add(team)
    actions.replace_key(connection=ours, user=None, api_key=KEY + "5")
    verbs = [event.verb for event in AuditEvent.objects.filter(team=team)]
    assert "added connection" in verbs and "replaced key of" in verbs
    assert not any(KEY in str(event) for event in AuditEvent.objects.all())


def test_a_model_takes_its_own_name_when_it_is_given_no_label(team: Team) -> None:
    ours = add(team)
    first = actions.add_candidate(
        team=team, user=None, connection=ours, label="", model="model-a", is_incumbent=True
    )
    assert first.label == "model-a" and first.is_incumbent
    with pytest.raises(InvalidCandidateError, match="already"):
        actions.add_candidate(team=team, user=None, connection=ours, label="model-a", model="model-b")


# ── the test of a connection, against a real server ──────────────────────────


def test_a_connection_without_models_learns_what_there_is(team: Team) -> None:
    with scripted({"model-a": {}, "model-b": {}}) as server:
        ours = a_connection(team, server.base_url)
        checks = {check["name"]: check for check in actions.test_connection(connection=ours)}
    assert checks["reaches"]["passed"] and checks["models"]["passed"] and checks["answers"]["passed"] is None
    assert "add a model" in checks["answers"]["detail"].lower()
    assert list(listed_models(Connection.objects.get(pk=ours.pk))) == ["model-a", "model-b"]
    assert Connection.objects.get(pk=ours.pk).works


def test_a_connection_with_a_model_is_tried_with_it(team: Team) -> None:
    with scripted({"model-a": {"usage": False}, "model-b": {}}) as server:
        ours = a_connection(team, server.base_url)
        a_candidate(ours, "model-a")
        checks = {check["name"]: check for check in actions.test_connection(connection=ours)}
    assert checks["answers"]["passed"] and checks["streams"]["passed"]
    assert checks["usage"]["passed"] is False and "estimates" in checks["usage"]["detail"]
    works = Connection.objects.get(pk=ours.pk).works
    assert works and ours.checked_at, "no token counts limits what is known, and breaks nothing"


def test_a_refused_key_is_told_and_never_repeated(team: Team) -> None:
    with scripted({"model-a": {}}, "--key", "sk-the-right-one") as server:
        ours = add(team, server.base_url)
        a_candidate(ours, "model-a")
        checks = actions.test_connection(connection=ours)
    assert any(check["name"] == "authorises" and check["passed"] is False for check in checks)
    assert KEY not in str(checks) and Connection.objects.get(pk=ours.pk).works is False


def test_nobody_listening_is_a_sentence_not_an_error(team: Team) -> None:
    checks = actions.test_connection(connection=a_connection(team, "http://127.0.0.1:9/v1"))
    assert checks[0]["passed"] is False and checks[0]["detail"].endswith(".")
