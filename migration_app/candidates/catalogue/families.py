"""Which names mean the same model, and who made it. Guesses by name, kept in two small tables."""

from __future__ import annotations

import re

# What hosts hang on a model's name without its being another model.
_DRESS = (
    r"^(?:@cf|accounts|fireworks|models|us|eu|apac|global)[/.]", r"^(?:meta|mistral|google|qwen)\.",
    r":(?:free|nitro|floor|extended|exacto|beta|online)$", r"-v\d+:\d+$", r"@\d+$",
    r"-(?:turbo|versatile|specdec|fp8|fp8-fast|fast|lite|awq|gptq|fp16|bf16|int8|int4|maas|hf|"
    r"instruct|it|chat|preview)$",
)  # fmt: skip
_LEADING = re.compile(r"^(?:meta-llama|meta)-(?=llama)")

# (a name begins with, who made it, are its weights closed?); None: some are open, some closed.
_MAKERS: tuple[tuple[str, str, bool | None], ...] = (
    ("gpt-oss", "OpenAI", False),
    ("gpt-", "OpenAI", True),
    ("chatgpt", "OpenAI", True),
    ("o1", "OpenAI", True),
    ("o3", "OpenAI", True),
    ("o4", "OpenAI", True),
    ("claude", "Anthropic", True),
    ("gemini", "Google", True),
    ("gemma", "Google", False),
    ("llama", "Meta", False),
    ("mixtral", "Mistral AI", False),
    ("open-mi", "Mistral AI", False),
    ("mistral", "Mistral AI", None),
    ("ministral", "Mistral AI", None),
    ("codestral", "Mistral AI", None),
    ("qwen", "Alibaba", None),
    ("deepseek", "DeepSeek", False),
    ("command", "Cohere", None),
    ("grok", "xAI", None),
    ("phi-", "Microsoft", False),
    ("nova-", "Amazon", True),
    ("titan", "Amazon", True),
    ("olmo", "Ai2", False),
    ("falcon", "TII", False),
    ("mpt-", "MosaicML", False),
    ("smollm", "Hugging Face", False),
    ("kimi", "Moonshot AI", None),
    ("glm", "Z.ai", None),
    ("minimax", "MiniMax", None),
    ("sonar", "Perplexity", True),
)


def family_of(model: str) -> str:
    """The name without what a host hangs on it: `meta-llama/Llama-3.3-70B-Instruct-Turbo` and
    `llama-3.3-70b-versatile` are both `llama-3.3-70b`."""
    name = model.lower().strip()
    before = ""
    while before != name:
        before = name
        for pattern in _DRESS:
            name = re.sub(pattern, "", name)
    name = _LEADING.sub("", name.rsplit("/", 1)[-1])
    return name or model.lower()


def maker_of(family: str) -> tuple[str, bool | None]:
    """(maker, whether its weights are closed); ("", None) where the name does not say."""
    plain = re.sub(r"^(?:anthropic|amazon|cohere|meta|mistral|openai|deepseek|ai21)[./]", "", family)
    return next(((maker, closed) for begin, maker, closed in _MAKERS if plain.startswith(begin)), ("", None))
