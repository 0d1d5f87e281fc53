"""The vendors we know, as a table you can read.

A new vendor is one more row. A vendor with a protocol of its own gets two modules in
`protocols`, and a row here. Addresses and flags follow the vendors' own documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .wording import gettext_noop

ProtocolName = Literal["openai", "anthropic", "gemini", "cohere", "converse"]
# How a call proves who sends it; see `auth`.
Auth = Literal["bearer", "api-key", "x-api-key", "x-goog-api-key", "entra", "google", "aws"]
# What a connection tells besides its address and key; see `endpoints.Endpoint`.
Detail = Literal["region", "project", "api_version"]
# ask: sent when stream_options asks for it. always: sent unasked, stream_options is refused or
# ignored.
UsageInStream = Literal["ask", "always"]


@dataclass(frozen=True, slots=True)
class Vendor:
    """What a vendor takes.

    base_url: may hold {region}, filled in from the connection, and a CAPITAL placeholder that a
        person has to fill in.
    auth: the ways in, the usual one first. details: what else a connection has to tell.
    paths: the style of its addresses, one of `paths.PATHS`; "" for the protocol's own.
    max_tokens_field, seed_field: how the setting is called there (`None`: not taken).
    json_schema, json_object, tools, images: whether `response_format` of that type, tools, and
        images in messages are taken.
    headers: further headers of every request.
    developer_role: whether the role *developer* is known; otherwise it is sent as *system*.
    thinking_outside_output: `total_tokens` holds thinking tokens that `completion_tokens`
        leaves out, without saying how many in the details.
    prompt_caching: caches only what a request marks, so a connection may ask for the mark.
    own_server: runs on the customer's machines, often without a key.
    """

    name: str
    label: str
    base_url: str
    protocol: ProtocolName = "openai"
    auth: tuple[Auth, ...] = ("bearer",)
    details: tuple[Detail, ...] = ()
    paths: str = ""
    usage_in_stream: UsageInStream = "ask"
    max_tokens_field: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    seed_field: Literal["seed", "random_seed"] | None = "seed"
    json_schema: bool = True
    json_object: bool = True
    tools: bool = True
    images: bool = True
    developer_role: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    thinking_outside_output: bool = False
    prompt_caching: bool = False
    own_server: bool = False

    def address(self, region: str) -> str:
        """The base URL for a region; Google's location “global” has a host without one."""
        url = self.base_url.replace("{region}-", "") if region == "global" else self.base_url
        return url.replace("{region}", region)


_TABLE: tuple[Vendor, ...] = (
    Vendor(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        max_tokens_field="max_completion_tokens",
        developer_role=True,
    ),
    Vendor(
        "azure",
        "Azure OpenAI",
        "https://RESOURCE.openai.azure.com/openai/v1",
        auth=("api-key", "entra", "bearer"),
        details=("api_version",),
        paths="azure",
        max_tokens_field="max_completion_tokens",
        developer_role=True,
    ),
    Vendor(
        "azure_foundry",
        "Azure AI Foundry",
        "https://RESOURCE.services.ai.azure.com",
        auth=("api-key", "entra", "bearer"),
        details=("api_version",),
        paths="foundry",
        # Else it refuses what not all of its models know, such as stream_options.
        headers=(("extra-parameters", "pass-through"),),
    ),
    Vendor(
        "bedrock",
        "Amazon Bedrock",
        "https://bedrock-runtime.{region}.amazonaws.com",
        protocol="converse",
        auth=("aws", "bearer"),
        details=("region",),
        seed_field=None,
        json_object=False,
        prompt_caching=True,
    ),
    Vendor(
        "bedrock_openai",
        "Amazon Bedrock, OpenAI-compatible",
        "https://bedrock-runtime.{region}.amazonaws.com/openai/v1",
        details=("region",),
    ),
    Vendor(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com",
        protocol="anthropic",
        auth=("x-api-key", "bearer"),
        seed_field=None,
        json_object=False,
        prompt_caching=True,
    ),
    Vendor(
        "gemini",
        "Google Gemini",
        "https://generativelanguage.googleapis.com/v1beta",
        protocol="gemini",
        auth=("x-goog-api-key", "bearer"),
    ),
    Vendor(
        "vertex",
        "Google Vertex AI",
        "https://{region}-aiplatform.googleapis.com",
        protocol="gemini",
        auth=("google", "bearer"),
        details=("region", "project"),
        paths="vertex",
    ),
    Vendor(
        "vertex_openai",
        gettext_noop("Google Vertex AI, open models"),
        "https://{region}-aiplatform.googleapis.com",
        auth=("google", "bearer"),
        details=("region", "project"),
        paths="vertex_openai",
        thinking_outside_output=True,
    ),
    Vendor(
        "vertex_anthropic",
        "Google Vertex AI, Claude",
        "https://{region}-aiplatform.googleapis.com",
        protocol="anthropic",
        auth=("google", "bearer"),
        details=("region", "project"),
        paths="vertex_anthropic",
        seed_field=None,
        json_object=False,
        prompt_caching=True,
    ),
    Vendor("cohere", "Cohere", "https://api.cohere.com", protocol="cohere"),
    Vendor(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        usage_in_stream="always",
        seed_field="random_seed",
    ),
    Vendor("together", "Together AI", "https://api.together.ai/v1"),
    Vendor("groq", "Groq", "https://api.groq.com/openai/v1", max_tokens_field="max_completion_tokens"),
    Vendor("fireworks", "Fireworks AI", "https://api.fireworks.ai/inference/v1"),
    Vendor("deepinfra", "DeepInfra", "https://api.deepinfra.com/v1/openai"),
    Vendor("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
    Vendor("huggingface", "Hugging Face router", "https://router.huggingface.co/v1"),
    Vendor(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com",
        seed_field=None,
        json_schema=False,
        images=False,
    ),
    Vendor("xai", "xAI", "https://api.x.ai/v1", max_tokens_field="max_completion_tokens"),
    Vendor("vllm", "vLLM", "http://HOST:8000/v1", own_server=True, developer_role=True),
    Vendor("tgi", "Text Generation Inference", "http://HOST:8080/v1", own_server=True),
    Vendor("sglang", "SGLang", "http://HOST:30000/v1", own_server=True),
    Vendor("ollama", "Ollama", "http://HOST:11434/v1", own_server=True),
    Vendor("llamacpp", "llama.cpp", "http://HOST:8080/v1", own_server=True),
    Vendor("lmstudio", "LM Studio", "http://HOST:1234/v1", own_server=True),
    Vendor("other", gettext_noop("Any OpenAI-compatible server"), "", own_server=True),
)

VENDORS: dict[str, Vendor] = {vendor.name: vendor for vendor in _TABLE}


def vendor_named(name: str) -> Vendor:
    """The vendor of that name, or the row for any OpenAI-compatible server."""
    return VENDORS.get(name, VENDORS["other"])
