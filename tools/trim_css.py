"""Cut Tabler's stylesheet down to what our pages can use: python tools/trim_css.py

635 KB would hold back the first paint of every page for the sake of rules that nothing matches. A rule
stays when some selector of it needs no class that our templates, tags and scripts never name. Run it
again after a class of Tabler's is used for the first time; a test says when that is due.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WHOLE = ROOT / "static/vendor/tabler/tabler.min.css"
TRIMMED = ROOT / "static/css/tabler-used.css"
SOURCES = (
    "templates/**/*.html",
    "tests/browser/templates/*.html",
    "migration_app/web/**/*.py",
    "static/js/*.js",
)
NOTE = "/* Made by tools/trim_css.py of Tabler 1.6.1, MIT: see static/vendor/tabler/LICENSE. */\n"

_CLASS = re.compile(r"\.(-?[A-Za-z_](?:[\w-]|\\.)*)")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_GIVEN = re.compile(r"""class(?:_|")?\s*[=:]\s*(?:f?["']([^"']*)["'])|classList\.\w+\(["']([^"']*)["']""")
_TAG = re.compile(r"{[%{].*?[%}]}")


def trimmed(css: str, named: set[str]) -> str:
    """The rules that pages which name these classes can match, and the variables that these rules read."""
    kept, before = "".join(_kept(css, named)), ""
    while kept != before:
        before, kept = kept, re.sub(r"[^{}]+{}", "", _read_alone(kept))
    return NOTE + kept + "\n"


def _read_alone(css: str) -> str:
    """Without the variables that nothing reads."""
    read = set(re.findall(r"var\((--tblr-[\w-]+)", css))
    return re.sub(
        r"(--tblr-[\w-]+):[^;{}]*(?:;|(?=}))", lambda found: found[0] if found[1] in read else "", css
    )


def classes_named() -> set[str]:
    """Every word that stands where a class may."""
    texts = (path.read_text() for pattern in SOURCES for path in sorted(ROOT.glob(pattern)))
    given = (part for text in texts for found in _GIVEN.findall(text) for part in found)
    return {word for part in given for word in _WORD.findall(_TAG.sub(" ", part))}


def _kept(css: str, named: set[str]) -> Iterator[str]:
    for head, body in _blocks(re.sub(r"/\*.*?\*/|@charset[^;]*;", "", css, flags=re.S)):
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            inner = "".join(_kept(body, named))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            continue  # keyframes and fonts: we bring our own
        elif selectors := [part for part in _split(head) if set(_CLASS.findall(part)) <= named]:
            yield f"{','.join(selectors)}{{{body}}}"


def _split(head: str) -> list[str]:
    """The selectors of a list; commas inside brackets do not part them."""
    parts, depth = [""], 0
    for letter in head:
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return parts


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before a brace, what is between it and its match), one after the other."""
    place = 0
    while (opened := css.find("{", place)) >= 0:
        head = css[place:opened].rpartition(";")[2].strip()
        depth, end = 1, opened + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        yield head, css[opened + 1 : end - 1]
        place = end


if __name__ == "__main__":
    TRIMMED.write_text(trimmed(WHOLE.read_text(), classes_named()))
    print(f"{TRIMMED.relative_to(ROOT)}: {TRIMMED.stat().st_size:,} bytes")
