"""How this package, which knows no Django, says things that can be told in another language.

It says them in English, as plain text that is stored with an attempt or a check. A sentence is marked by
`gettext_noop`, so that the catalogue of translations has it; one that carries values is a `Template`
with a name of its own. Where a sentence is shown, `migration_app.said` finds its text and values again.
"""

from __future__ import annotations

from migration_app.evaluation.wording import gettext_noop

__all__ = ["Template", "gettext_noop"]


class Template:
    """A sentence with values in it: `Nobody answers at {place}.`, each value once."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __call__(self, **values: object) -> str:
        return self.text.format(**values)
