"""Find every text marked for translation, lay it over each language's catalogue, and compile that.

    python tools/messages.py            refresh locale/*/LC_MESSAGES/django.po and django.mo
    python tools/messages.py --check    change nothing; say what is missing, exit 1 if anything is

Needs babel (requirements-dev.txt), not GNU gettext. Nobody needs this to run Crossover: the
compiled catalogues are kept beside their sources. docs/translation.md says how texts are marked.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PLACES = {"migration_app": "**/*.py", "templates": "**/*.html"}
# Each way a text is marked, and which of its arguments are the text, its plural and its context.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "lazy": None,
    "english": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
HEADING = "# Crossover's texts in {locale}. Refreshed by `make messages`; see docs/translation.md."
HEADERS = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


class _Messages(Catalog):
    """A catalogue whose heading says only what is read: no dates, which would change at every run."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return [(name, value) for name, value in self._get_mime_headers() if name in HEADERS]


def catalogues() -> dict[str, Path]:
    """Locale name → its source file: {"pt_BR": …/locale/pt_BR/LC_MESSAGES/django.po}."""
    return {path.parts[-3]: path for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/django.po"))}


def marked() -> Catalog:
    """Every text that is marked in the code and the templates, without translations."""
    if not settings.configured:
        settings.configure()
    found = Catalog()
    for folder, pattern in PLACES.items():
        for path in sorted((ROOT / folder).glob(pattern)):
            for _line, text, _comments, context in _texts_of(path):
                if text:
                    found.add(text, context=context)
    return found


def _texts_of(path: Path) -> Iterator[tuple[Any, ...]]:
    source = path.read_text()
    if path.suffix == ".html":
        # Django writes a template as the Python calls that its tags stand for.
        source = templatize(source, origin=str(path))
    return extract(extract_python, io.BytesIO(source.encode()), keywords=KEYWORDS)


def refreshed(locale: str, path: Path) -> Catalog:
    """The catalogue with exactly the texts that are marked now; a new one has no translation yet."""
    with path.open("rb") as file:
        known = read_po(file, locale=locale)
    fresh = _Messages(locale=locale, fuzzy=False, header_comment=HEADING.format(locale=locale))
    for message in marked():
        if message.id:
            old = known.get(message.id, message.context)
            # Flags stay out: "95% of" is no format, as the guess would have it; tests compare what is.
            fresh.add(message.id, old.string if old else None, context=message.context).flags.clear()
    return fresh


def untranslated(catalogue: Catalog) -> list[Message]:
    """The messages with an empty text, or with an empty plural form."""
    return [message for message in catalogue if message.id and not _complete(message)]


def _complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else [message.string]
    return all(texts) and not message.fuzzy


def source_of(catalogue: Catalog) -> bytes:
    """The text of the .po file, in the order of the texts so that two changes seldom meet in a line."""
    out = io.BytesIO()
    write_po(out, catalogue, width=0, omit_header=False, sort_output=True, no_location=True)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main(arguments: list[str]) -> int:
    checking = "--check" in arguments
    missing = 0
    for locale, path in catalogues().items():
        catalogue = refreshed(locale, path)
        if not checking:
            path.write_bytes(source_of(catalogue))
            path.with_suffix(".mo").write_bytes(compiled(catalogue))
        empty = untranslated(catalogue)
        missing += len(empty)
        print(f"{locale}: {len(catalogue)} texts, {len(empty)} without translation")
        for message in empty:
            print(f"  {message.id}")
    return 1 if missing and checking else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
