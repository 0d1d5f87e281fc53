"""Connections: whose key goes where, and what is refused before anything is kept."""

from __future__ import annotations

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection as database
from pytest_django import Settings

from migration_app.accounts.ciphers import decrypt, encrypt
from migration_app.accounts.models import AuditEvent, Team
from migration_app.candidates import actions
from migration_app.candidates.addresses import as_called
from migration_app.candidates.endpoints import endpoint_of
from migration_app.candidates.errors import InvalidCandidateError
from migration_app.candidates.models import Connection
from migration_app.candidates.queries import candidates_of, connections_of, listed_models
from migration_app.workloads.models import MaskedValue
from tests.builders import a_candidate, a_connection, a_team, a_workload
from tests.servers.fixtures import scripted

pytestmark = pytest.mark.django_db
KEY = "sk-never-to-be-shown-1234"
PEM = """-----BEGIN CERTIFICATE-----
MIIBJzCBzqADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB0FjbWUgQ0Ew
IBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMBIxEDAOBgNVBAMMB0Fj
bWUgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS3RS1K8YY2+s3cmiNAQslE
3mTon1ZM0T/B38VWsCGcOrBva00ZsyE6uc1xfdjmgH/p3KK/CCUoJz9SMHYT/BkD
oxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIBhJb3bEMlLY
hFt82ja+dKs8JCFy25THnavqQcH645UCAiEAvhpYE+yo7kZI5PuP/t6pcD52Fkm+
gah838h1Orj0SaU=
-----END CERTIFICATE-----"""


