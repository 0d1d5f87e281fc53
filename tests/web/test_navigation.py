"""The main menu marks where one is, and leaves out what the site does not have."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from migration_app.web.navigation import address, main_menu


def at(url_name: str) -> HttpRequest:
    request = RequestFactory().get("/")
    request.resolver_match = SimpleNamespace(url_name=url_name)
    return request


@pytest.fixture(autouse=True)
def addresses(settings):
    settings.ROOT_URLCONF = "tests.browser.gallery"


@pytest.mark.parametrize(
    ("url_name", "label"),
    [
        ("assessments", "Assessments"),
        ("assessment-new", "New assessment"),
        ("assessment-rules", "New assessment"),
        ("run-progress", "Assessments"),
        ("results", "Assessments"),
        ("upload-columns", "Workloads"),
        ("workload-detail", "Workloads"),
        ("connection-new", "Connections"),
    ],
)
def test_a_page_is_marked_under_its_noun(url_name, label):
    assert [str(entry["label"]) for entry in main_menu(at(url_name)) if entry["current"]] == [label]


def test_an_account_page_is_under_no_entry_and_an_error_has_no_request():
    assert not any(entry["current"] for entry in main_menu(at("account")))
    assert not any(entry["current"] for entry in main_menu(None))


def test_a_page_that_the_site_does_not_have_has_no_address(settings):
    assert address("workloads") == "/workloads/"
    settings.ROOT_URLCONF = "tests.web.no_addresses"
    assert address("workloads") == ""
    assert main_menu(None) == []
