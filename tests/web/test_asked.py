"""Whatever is typed into an address, the page answers."""

from __future__ import annotations

import pytest
from django.urls import reverse

from migration_app.runs.actions import start_run
from migration_app.runs.models import Run
from migration_app.web.asked import whole_number
from migration_app.web.samples import samples_context
from tests.web.people import People

ODD = ["\0", "9" * 5_000, "9" * 30, "-1", "٣", "²", "1_0", "nan_1", "inf_1", "0.1_" + "9" * 30]


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_plain_digits_are_a_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", [*ODD, "", " 7", "9" * 19])
def test_nothing_else_is(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize("name", ["option", "show", "category", "after", "before", "sample", "repetition"])
def test_the_samples_page_takes_any_address(name: str, people: People, draft, rf) -> None:
    run: Run = start_run(assessment=draft, user=None).run
    for text in ODD:
        for show in ("all", "worse"):
            asked = rf.get("/", {"show": show, name: text})
            assert samples_context(asked, run, None)["candidate"], text


@pytest.mark.parametrize("text", ODD)
def test_a_membership_that_is_no_number_is_nobodys(text: str, people: People) -> None:
    assert people.bob.post(reverse("switch-team"), {"membership": text}).status_code == 404