@pytest.fixture(autouse=True)
def loopback_is_open(settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.1"]


@pytest.fixture
def team() -> Team:
    return a_team()


def add(team: Team, base_url: str = "http://127.0.0.1:9/v1", **parts: object) -> Connection:
    values = {"name": "Ours", "vendor": "vllm", "base_url": base_url, "api_key": KEY, **parts}
    return actions.add_connection(team=team, user=None, **values)


def test_a_host_that_only_looks_like_another_is_kept_and_shown_as_it_is_called(team: Team) -> None:
    assert add(team, "http://127\u30020.0.1:9/v1").base_url == "http://127.0.0.1:9/v1"
    assert as_called("https://\u0430pi.example.com:8443/v1?x=1") == "https://xn--pi-6kc.example.com:8443/v1?x=1"
    for plain in ("https://API.example.com/v1", "http://[::1]:8000/v1"):
        assert as_called(plain) == plain


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


SAME = {"user": None, "name": "Ours", "vendor": "vllm", "max_concurrency": 8}


@pytest.mark.parametrize(
    "moved",
    [
        {"base_url": "http://127.0.0.1:10/v1"},
        {"base_url": "http://127.0.0.1:9/v2"},
        {"base_url": "http://127.0.0.1:9/v1?to=elsewhere"},
        {"base_url": "https://127.0.0.1:9/v1"},
        {"base_url": "http://127.0.0.1:9/v1", "ca_bundle": PEM},
    ],
)
def test_whoever_moves_a_connection_has_to_know_its_key(team: Team, moved: dict[str, str]) -> None:
    """Another path of the same host too: on a gateway it leads to another tenant's program, which would
    read the key. Whoever corrects a path knows the key, or asks who does."""
    ours = add(team)
    with pytest.raises(InvalidCandidateError, match="enter the key again") as refusal:
        actions.change_connection(connection=ours, **SAME, **moved)
    assert refusal.value.field == "api_key"
    kept = Connection.objects.get(pk=ours.pk)
    assert (kept.base_url, kept.api_key.reveal()) == ("http://127.0.0.1:9/v1", KEY)
    actions.change_connection(connection=kept, **SAME, **moved, api_key="sk-of-the-other-place")
    assert Connection.objects.get(pk=ours.pk).api_key.reveal() == "sk-of-the-other-place"


def test_what_is_no_address_changes_without_the_key_and_a_new_key_replaces_it(team: Team) -> None:
    ours = add(team)
    actions.change_connection(connection=ours, base_url="http://127.0.0.1:9/v1/", **SAME | {"name": "New"})
    assert Connection.objects.get(name="New").api_key.reveal() == KEY
    actions.change_connection(connection=ours, base_url=ours.base_url, **SAME, api_key="sk-another-5678")
    kept = Connection.objects.get(name="Ours")
    assert (kept.api_key.reveal(), kept.key_hint) == ("sk-another-5678", "5678")


def test_another_api_version_of_the_same_address_keeps_the_key_and_wants_a_new_test(team: Team) -> None:
    place = {"vendor": "azure", "base_url": "https://1.1.1.1", "max_concurrency": 8, "name": "Ours"}
    ours = actions.add_connection(team=team, user=None, **place, api_version="2024-10-21", api_key=KEY)
    ours.checks = [{"name": "answers", "label": "", "passed": True, "detail": ""}]
    ours.save()
    actions.change_connection(connection=ours, user=None, **place, api_version="2025-01-01-preview")
    kept = Connection.objects.get(pk=ours.pk)
    assert (kept.api_version, kept.api_key.reveal(), kept.checks) == ("2025-01-01-preview", KEY, [])


def test_a_server_without_a_key_moves_freely(team: Team) -> None:
    ours = add(team, api_key="")
    moved = actions.change_connection(connection=ours, base_url="http://127.0.0.1:10/v1", **SAME)
    assert moved.base_url.endswith(":10/v1")


# ── vendors that ask for more than a key ─────────────────────────────────────

AWS = {"access_key_id": "AKIAEXAMPLEKEY", "secret_access_key": "aws-never-shown-abcd", "session_token": ""}


def test_amazon_needs_a_region_and_two_keys_and_its_address_follows_from_the_region(team: Team) -> None:
    ours = add(team, "", vendor="bedrock", api_key="", region="eu-central-1", **AWS)
    kept = Connection.objects.get(pk=ours.pk)
    assert kept.base_url == "https://bedrock-runtime.eu-central-1.amazonaws.com" and kept.auth == "aws"
    assert kept.credentials.reveal_parts() == {name: value for name, value in AWS.items() if value}
    assert kept.credential_hints == {"access_key_id": "EKEY", "secret_access_key": "abcd"}
    there = endpoint_of(kept, model="m")
    assert there.region == "eu-central-1" and AWS["secret_access_key"] in there.secrets
    assert AWS["secret_access_key"] not in repr(there) and AWS["secret_access_key"] not in repr(vars(kept))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"region": ""}, "region"),
        ({"region": "eu.evil.example/#"}, "region"),
        ({"region": "a b"}, "region"),
        ({"secret_access_key": ""}, "secret_access_key"),
        ({"access_key_id": "two\nlines"}, "access_key_id"),
        ({"session_token": "–"}, "session_token"),
        ({"auth": "entra"}, "auth"),
        ({"ca_bundle": "/etc/passwd"}, "ca_bundle"),
        ({"ca_bundle": "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----"}, "ca_bundle"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(team: Team, more: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidCandidateError) as refusal:
        add(team, "", **{"vendor": "bedrock", "api_key": "", "region": "eu-central-1", **AWS, **more})
    assert refusal.value.field == field and not Connection.objects.exists()


def test_entra_needs_its_three_and_its_sign_in_service_obeys_the_rule_on_addresses(team: Team) -> None:
    entra = {"vendor": "azure", "auth": "entra", "api_key": "", "tenant_id": "t", "client_id": "c"}
    with pytest.raises(InvalidCandidateError) as missing:
        add(team, **entra)
    assert missing.value.field == "client_secret"
    with pytest.raises(InvalidCandidateError, match="metadata") as forbidden:
        add(team, **entra, client_secret="s-e-c-r-e-t", token_url="http://169.254.169.254/token")
    assert forbidden.value.field == "token_url"
    ours = add(team, **entra, client_secret="entra-never-shown")
    assert endpoint_of(ours).credential("client_secret") == "entra-never-shown"
    changed = {**SAME, "vendor": "azure", "base_url": ours.base_url, "tenant_id": "t", "client_id": "c"}
    with pytest.raises(InvalidCandidateError, match="enter the key again"):
        actions.change_connection(connection=ours, **changed, auth="entra", token_url="http://127.0.0.1:7/t")


def test_a_service_account_is_the_whole_file(team: Team) -> None:
    google = {"vendor": "vertex", "api_key": "", "region": "global", "project": "p-1"}
    with pytest.raises(InvalidCandidateError, match="whole file") as refusal:
        add(team, "", **google, service_account='{"type": "service_account"}')
    assert refusal.value.field == "service_account"
    account = '{"client_email": "a@b", "private_key": "never-shown"}'
    ours = add(team, "", **google, service_account=account)
    assert ours.base_url == "https://aiplatform.googleapis.com" and ours.credential_hints == {
        "service_account": ""
    }


# ── keys that encrypt the keys ───────────────────────────────────────────────


def test_secrets_move_to_a_new_key_and_the_old_one_can_go(team: Team, settings: Settings) -> None:
    old, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    add(team)
    add(team, "", name="Amazon", vendor="bedrock", api_key="", region="eu-central-1", **AWS)
    add(team, name="No key", api_key="")
    masked = {"workload": a_workload(team, 1), "kind": "email", "fingerprint": "f" * 32}
    value = MaskedValue.objects.create(number=1, token=encrypt("ann@example.com"), **masked)
    settings.FIELD_KEYS = [new, old]
    out = StringIO()
    call_command("rotate_secrets", stdout=out)
    assert "2 connections and 1 masked" in out.getvalue()
    settings.FIELD_KEYS = [new]
    assert Connection.objects.get(name="Ours").api_key.reveal() == KEY
    value.refresh_from_db()
    assert decrypt(value.token) == "ann@example.com"
    assert (
        Connection.objects.get(name="Amazon").credentials.reveal_parts()["access_key_id"] == "AKIAEXAMPLEKEY"
    )


def test_secrets_that_no_key_opens_are_named_and_the_others_moved(team: Team, settings: Settings) -> None:
    add(team, name="Lost")
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    add(team)
    settings.FIELD_KEYS = [new, old]
    with pytest.raises(CommandError, match=r"Lost \(Acme\)"):
        call_command("rotate_secrets", stdout=StringIO())
    settings.FIELD_KEYS = [new]
    assert Connection.objects.get(name="Ours").api_key.reveal() == KEY


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
