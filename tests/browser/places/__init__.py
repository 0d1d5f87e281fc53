"""Every page there is, with something on it: the address of each, by area of the product."""

from __future__ import annotations

from collections.abc import Callable

from .errors import errors
from .market import market
from .questions import questions
from .results import results
from .start import start
from .workloads import workloads

Addresses = dict[str, str]  # a picture's name → the page's address

AREAS: dict[str, Callable[[], Addresses]] = {
    "start": start,
    "workloads": workloads,
    "market": market,
    "questions": questions,
    "results": results,
    "errors": errors,
}
# Answers to a GET that are no pages of their own: pieces that are swapped in, files, and ways onward.
NOT_PAGES = {
    "assessment": "leads on to the step that is next",
    "assessment-estimate": "a piece of the options page",
    "run-progress": "a piece of the run page",
    "upload-progress": "a piece of the upload page",
    "connection-checks": "a piece of the connection page",
    "scores": "a CSV file",
    "upload-problems": "a CSV file",
    "workload-problems": "a CSV file",
    "report-pdf": "a PDF file",
    "shared-pdf": "a PDF file",
    "file": "a file",
    "healthz": "for the machine that watches over the server",
}
