"""Puts placeholders where something private stood, and shows examples that give nothing away."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .spans import Found

_SHOWN = 24  # characters of an example


def mask(text: str, found: Iterable[Found], placeholder_of: Callable[[str, str], str | None]) -> str:
    """`text` with `placeholder_of(kind, value)` in the place of each value; None leaves it as it is.

    A bare number in JSON becomes a JSON text, so that arguments stay readable by a program.
    """
    parts: list[str] = []
    at = 0
    for one in found:
        placeholder = placeholder_of(one.kind, text[one.start : one.end])
        if placeholder is None:
            continue
        quoted = one.kind != "private_key" and _is_bare_json(text, one)
        parts += (text[at : one.start], f'"{placeholder}"' if quoted else placeholder)
        at = one.end
    return "".join((*parts, text[at:])) if parts else text


def _is_bare_json(text: str, one: Found) -> bool:
    """Whether a value stands in JSON without quotes: {"card": 4111111111111111}."""
    if not text[one.start : one.end].isdigit():
        return False
    before = text[max(0, one.start - 8) : one.start].rstrip()
    after = text[one.end : one.end + 8].lstrip()
    return before.endswith(('":', "[", ",")) and after.startswith(("}", "]", ",")) and _begins_json(text)


def _begins_json(text: str) -> bool:
    return text[:64].lstrip().startswith(("{", "["))


def example_of(kind: str, value: str) -> str:
    """Enough to recognise what was found, too little to use it: j•••@•••.com, •••• 1111."""
    if kind == "private_key":
        return value[: value.find("-----", 5) + 5]
    if kind == "email":
        name, _, domain = value.partition("@")
        return f"{name[:1]}•••@•••.{domain.rpartition('.')[2]}"
    if kind in ("api_key", "token"):
        return f"{value[: min(6, len(value) // 4)]}•••"
    keep = 2 if len(value) > 6 else 0
    hidden = "".join("•" if character.isalnum() else character for character in value[: len(value) - keep])
    return (hidden + value[len(value) - keep :])[-_SHOWN:]
