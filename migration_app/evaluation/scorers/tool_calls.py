"""Tool calls against those that were expected: the right tools, with the right arguments.

A reference is JSON: one call or a list of them, each `{"name": …, "arguments": {…}}`, or as
OpenAI writes it, `{"type": "function", "function": {"name": …, "arguments": "…"}}`. An empty
list says that no tool may be called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import linear_sum_assignment

from ..wording import english, gettext_noop
from .base import Answer, Expected, Score, best_of, parameter, scored, unscored
from .facts import Comparison, field_type, leaves
from .fields import ORDER_HELP
from .json_reading import NotJson, read_json, read_reference
from .text import excerpt

MAX_CALLS = 64  # pairs are compared each with each


@dataclass(frozen=True, slots=True)
class Call:
    """A tool's name and its arguments; `arguments` is None when they are not JSON."""

    name: str
    arguments: Any


@dataclass(frozen=True, slots=True)
class ToolCallMatch:
    """How well the calls made match the calls expected: 2·matched / (made + expected).

    Calls are paired so that the sum is largest (Kuhn 1955). A pair with the right name is worth
    the share of its arguments that are right (F1 over their fields), or 1 or 0 when arguments
    must match whole; a wrong name is worth nothing.
    """

    name: ClassVar[str] = "tool_calls"
    label: ClassVar[str] = gettext_noop("Right tool calls")
    explanation: ClassVar[str] = gettext_noop(
        "Whether the right tools were called with the right arguments, from 0 to 1."
    )
    needs_reference: ClassVar[bool] = True

    arguments: str = parameter(
        "share",
        gettext_noop("Arguments: the share that is right, all or nothing, or the names of the tools only?"),
        kind="choice",
        choices=("share", "all", "names only"),
    )
    ordered_lists: bool = parameter(True, ORDER_HELP, kind="boolean")

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        made = [Call(call.name, _read(call.arguments or "{}")) for call in answer.tool_calls]
        if not made and answer.text.strip():
            made = _from_text(answer.text)
        return best_of(expected.references, lambda reference: self._compare(made, reference))

    def _compare(self, made: Sequence[Call], reference: str) -> Score:
        wanted = calls_in(reference)
        if wanted is None:
            return unscored(
                english("The reference {reference} is not a tool call in JSON.", reference=excerpt(reference))
            )
        if not made and not wanted:
            return scored(1, english("No tool was called, as expected."))
        if max(len(made), len(wanted)) > MAX_CALLS:
            return scored(
                0,
                english(
                    "The answer calls {made:,} tools; {wanted:,} were expected.",
                    made=len(made),
                    wanted=len(wanted),
                ),
            )
        worth = np.array([[self._pair(one, other) for other in wanted] for one in made])
        worth = worth.reshape(len(made), len(wanted))
        rows, columns = linear_sum_assignment(worth, maximize=True)
        value = 2 * float(worth[rows, columns].sum()) / (len(made) + len(wanted))
        return scored(
            value,
            english(
                "Called {made}; expected {wanted}. Match: {value:.2f}.",
                made=_named(made),
                wanted=_named(wanted),
                value=value,
            ),
        )

    def _pair(self, made: Call, wanted: Call) -> float:
        if made.name != wanted.name:
            return 0.0
        if self.arguments == "names only":
            return 1.0
        if made.arguments is None:
            return 0.0
        types = {path: field_type(value) for path, value in leaves(wanted.arguments)}
        compared = Comparison(types, self.ordered_lists)
        right = compared.common(made.arguments, wanted.arguments).total()
        both = compared.facts(made.arguments).total() + compared.facts(wanted.arguments).total()
        if self.arguments == "all":
            return float(2 * right == both)
        return 2 * right / both if both else 1.0


def calls_in(reference: str) -> list[Call] | None:
    """The calls that a reference names; None when it is not of the form above."""
    try:
        value = read_reference(reference)
    except NotJson:
        return None
    listed = value if isinstance(value, list) else [value]
    calls = [_call(one) for one in listed]
    return None if any(call is None for call in calls) else [call for call in calls if call]


def _call(value: Any) -> Call | None:
    inner = value.get("function", value) if isinstance(value, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        return None
    arguments = inner.get("arguments", {})
    return Call(inner["name"], _read(arguments) if isinstance(arguments, str) else arguments)


def _from_text(text: str) -> list[Call]:
    """Models without tool calling write the call as JSON; other text is no call."""
    return calls_in(text) or []


def _read(arguments: str) -> Any:
    try:
        return read_json(arguments)
    except NotJson:
        return None


def _named(calls: Sequence[Call]) -> str:
    names = ", ".join(call.name[:60] for call in calls[:5])
    return (names + (" …" if len(calls) > 5 else "")) or "nothing"
