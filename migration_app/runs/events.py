"""A run's plain log: sentences about what happened, for whoever reads its page."""

from __future__ import annotations

from typing import Any

from .models import RunEvent


def log(run_id: Any, message: str, run_candidate_id: int | None = None) -> None:
    """Add a line to the run's plain log."""
    RunEvent.objects.create(run_id=run_id, run_candidate_id=run_candidate_id, message=message[:500])
