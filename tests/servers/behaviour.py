"""How a scripted model behaves, and what a prompt asks of it.

Everything follows from (seed, model, prompt, attempt): the same question asked again gets
the same answer, the same delays and the same faults.

A prompt may hold directives:

    [[gold:X]]                  the right answer is X; the model gives it as often as its accuracy says
    [[fault:NAME,key=value]]    this request fails in that way (see `scripts.FAULTS`);
                                `times=2`: only the first two attempts at this prompt do
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass, field

from .judges import judge_reply

_GOLD = re.compile(r"\[\[gold:(.*?)\]\]", re.DOTALL)
_FAULT = re.compile(r"\[\[fault:([a-z0-9_]+)((?:,[a-z_]+=[^,\]]*)*)\]\]")


@dataclass(frozen=True)
class Behaviour:
    """One model's manners. Delays are seconds; `spread` is the sigma of a log-normal factor on them.

    accuracy: share of prompts with a gold answer that are answered rightly.
    freeze_after, freeze_for: from the so-many-th request for this model on, nothing is sent to anybody,
        whatever model they ask, for so many seconds. 0: never. The log counts how often it happened.
    usage: whether token counts are sent. faults: shares by fault, such as {"status,status=429": 0.1}.
    judge: how the model judges, when it is asked to (see `judges`).
    """

    first_token: float = 0.0
    gap: float = 0.0
    tokens: int = 8
    spread: float = 0.0
    accuracy: float = 1.0
    usage: bool = True
    reasoning_tokens: int = 0
    freeze_after: int = 0
    freeze_for: float = 0.0
    faults: dict[str, float] = field(default_factory=dict)
    judge: str = ""


@dataclass(frozen=True)
class Fault:
    """A named fault with its settings, all as text."""

    name: str
    settings: dict[str, str] = field(default_factory=dict)

    def number(self, key: str, default: float) -> float:
        return float(self.settings.get(key, default))


def dice(seed: int, *parts: object) -> random.Random:
    """A generator that depends on the parts alone, in every process and on every machine."""
    digest = hashlib.sha256(repr((seed, *parts)).encode()).digest()
    return random.Random(digest)


def fault_for(behaviour: Behaviour, prompt: str, attempt: int, rolled: random.Random) -> Fault | None:
    """The fault this attempt meets: the prompt's own first, then by the model's shares."""
    if asked := _FAULT.search(prompt):
        fault = _fault(asked[1] + asked[2])
        return fault if attempt <= fault.number("times", float("inf")) else None
    level = rolled.random()
    for text, share in behaviour.faults.items():
        if level < share:
            return _fault(text)
        level -= share
    return None


def answer_for(behaviour: Behaviour, prompt: str, rolled: random.Random) -> list[str]:
    """The answer's tokens, in order."""
    if behaviour.judge:
        return _tokens(judge_reply(behaviour.judge, prompt))
    if gold := _GOLD.search(prompt):
        right = rolled.random() < behaviour.accuracy
        return _tokens(gold[1] if right else f"none of these {rolled.randrange(1000)}")
    return [f"word{rolled.randrange(1000)} " for _ in range(behaviour.tokens)]


def _tokens(text: str) -> list[str]:
    return re.findall(r"\s*\S+", text) or [text]


def _fault(text: str) -> Fault:
    name, *pairs = text.split(",")
    return Fault(name, dict(pair.split("=", 1) for pair in pairs))
