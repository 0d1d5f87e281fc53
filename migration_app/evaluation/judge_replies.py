"""How a judge's reply is read: strictly, and never by a guess.

One JSON object, alone or alone in a code fence, with the word that the question named (`judge_questions`).
A judge's thoughts before it may stand between <think> marks. All else is asked for once more, and is then
the judge's failure, never the answer's: a verdict that the reply quotes from an answer is no verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .judging import Preference
from .scorers.json_reading import NotJson, read_json
from .scorers.text import storable
from .wording import english

GRADES = (1, 2, 3, 4, 5)
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_FENCED = re.compile(r"\A\s*```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```\s*\Z", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reply:
    """A judge's reply as read: a grade or a preference, with its reason; or what is wrong with it."""

    grade: int | None = None
    preference: Preference | None = None
    reason: str = ""
    problem: str = ""


def read_grade(text: str, word: str = "") -> Reply:
    """A grade from 1 to 5. Anything else is a problem, never a guess. `word`: what the reply must carry."""
    value = _object(text, word)
    if isinstance(value, Reply):
        return value
    grade = value.get("grade")
    if isinstance(grade, bool) or not isinstance(grade, int) or grade not in GRADES:
        return Reply(problem=english("The judge's reply has no grade from 1 to 5."))
    return Reply(grade=grade, reason=_reason(value))


def read_choice(text: str, word: str = "") -> Reply:
    """Which answer is better."""
    value = _object(text, word)
    if isinstance(value, Reply):
        return value
    better = value.get("better")
    if better not in list(Preference):
        return Reply(problem=english("The judge's reply does not say which answer is better."))
    return Reply(preference=Preference(better), reason=_reason(value))


def _object(text: str, word: str) -> Mapping[str, Any] | Reply:
    said = _THOUGHTS.sub("", text, count=1)
    fenced = _FENCED.match(said)
    try:
        value = read_json(fenced[1] if fenced else said, unique=True)
    except NotJson as error:
        return Reply(problem=english("The judge's reply is not JSON: {error}.", error=error))
    if not isinstance(value, Mapping):
        return Reply(problem=english("The judge's reply is no JSON object."))
    if word and value.get("word") != word:
        return Reply(
            problem=english(
                "The judge's reply lacks the word that its instructions named, so it may not have read them."
            )
        )
    return value


def _reason(value: Mapping[str, Any]) -> str:
    reason = value.get("reason")
    return storable(reason)[:600] if isinstance(reason, str) else ""
