"""JSON Schema checks that end: no remote references, no runaway patterns, no endless schemas.

A schema comes from an upload and an instance from a model, so both are hostile. `jsonschema`
does the checking; every keyword it evaluates spends from a budget, and patterns are
matched by `regex`, which can be told to give up, each alone and all of an answer together.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from itertools import islice
from typing import Any

import regex
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.exceptions import SchemaError, UnknownType
from jsonschema.validators import extend, validator_for
from referencing import Registry
from referencing.exceptions import Unresolvable

from ..json_depth import is_too_deep
from ..wording import english
from .patience import patience, patiently
from .text import excerpt

MAX_SCHEMA_CHARS = 200_000
MAX_STEPS = 30_000
SHOWN_ERRORS = 3

Check = Callable[[Any, Any, Any, Any], Iterator[ValidationError] | None]
_steps_left: ContextVar[int] = ContextVar("schema_steps_left", default=MAX_STEPS)


class BadSchema(ValueError):
    """The schema itself cannot be used; the message is a sentence."""


class TooCostly(ValueError):
    """The check was given up; the message is a sentence."""


def schema_text(schema: Any) -> str:
    """A schema as JSON text, the form in which it is compiled and cached. Raises BadSchema."""
    if not isinstance(schema, Mapping):
        raise BadSchema(english("The JSON schema must be an object."))
    try:
        text = json.dumps(schema, sort_keys=True, allow_nan=False, default=dict)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadSchema(
            english("The JSON schema holds something that is not JSON, or is nested too deep.")
        ) from error
    if len(text) > MAX_SCHEMA_CHARS:
        raise BadSchema(
            english(
                "The JSON schema is longer than {max_schema_chars:,} characters.",
                max_schema_chars=MAX_SCHEMA_CHARS,
            )
        )
    return text


@lru_cache(maxsize=256)
def compile_schema(text: str) -> Any:
    """A validator for a schema from `schema_text`. Raises BadSchema."""
    schema = json.loads(text)
    if is_too_deep(schema):
        raise BadSchema(english("The JSON schema is nested too deep."))
    if '"unevaluatedProperties"' in text and '"patternProperties"' in text:
        raise BadSchema(
            english("A JSON schema cannot use both unevaluatedProperties and patternProperties here.")
        )
    base = validator_for(schema, default=Draft202012Validator)
    try:
        base.check_schema(schema)
    except SchemaError as error:
        raise BadSchema(
            english("The JSON schema is not valid: {message}.", message=excerpt(error.message, 120))
        ) from error
    except RecursionError as error:
        raise BadSchema(english("The JSON schema is nested too deep.")) from error
    return _guarded(base)(schema, registry=Registry())


def violations(validator: Any, value: Any) -> list[str]:
    """The first few ways in which `value` breaks the schema; empty when it obeys.

    Raises BadSchema (a reference or a pattern that leads nowhere) and TooCostly.
    """
    token = _steps_left.set(MAX_STEPS)
    try:
        with patience():
            return [_worded(error) for error in islice(validator.iter_errors(value), SHOWN_ERRORS)]
    except (Unresolvable, UnknownType, regex.error) as error:
        raise BadSchema(
            english("The JSON schema cannot be followed: {error}.", error=excerpt(str(error), 120))
        ) from error
    except RecursionError as error:
        raise BadSchema(english("The JSON schema refers to itself without end.")) from error
    except TimeoutError as error:
        raise TooCostly(english("A pattern in the JSON schema takes too long; make it simpler.")) from error
    except ArithmeticError as error:
        raise TooCostly(english("A number is too large for the schema's multipleOf.")) from error
    finally:
        _steps_left.reset(token)


def _worded(error: ValidationError) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.absolute_path)
    return f"{place.lstrip('.') or 'the value'}: {error.message[:160]}"


@lru_cache(maxsize=16)
def _guarded(base: Any) -> Any:
    own = {"pattern": _pattern, "patternProperties": _pattern_properties}
    own |= {"additionalProperties": _additional_properties, "uniqueItems": _unique_items}
    checks = base.VALIDATORS | {name: check for name, check in own.items() if name in base.VALIDATORS}
    return extend(base, {name: _metered(check) for name, check in checks.items()})  # type: ignore[no-untyped-call]


def _metered(check: Check) -> Check:
    def metered(validator: Any, keyword: Any, instance: Any, schema: Any) -> Iterator[ValidationError] | None:
        _spend(1)
        return check(validator, keyword, instance, schema)

    return metered


def _spend(steps: int) -> None:
    left = _steps_left.get() - steps
    if left < 0:
        raise TooCostly(english("The answer is too large, or the JSON schema too involved, to be checked."))
    _steps_left.set(left)


def _found(pattern: str, text: str) -> bool:
    _spend(1)
    return patiently(regex.search, pattern, text) is not None


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _found(pattern, instance):
        yield ValidationError(
            english(
                "{instance} does not match the pattern {pattern}",
                instance=excerpt(instance),
                pattern=excerpt(pattern),
            )
        )


def _pattern_properties(
    validator: Any, patterns: Any, instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    for pattern, subschema in patterns.items():
        for key, value in instance.items():
            if _found(pattern, key):
                yield from validator.descend(value, subschema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, allowed: Any, instance: Any, schema: Any
) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    patterns = schema.get("patternProperties", {})
    for key, value in instance.items():
        if key in schema.get("properties", {}) or any(_found(pattern, key) for pattern in patterns):
            continue
        if allowed is False:
            yield ValidationError(english("{key} is not an expected field", key=excerpt(key)))
        else:
            yield from validator.descend(value, allowed, path=key)


def _unique_items(validator: Any, wanted: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Linear where the library's own check may compare every pair."""
    if not wanted or not isinstance(instance, list):
        return
    if len({_canonical(item) for item in instance}) < len(instance):
        yield ValidationError(english("an item appears twice in a list that allows it once"))


def _canonical(value: Any) -> Hashable:
    """Equal for equal JSON values: 1 and 1.0 are one number, true and 1 are not (section 4.2.2)."""
    if isinstance(value, dict):
        return "object", frozenset((key, _canonical(item)) for key, item in value.items())
    if isinstance(value, list):
        return "array", tuple(map(_canonical, value))
    return type(value) is bool, value
