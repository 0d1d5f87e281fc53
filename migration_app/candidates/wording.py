"""What the room of providers said, in the reader's language.

It says everything in English and stores it so (`providers.wording`); here a sentence is taken apart into
its template and values, and put together again from the template's translation. What a vendor wrote is
quoted as it was.
"""

from __future__ import annotations

from django.utils.translation import get_language, gettext

from migration_app.providers import checks  # noqa: F401  with it comes every module that says something
from migration_app.providers.wording import taken_apart

# Values that are sentences of ours themselves; all others are names, numbers and other people's words.
_OURS = frozenset(("advice", "many", "refusal", "told", "what", "why"))


def told(text: str) -> str:
    """The sentence in the active language; as it is where nobody translated it, or it is not ours."""
    if not text or (get_language() or "en").startswith("en"):
        return text
    if (whole := gettext(text)) != text:
        return whole
    found = taken_apart(text)
    if found is None:
        return text
    template, values = found
    try:
        return gettext(template).format(
            **{name: told(value) if name in _OURS else value for name, value in values.items()}
        )
    except (KeyError, IndexError, ValueError):  # a translation that does not fit: better English than nothing
        return text
