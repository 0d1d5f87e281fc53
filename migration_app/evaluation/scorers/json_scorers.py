"""Scorers of structure: is it JSON, and does it obey the schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..wording import english, gettext_noop
from .base import Answer, BadParameter, Expected, Score, parameter, scored, unscored
from .json_reading import NotJson, Reading, read_answer
from .schema_checking import BadSchema, TooCostly, compile_schema, schema_text, violations
from .text import excerpt

FENCE_HELP = gettext_noop("Accept JSON inside a ``` code fence, as many models write it.")


@dataclass(frozen=True, slots=True)
class JsonValidity:
    """1 when the answer is JSON; otherwise 0."""

    name: ClassVar[str] = "json_validity"
    label: ClassVar[str] = gettext_noop("Valid JSON")
    explanation: ClassVar[str] = gettext_noop(
        "Right if a program can read the answer as JSON; what it says is not judged."
    )
    needs_reference: ClassVar[bool] = False

    allow_fence: bool = parameter(True, FENCE_HELP, kind="boolean")
    object_only: bool = parameter(
        False, gettext_noop("The answer must be an object { … }, not a list or a value."), kind="boolean"
    )

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        try:
            reading = read_answer(answer, allow_fence=self.allow_fence)
        except NotJson as error:
            return not_json(answer, error)
        if self.object_only and not isinstance(reading.value, dict):
            return scored(0, english("The answer is JSON, but not an object.") + reading.remark)
        return scored(1, english("The answer is valid JSON.") + reading.remark)


@dataclass(frozen=True, slots=True)
class JsonSchema:
    """1 when the answer is JSON that obeys the schema; otherwise 0."""

    name: ClassVar[str] = "json_schema"
    label: ClassVar[str] = gettext_noop("Follows the JSON schema")
    explanation: ClassVar[str] = gettext_noop(
        "Right if the answer is JSON with the fields and types the schema demands; values are not judged."
    )
    needs_reference: ClassVar[bool] = False

    schema: Mapping[str, Any] = parameter(
        {},
        gettext_noop("The JSON schema. Left empty, each sample's own response format is used."),
        kind="mapping",
    )
    allow_fence: bool = parameter(True, FENCE_HELP, kind="boolean")

    def __post_init__(self) -> None:
        try:
            compile_schema(schema_text(self.schema))
        except BadSchema as error:
            raise BadParameter(str(error)) from error

    def __call__(self, answer: Answer, expected: Expected) -> Score:
        schema = self.schema or schema_in(expected.response_format)
        if schema is None:
            return unscored(
                english(
                    "There is no JSON schema: neither the scorer nor this sample's response format has one."
                )
            )
        try:
            validator = compile_schema(schema_text(schema))
            reading = read_answer(answer, allow_fence=self.allow_fence)
            return _verdict(reading, violations(validator, reading.value))
        except NotJson as error:
            return not_json(answer, error)
        except (BadSchema, TooCostly) as error:
            return unscored(str(error))


def schema_in(response_format: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The schema inside OpenAI's `response_format`, if it carries one."""
    wrapper = (response_format or {}).get("json_schema")
    schema = wrapper.get("schema") if isinstance(wrapper, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def not_json(answer: Answer, error: NotJson) -> Score:
    return scored(
        0, english("The answer {value} is not JSON: {error}.", value=excerpt(answer.text), error=error)
    )


def _verdict(reading: Reading, broken: list[str]) -> Score:
    if not broken:
        return scored(1, english("The answer follows the schema.") + reading.remark)
    return scored(
        0, english("The answer breaks the schema: {broken}.", broken="; ".join(broken)) + reading.remark
    )
