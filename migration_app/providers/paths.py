"""Where under a base URL a vendor keeps its chat and its list of models.

Each style takes the base URL as people paste it, with or without the version at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol
from urllib.parse import quote

from .urls import Url


class Addressed(Protocol):
    """What a path may depend on, besides the base URL: see `endpoints.Endpoint`."""

    @property
    def model(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def project(self) -> str: ...
    @property
    def api_version(self) -> str: ...


class Paths(NamedTuple):
    """Path and query of the chat, and of the list of models ("" where a vendor offers none)."""

    chat: str
    models: str


def openai(url: Url, at: Addressed) -> Paths:
    return Paths(f"{url.path}/chat/completions{url.query}", f"{url.path}/models{url.query}")


def azure(url: Url, at: Addressed) -> Paths:
    """Azure OpenAI: `/openai/v1`, or a deployment's own path where an api-version is given.

    https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle
    """
    query = _versioned(url, at)
    if "/openai/deployments/" in url.path or url.path.endswith("/v1"):
        return openai(url._replace(query=query), at)
    root = url.path.removesuffix("/openai")
    if not query:
        return openai(url._replace(path=f"{root}/openai/v1"), at)
    return Paths(
        f"{root}/openai/deployments/{_segment(at.model)}/chat/completions{query}",
        f"{root}/openai/models{query}",
    )


def foundry(url: Url, at: Addressed) -> Paths:
    """Azure AI Foundry's model inference: `/models/chat/completions?api-version=…`, or `/openai/v1`.

    https://learn.microsoft.com/rest/api/aifoundry/modelinference/
    """
    if url.path.endswith("/v1"):
        return openai(url._replace(query=_versioned(url, at)), at)
    query = _versioned(url, at) or "?api-version=2024-05-01-preview"
    # A serverless deployment has a host of its own and no /models in its path.
    root = (
        url.path
        if url.host.endswith(".models.ai.azure.com")
        else url.path.removesuffix("/models") + "/models"
    )
    return Paths(f"{root}/chat/completions{query}", "")


def anthropic(url: Url, at: Addressed) -> Paths:
    """https://docs.claude.com/en/api/messages and …/models-list"""
    root = url.path.removesuffix("/messages").removesuffix("/v1")
    return Paths(f"{root}/v1/messages{url.query}", f"{root}/v1/models?limit=1000")


def gemini(url: Url, at: Addressed) -> Paths:
    """https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent"""
    root = url.path.removesuffix("/openai") or "/v1beta"
    model = at.model if at.model.startswith("tunedModels/") else f"models/{at.model.removeprefix('models/')}"
    return Paths(
        f"{root}/{quote(model, safe='/')}:streamGenerateContent?alt=sse", f"{root}/models?pageSize=1000"
    )


def vertex(url: Url, at: Addressed) -> Paths:
    """Gemini on Vertex AI; `model` may also name a publisher's model or an endpoint in full.

    https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference
    """
    model = at.model if "/" in at.model else f"publishers/google/models/{at.model}"
    home = _vertex_root(url) if model.startswith("projects/") else _vertex_home(url, at)
    # It lists no models by an address that a plain key could ask.
    return Paths(f"{home}/{quote(model, safe='/')}:streamGenerateContent?alt=sse", "")


def vertex_anthropic(url: Url, at: Addressed) -> Paths:
    """Claude on Vertex AI: Anthropic's protocol at an address of Google's.

    https://docs.claude.com/en/api/claude-on-vertex-ai
    """
    model = f"publishers/anthropic/models/{quote(at.model, safe='@')}"
    return Paths(f"{_vertex_home(url, at)}/{model}:streamRawPredict", "")


def vertex_openai(url: Url, at: Addressed) -> Paths:
    """The OpenAI layer of Vertex AI, for the open models that Google hosts (`meta/llama-…-maas`).

    https://cloud.google.com/vertex-ai/generative-ai/docs/maas/call-open-model-apis
    """
    given = url.path.endswith("/endpoints/openapi")
    home = url.path if given else f"{_vertex_home(url, at)}/endpoints/openapi"
    return Paths(f"{home}/chat/completions", "")


def cohere(url: Url, at: Addressed) -> Paths:
    """https://docs.cohere.com/v2/reference/chat and …/reference/list-models"""
    root = url.path.removesuffix("/v1").removesuffix("/v2").removesuffix("/compatibility")
    return Paths(f"{root}/v2/chat", f"{root}/v1/models?page_size=1000&endpoint=chat")


def converse(url: Url, at: Addressed) -> Paths:
    """A model's id, an inference profile's id or the ARN of either stands in the path, quoted whole.

    https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html
    """
    return Paths(f"{url.path}/model/{_segment(at.model)}/converse-stream", f"{url.path}/foundation-models")


_STYLES = (
    openai,
    azure,
    foundry,
    anthropic,
    gemini,
    vertex,
    vertex_anthropic,
    vertex_openai,
    cohere,
    converse,
)
PATHS: dict[str, Callable[[Url, Addressed], Paths]] = {style.__name__: style for style in _STYLES}


def _vertex_root(url: Url) -> str:
    return url.path if url.path.endswith(("/v1", "/v1beta1")) else f"{url.path}/v1"


def _vertex_home(url: Url, at: Addressed) -> str:
    return f"{_vertex_root(url)}/projects/{_segment(at.project)}/locations/{_segment(at.region)}"


def _segment(text: str) -> str:
    return quote(text, safe="")


def _versioned(url: Url, at: Addressed) -> str:
    """The query with the connection's api-version, unless the base URL came with one."""
    if not at.api_version or "api-version=" in url.query:
        return url.query
    before = f"{url.query}&" if url.query else "?"
    return f"{before}api-version={_segment(at.api_version)}"
