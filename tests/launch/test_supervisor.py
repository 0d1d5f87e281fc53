"""The launcher keeps its word: what dies is named, what it started ends with it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from migration_app.launch.errors import AlreadyRunningError, ChildDiedError, NotReadyError, PortTakenError
from migration_app.launch.identity import identity
from migration_app.launch.ledger import Ledger, only_launcher
from migration_app.launch.ports import any_free, require_free
from migration_app.launch.programs import Program, url_answers
from migration_app.launch.supervisor import Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(300)")
STUBBORN = (
    sys.executable,
    "-u",
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(300)",
)
PARENT = (
    sys.executable,
    "-u",
    "-c",
    "import subprocess, sys, time;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
    "print(child.pid); time.sleep(300)",
)


def gone(pid: int, *, within: float = 60.0) -> bool:
    deadline = time.monotonic() + within
    while identity(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def first_line(log: Path) -> str:
    deadline = time.monotonic() + 60
    while not (log.exists() and "\n" in log.read_text()):
        assert time.monotonic() < deadline, f"{log} stayed empty"
        time.sleep(0.02)
    return log.read_text().splitlines()[0]


@pytest.fixture
def supervisor(tmp_path):
    with Supervisor(tmp_path, say=lambda sentence: None) as running:
        yield running


def test_a_server_is_waited_for_until_it_answers(supervisor, tmp_path):
    port = any_free()
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1")
    answers = url_answers(f"http://127.0.0.1:{port}/")
    assert not answers()
    supervisor.wait_ready(supervisor.start(Program("files", command, ready=answers)))
    assert answers()


def test_a_killed_child_is_named_with_the_way_it_ended_and_what_to_do(supervisor):
    child = supervisor.start(Program("worker", SLEEPER, remedy="Start it again."))
    os.kill(child.process.pid, signal.SIGKILL)
    child.process.wait()
    with pytest.raises(ChildDiedError, match=r"worker was killed \(SIGKILL\)\. Start it again\."):
        supervisor.check()


def test_a_child_that_fails_is_named_with_its_exit_code_and_its_last_words(supervisor):
    program = Program(
        "web", (sys.executable, "-c", "print('no such table'); raise SystemExit(3)"), ready=lambda: False
    )
    child = supervisor.start(program)
    with pytest.raises(ChildDiedError, match=r"exit code 3\..*web\.log ends: no such table"):
        supervisor.wait_ready(child)


def test_the_news_of_a_death_is_a_single_line(supervisor):
    program = Program("web", (sys.executable, "-c", "raise ValueError('several lines')"), ready=lambda: False)
    with pytest.raises(ChildDiedError) as death:
        supervisor.wait_ready(supervisor.start(program))
    assert "\n" not in str(death.value)
    assert "several lines" in str(death.value)


def test_last_words_are_never_those_of_an_earlier_start(supervisor):
    for words in ("old words", ""):
        program = Program("web", (sys.executable, "-c", f"print({words!r}); raise SystemExit(1)"))
        child = supervisor.start(program)
        child.process.wait()
        with pytest.raises(ChildDiedError) as death:
            supervisor.check()
        supervisor.forget_last()
    assert "old words" not in str(death.value)


def test_a_death_is_noticed_while_waiting_for_another(supervisor):
    supervisor.start(Program("broker", (sys.executable, "-c", "raise SystemExit(1)")))
    waiting = supervisor.start(Program("web", SLEEPER, ready=lambda: False, ready_within=60))
    with pytest.raises(ChildDiedError, match="broker"):
        supervisor.wait_ready(waiting)


def test_a_child_that_never_answers_is_given_up(supervisor):
    child = supervisor.start(Program("model", SLEEPER, ready=lambda: False, ready_within=0.2))
    with pytest.raises(NotReadyError, match="model did not answer within"):
        supervisor.wait_ready(child)


def test_leaving_stops_children_grandchildren_and_those_that_will_not_listen(tmp_path):
    with Supervisor(tmp_path, say=lambda sentence: None) as supervisor:
        parent = supervisor.start(Program("parent", PARENT))
        stubborn = supervisor.start(Program("stubborn", STUBBORN, grace=0.3))
        grandchild = int(first_line(parent.log))
        assert first_line(stubborn.log) == "deaf"
    assert all(gone(pid) for pid in (parent.process.pid, grandchild, stubborn.process.pid))


def test_children_are_stopped_last_started_first(tmp_path):
    order = tmp_path / "order"
    script = (
        "import signal, sys, time\n"
        "def end(*_):\n open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up'); time.sleep(300)"
    )
    with Supervisor(tmp_path, say=lambda sentence: None) as supervisor:
        for letter in "abc":
            command = (sys.executable, "-u", "-c", script, str(order), letter)
            first_line(supervisor.start(Program(letter, command)).log)
    assert order.read_text() == "cba"


LAUNCHER = """
import sys, time
from pathlib import Path
from migration_app.launch.interrupts import listen
from migration_app.launch.programs import Program
from migration_app.launch.supervisor import Supervisor
listen()
with Supervisor(Path(sys.argv[1]), say=print) as supervisor:
    child = supervisor.start(Program("sleeper", (sys.executable, "-c", "import time; time.sleep(300)")))
    print(child.process.pid, flush=True)
    time.sleep(300)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_nothing_outlives_the_launcher_however_it_ends(tmp_path, number):
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    child = int(launcher.stdout.readline())
    assert identity(child) is not None
    launcher.send_signal(number)
    launcher.wait(timeout=60)
    assert gone(child)
    launcher.stdout.close()


def test_a_start_ends_what_was_left_over_and_says_so(tmp_path):
    ledger = Ledger(tmp_path / "children.json")
    left = subprocess.Popen(SLEEPER, process_group=0)
    ledger.add("worker", left.pid)
    assert Ledger(ledger.path).sweep(grace=0.1) == [
        f"Ended worker (process {left.pid}), left over from an earlier start."
    ]
    assert left.wait(timeout=60) == -signal.SIGTERM


def test_a_process_that_was_given_a_dead_childs_number_is_left_alone(tmp_path):
    stranger = subprocess.Popen(SLEEPER, process_group=0)
    ledger = tmp_path / "children.json"
    ledger.write_text(f'{{"worker": {{"pid": {stranger.pid}, "identity": "1@another boot"}}}}')
    assert Ledger(ledger).sweep() == []
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_second_launcher_in_the_same_place_is_refused(tmp_path):
    with only_launcher(tmp_path / "lock"):
        expected = rf"already running here \(process {os.getpid()}\).*Ctrl-C"
        with pytest.raises(AlreadyRunningError, match=expected), only_launcher(tmp_path / "lock"):
            pytest.fail("two launchers held one directory")


def test_a_port_in_use_is_refused_with_the_command_to_type():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortTakenError, match=rf"Port {port} is in use .*PORT=\d+ make demo"):
            require_free(port, target="demo")
