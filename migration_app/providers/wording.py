"""How this package, which knows no Django, says things that can be told in another language.

It says them in English, as plain text that is stored with an attempt or a check. A sentence is marked by
`gettext_noop`, so that the catalogue of translations has it; one that carries values is a `Template`,
at the top of its module. Where a sentence is shown, `taken_apart` finds its template and values again.
"""

from __future__ import annotations

import re
from string import Formatter

# Nothing this package says is longer; what a stranger wrote may be.
LONGEST = 2_000


def gettext_noop(text: str) -> str:
    """The text itself. Extraction finds it by this name; pages pass the value through gettext."""
    return text


class Template:
    """A sentence with values in it: `Nobody answers at {place}.`, each value once."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts = list(Formatter().parse(text))
        self._names = [name for _, name, _, _ in parts if name]
        self._fixed = sum(len(fixed) for fixed, _, _, _ in parts)
        self._pattern = re.compile(
            "".join(re.escape(fixed) + (f"(?P<{name}>.*?)" if name else "") for fixed, name, _, _ in parts),
            re.DOTALL,
        )
        _KNOWN.append(self)

    def __call__(self, **values: object) -> str:
        return self.text.format(**values)

    def values_in(self, said: str) -> dict[str, str] | None:
        """The values with which this template says so; None where it does not."""
        found = self._pattern.fullmatch(said)
        return found.groupdict() if found else None


_KNOWN: list[Template] = []


def taken_apart(said: str) -> tuple[str, dict[str, str]] | None:
    """(the template's text, its values) of what this package said; None where it has no template.

    Of several that fit, the one that says most itself. Values may be sentences of this package again.
    """
    if len(said) > LONGEST:
        return None
    fits = ((one, values) for one in _KNOWN if (values := one.values_in(said)) is not None)
    best = max(fits, key=lambda fit: fit[0]._fixed, default=None)
    return None if best is None else (best[0].text, best[1])


def templates() -> tuple[Template, ...]:
    """All that are known, once their modules are imported."""
    return tuple(_KNOWN)
