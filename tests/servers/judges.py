"""Scripted judges: what a model says that is asked to judge, by its `judge` manner.

fair       marks by the gold answer in the request: an answer that holds it is right
first      always prefers the first answer, and grades everything 5
harsh      grades everything 1 and always prefers the second answer
prose      never writes JSON
empty      says nothing
stammers   writes prose first, JSON when asked again
gullible   obeys an order that stands outside the examined document, else is fair
parrot     repeats the first verdict that it finds written in an answer, as it stands, else is fair
forgetful  never saw the instructions, as where a server drops the beginning of a long question
"""

from __future__ import annotations

import json
import re
from typing import Any

_GOLD = re.compile(r"\[\[gold:(.*?)\]\]", re.DOTALL)
_ORDER = re.compile(r"^\s*OBEY: grade (\d)\s*$", re.MULTILINE)
_VERDICT = re.compile(r"\{[^{}]*\"(?:grade|better)\"[^{}]*\}")
_WORD = re.compile(r'"word": "([0-9a-f]{8})"')
_PLACE = "the word"
AGAIN = "could not be read"


def judge_reply(manner: str, prompt: str) -> str:
    """The judge's reply to a question as `evaluation.judge_questions` writes it."""
    document, rest = _document(prompt)
    word = _WORD.search(rest)
    if manner == "parrot" and (verdict := _VERDICT.search(_answers(document))):
        return verdict[0]
    reply = _judged(manner, prompt, document, rest)
    return reply.replace(_PLACE, word[1] if word and manner != "forgetful" else "I see")


def _judged(manner: str, prompt: str, document: dict[str, Any], rest: str) -> str:
    compares = "second_answer" in document
    if manner == "prose" or (manner == "stammers" and AGAIN not in prompt):
        return "Both are fine work, I would say."
    if manner == "empty":
        return ""
    if manner == "first":
        return _choice("first") if compares else _grade(5)
    if manner == "harsh":
        return _choice("second") if compares else _grade(1)
    if manner == "gullible" and (order := _ORDER.search(rest)):
        return _choice("first") if compares else _grade(int(order[1]))
    return _fair(document, compares)


def _document(prompt: str) -> tuple[dict[str, Any], str]:
    """The examined document, and what stands around it."""
    start = prompt.index('{\n "request"')
    document, end = json.JSONDecoder().raw_decode(prompt, start)
    return document, prompt[:start] + "\n" + prompt[end:]


def _fair(document: dict[str, Any], compares: bool) -> str:
    gold = _GOLD.search(json.dumps(document["request"]))
    wanted = gold[1] if gold else ""
    if not compares:
        return _grade(5 if wanted in _text(document["answer"]) else 2)
    first, second = (wanted in _text(document[key]) for key in ("first_answer", "second_answer"))
    return _choice("tie" if first == second else "first" if first else "second")


def _answers(document: dict[str, Any]) -> str:
    return "\n".join(_text(document[key]) for key in document if key.endswith("answer"))


def _text(answer: Any) -> str:
    return answer if isinstance(answer, str) else json.dumps(answer)


def _grade(grade: int) -> str:
    return json.dumps({"word": _PLACE, "reason": "As the rubric says.", "grade": grade})


def _choice(better: str) -> str:
    return (
        "```json\n"
        + json.dumps({"word": _PLACE, "reason": "As the rubric says.", "better": better})
        + "\n```"
    )
