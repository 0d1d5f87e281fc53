"""An account in which nothing is yet: each list says what it is for."""

from __future__ import annotations

from django.urls import reverse

from .team import dana


def start() -> dict[str, str]:
    dana()
    lists = ("assessments", "assessment-new", "workloads", "connections", "catalogue", "prices", "hosting")
    return {name: reverse(name) for name in ("account", "policy")} | {
        f"empty-{name}": reverse(name) for name in lists
    }
