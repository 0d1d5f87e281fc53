"""Names of models in their own answers: "I am Claude, made by Anthropic" would end a blind review."""

from __future__ import annotations

import re
from collections.abc import Iterable

from migration_app.runs.models import Run

HIDDEN = "▮▮▮"
# What models call themselves and their makers; of words that mean something else, only the longer form.
_KNOWN = (
    "ChatGPT", "OpenAI", "GPT", "Anthropic", "Claude", "Gemini", "Gemma", "Google DeepMind", "DeepMind",
    "LLaMA", "Meta AI", "Mistral AI", "Mistral", "Mixtral", "Qwen", "Tongyi Qianwen", "Alibaba Cloud",
    "DeepSeek", "Grok",
    "xAI", "Cohere", "Command R", "SmolLM", "Hugging Face", "Phi-3", "Phi-4", "Amazon Nova", "Kimi",
    "Moonshot AI", "GLM", "Zhipu AI",
)  # fmt: skip
_SHORTEST = 4  # letters of a team's own name for a model; "AI" stands in half of all texts


def hidden_names(run: Run) -> tuple[str, ...]:
    """What must not be read in an answer: the run's models, and what models call themselves."""
    own = run.candidates.values_list("label", "model")
    named = {name.strip() for pair in own for whole in pair for name in (whole, whole.rsplit("/", 1)[-1])}
    return tuple(
        sorted({*_KNOWN, *(name for name in named if len(name) >= _SHORTEST)}, key=len, reverse=True)
    )


def without_names(text: str, names: Iterable[str], asked: str) -> str:
    """`text` with each name covered, and what belongs to it (GPT-4o). Names that the request has stay."""
    heard = asked.casefold()
    covered = [re.escape(name) for name in names if name.casefold() not in heard]
    if not covered:
        return text
    pattern = rf"(?<!\w)(?:{'|'.join(covered)})(?:[-\u00a0 ]?v?\d[\w.]*)*(?:-\w+)*(?!\w)"
    return re.sub(pattern, HIDDEN, text, flags=re.IGNORECASE)
