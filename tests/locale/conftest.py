"""A request leaves its reader's language active in the thread; the next test is not Ana's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils.translation import override


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    with override("en"):
        yield
