"""The chunks of Gemini's streamGenerateContent.

Reference: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from migration_app.evaluation.outcomes import Usage

from ..pieces import Pieces, dict_of, list_of, text_of
from ..usage import total, usage_of
from ..wording import Template, gettext_noop

_PROMPT_BLOCKED = Template(gettext_noop("The prompt was blocked: {reason}."))
_ANSWER_BLOCKED = Template(gettext_noop("The answer was blocked: {reason}."))
_REASONS = {"STOP": "stop", "MAX_TOKENS": "length"}
_FILTERED = frozenset(
    "SAFETY RECITATION BLOCKLIST PROHIBITED_CONTENT SPII LANGUAGE MODEL_ARMOR IMAGE_SAFETY "
    "IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION".split()
)


@dataclass(slots=True)
class GeminiPieces(Pieces):
    """There is no last event: the chunk that says why it finished is the last."""

    def add(self, chunk: dict[str, Any], moment: float, name: bytes = b"") -> None:
        if chunk.get("error"):
            self.error = chunk["error"]
        self.model = self.model or text_of(chunk.get("modelVersion"))
        self.id = self.id or text_of(chunk.get("responseId"))
        if isinstance(chunk.get("usageMetadata"), dict):
            self.usage = chunk["usageMetadata"]  # Each is a total so far.
        if blocked := text_of(dict_of(chunk.get("promptFeedback")).get("blockReason")):
            self._block(_PROMPT_BLOCKED(reason=blocked))
        for candidate in list_of(chunk.get("candidates"))[:1]:
            self._take(dict_of(candidate), moment)

    def add_whole(self, answer: dict[str, Any], moment: float) -> None:
        self.add(answer, moment)
        self.done = bool(self.chunks)

    def counted(self) -> Usage:
        """Thoughts are counted beside the answer there; our output holds both.

        Counts of zero are left out there: without a total, a missing one says nothing.
        """
        raw = self.usage or {}
        missing = 0 if "totalTokenCount" in raw else None
        thoughts = raw.get("thoughtsTokenCount", missing)
        return usage_of(
            raw,
            given=total(raw.get("promptTokenCount"), raw.get("toolUsePromptTokenCount", 0)),
            cached=raw.get("cachedContentTokenCount", missing),
            output=total(raw.get("candidatesTokenCount", missing), thoughts or 0),
            reasoning=thoughts,
            images=_tokens_of_images(raw),
        )

    def _take(self, candidate: dict[str, Any], moment: float) -> None:
        self.chunks += 1
        for part in list_of(dict_of(candidate.get("content")).get("parts")):
            self._part(dict_of(part), moment)
        reason = text_of(candidate.get("finishReason"))
        if reason in _FILTERED:
            said = text_of(candidate.get("finishMessage"))
            self._block(f"{_ANSWER_BLOCKED(reason=reason)} {said}".strip())
        elif reason and reason != "FINISH_REASON_UNSPECIFIED":
            ended = "tool_calls" if reason == "STOP" and self.calls else _REASONS.get(reason, reason.lower())
            self.finish_reason = self.finish_reason or ended

    def _part(self, part: dict[str, Any], moment: float) -> None:
        called = part.get("functionCall")
        if isinstance(called, dict):
            # Few models give their calls an id; a conversation needs one to go on.
            id = text_of(called.get("id")) or f"call_{len(self.calls)}"
            self.begin_call(id, called.get("name"), called.get("args") or "{}", moment)
        elif part.get("thought") is True:
            self.think(part.get("text"), moment)
        else:
            self.say(part.get("text"), moment)

    def _block(self, said: str) -> None:
        self.error = {"code": "content_filter", "message": said}


def _tokens_of_images(raw: dict[str, Any]) -> object:
    """Of the prompt, the tokens of pictures, where the vendor says so."""
    details = [dict_of(part) for part in list_of(raw.get("promptTokensDetails"))]
    return next((part.get("tokenCount") for part in details if part.get("modality") == "IMAGE"), None)
