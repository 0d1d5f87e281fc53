"""From which volume own servers pay: one chart and its numbers for each pair that the comparison found."""

from __future__ import annotations

from typing import Any

from .charts.crossing import crossing
from .facts import Facts


def build(facts: Facts) -> list[dict[str, Any]]:
    """Empty where no option is priced by a plan for own servers, or the other's cost is unknown."""
    options = {option.position: option for option in facts.options}
    return [
        {"chart": crossing(facts, found, options[found["own"]], options[found["api"]])}
        for found in facts.raw.get("break_even") or ()
    ]
