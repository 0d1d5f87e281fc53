"""The optional language model that looks for names, places and organisations.

Microsoft's Presidio is not among the requirements: it brings spaCy and a model of several hundred
megabytes, and reads some hundred times slower than the rules. `requirements-presidio.txt` names what
to install. Where it is there, the privacy page offers it.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from typing import Any

from .spans import Found

_ENTITIES = ("PERSON", "LOCATION", "NRP")
_LEAST_SCORE = 0.6
_WINDOW = 50_000  # characters that the model is given at once


def is_installed() -> bool:
    return importlib.util.find_spec("presidio_analyzer") is not None


def names(text: str) -> list[Found]:
    """Where the model sees a person or a place. Raises ImportError where it is not installed."""
    found = []
    for start in range(0, len(text), _WINDOW):
        part = text[start : start + _WINDOW]
        results = _analyzer().analyze(text=part, language="en", entities=list(_ENTITIES))
        found += [
            Found(start + one.start, start + one.end, "name") for one in results if one.score >= _LEAST_SCORE
        ]
    return found


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    from presidio_analyzer import AnalyzerEngine

    return AnalyzerEngine()
