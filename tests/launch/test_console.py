"""What the terminal shows: bars in place where it can redraw, a line now and then where it cannot."""

import io

import pytest

from migration_app.launch.console import Bar, Console, Steps, drawn


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_bar_shows_its_share_and_its_note():
    line = drawn(Bar("Tiny", 50, 200, "Running"), width=8)
    assert line.split() == ["Tiny", "██░░░░░░", "25%", "Running"]


def test_a_bar_whose_total_is_unknown_is_empty_rather_than_wrong():
    assert Bar("Tiny", 5, 0).share == 0.0


def test_bars_are_redrawn_over_themselves_on_a_terminal():
    screen = Terminal()
    console = Console(screen)
    console.bars([Bar("a", 1, 4), Bar("b", 2, 4)], last=True)
    console._last = 0.0
    console.bars([Bar("a", 2, 4), Bar("b", 3, 4)])
    console.say("done")
    assert screen.getvalue().count("\033[2A") == 1  # the first pair was left standing


def test_elsewhere_there_is_one_line_and_no_control_codes():
    page = io.StringIO()
    console = Console(page)
    for done in range(100):
        console.bars([Bar("a", done, 100)])
    console.bars([Bar("a", 100, 100)], last=True)
    assert page.getvalue().splitlines() == ["      a: 0%", "      a: 100%"]


def test_steps_are_numbered_and_timed():
    page = io.StringIO()
    steps = Steps(Console(page), ["Broker", "Web"])
    with steps.step("Web") as said:
        said.append("at port 8000")
    assert page.getvalue() == "[ 2/2] Web: at port 8000 (0.0 s)\n"


def test_a_step_that_fails_is_not_reported_as_done():
    page = io.StringIO()
    with pytest.raises(ValueError, match="no"), Steps(Console(page), ["Web"]).step("Web"):
        raise ValueError("no")
    assert page.getvalue() == ""
