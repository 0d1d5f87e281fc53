"""Pages asked of the product in this process, signed in, with a watch beside them."""

from __future__ import annotations

import statistics
from time import monotonic, process_time
from typing import Any


def signed_in(username: str = "bench") -> Any:
    """A browser of that person's. Django must be set up."""
    from django.test import Client

    from migration_app.accounts.models import User

    browser = Client(SERVER_NAME="localhost")
    browser.force_login(User.objects.get(username=username))
    return browser


def timed(browser: Any, address: str, times: int) -> tuple[float, float]:
    """(median seconds, median seconds of CPU) of a page. Raises RuntimeError unless it is there."""
    taken, spent = [], []
    for _ in range(times):
        began, cpu = monotonic(), process_time()
        answer = browser.get(address)
        taken.append(monotonic() - began)
        spent.append(process_time() - cpu)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}.")
    return statistics.median(taken), statistics.median(spent)
