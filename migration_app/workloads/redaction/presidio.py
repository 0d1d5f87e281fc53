"""The optional language model that looks for names, places and groups of people.

Microsoft's Presidio is not among the requirements: it brings spaCy and a language model, and reads some
hundred times slower than the rules. `requirements-presidio.txt` names what to install. Where both are
there, the privacy page offers it; where one is missing, `missing` says which.

Of Presidio's recognisers only the one that asks the model is used: the others find what the rules find.
Nothing is ever downloaded: left to itself, Presidio would fetch a model from the internet.
"""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from importlib.metadata import entry_points
from typing import Any

from migration_app.evaluation.wording import english

from ..errors import NamesUnavailable
from .spans import Found

_ENTITIES = ("PERSON", "LOCATION", "NRP")
_LEAST_SCORE = 0.6
_WINDOW = 50_000  # characters that the model is given at once
_LANGUAGE = "en"
_SIZES = ("_trf", "_lg", "_md", "_sm")  # the better one first


def is_ready() -> bool:
    return not missing()


def missing() -> str:
    """What names cannot be looked for without, as a sentence that says what to do; "" when all is there."""
    if not _is_installed():
        return english(
            "Names cannot be looked for: Presidio is not installed on this server. Install it with "
            "pip install -r requirements-presidio.txt, or store the samples without looking for names."
        )
    if _model() is None:
        return english(
            "Names cannot be looked for: Presidio is installed, but spaCy has no English language model. "
            "Install one with python -m spacy download en_core_web_sm, or store the samples without "
            "looking for names."
        )
    return ""


def is_half_installed() -> bool:
    """Whether somebody installed Presidio and no model: then the page says what is missing."""
    return _is_installed() and _model() is None


def _is_installed() -> bool:
    return all(importlib.util.find_spec(name) is not None for name in ("presidio_analyzer", "spacy"))


def _model() -> str | None:
    """The name of the best English model that is installed as a package."""
    named = [one.name for one in entry_points(group="spacy_models") if one.name.startswith(f"{_LANGUAGE}_")]
    ranked = [name for size in _SIZES for name in sorted(named) if size in name]
    return next(iter([*ranked, *sorted(named)]), None)


def names(text: str) -> list[Found]:
    """Where the model sees a person, a place or a group. Raises NamesUnavailable where it is not there."""
    found = []
    for start in range(0, len(text), _WINDOW):
        part = text[start : start + _WINDOW]
        results = _analyzer().analyze(text=part, language=_LANGUAGE, entities=list(_ENTITIES))
        found += [
            Found(start + one.start, start + one.end, "name") for one in results if one.score >= _LEAST_SCORE
        ]
    return found


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    if sentence := missing():
        raise NamesUnavailable(sentence)
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_analyzer.predefined_recognizers import SpacyRecognizer

    engine = SpacyNlpEngine(models=[{"lang_code": _LANGUAGE, "model_name": str(_model())}])
    only = RecognizerRegistry(
        recognizers=[SpacyRecognizer(supported_language=_LANGUAGE)], supported_languages=[_LANGUAGE]
    )
    return AnalyzerEngine(nlp_engine=engine, registry=only, supported_languages=[_LANGUAGE])
