"""`make serve` brings the whole product up, and takes all of it down again."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from migration_app.launch.identity import identity
from migration_app.launch.ports import any_free
from tests.faults.places import make_tables

pytestmark = pytest.mark.faults
ROOT = Path(__file__).parents[2]
WITHIN = 900.0  # seconds; an idle machine needs about ten, a busy one some minutes


@pytest.fixture
def installed(tmp_path, django_db_blocker):
    """The folder of an installation whose tables are there."""
    with django_db_blocker.unblock():
        make_tables(f"sqlite:///{tmp_path / 'crossover.sqlite3'}")
    return tmp_path


@contextmanager
def product(folder: Path):
    """The running product, its port, and the process numbers of its children by name."""
    port = any_free()
    names = ("DATABASE_URL", "REDIS_URL")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    launcher = subprocess.Popen(
        [sys.executable, "-m", "migration_app.launch", "--port", str(port)],
        cwd=ROOT,
        text=True,
        env=environment | {"CROSSOVER_DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        began = time.monotonic()
        for line in launcher.stdout:
            if "is ready at" in line:
                break
            assert time.monotonic() - began < WITHIN, line
        assert launcher.poll() is None, launcher.stderr.read()
        listed = json.loads((folder / "run" / "children.json").read_text())
        yield launcher, port, {name: entry["pid"] for name, entry in listed.items()}
    finally:
        if launcher.poll() is None:
            launcher.kill()
        launcher.communicate()


def all_gone(pids, *, within=60.0):
    deadline = time.monotonic() + within
    while any(identity(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def test_it_answers_and_ctrl_c_leaves_nothing_behind(tmp_path):
    with product(tmp_path) as (launcher, port, children):
        assert set(children) == {"broker", "worker-feeds", "worker-stages", "web"}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as page:
            assert page.status == 200
        launcher.send_signal(signal.SIGINT)
        out, err = launcher.communicate(timeout=WITHIN)
        assert (launcher.returncode, err) == (0, "")
        assert out.endswith("Stopped.\n")
        assert all_gone(children.values())


def test_a_killed_worker_ends_it_with_one_line_that_says_what_to_do(installed):
    with product(installed) as (launcher, _, children):
        os.kill(children["worker-feeds"], signal.SIGKILL)
        _, err = launcher.communicate(timeout=WITHIN)
        assert launcher.returncode == 1
        assert err.count("\n") == 1
        assert "worker-feeds was killed (SIGKILL). Start again: the run goes on where it stopped" in err
        assert all_gone(children.values())


def test_kill_9_of_the_launcher_itself_leaves_nothing_behind(installed):
    with product(installed) as (launcher, _, children):
        launcher.kill()
        launcher.wait()
        assert all_gone(children.values())
