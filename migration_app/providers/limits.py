"""What a vendor is known not to take: said before a start, and refused before a call.

A seed and a wish for JSON without a schema are wishes: without them the answer is still an
answer, so the call is made and the page says it beforehand. Anything else would change the
question, so such a call is not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from migration_app.evaluation.conversations import Conversation

from .errors import NotTakenError
from .vendors import Vendor
from .wording import Template, gettext_noop

NO_SEED = Template(gettext_noop("{vendor} takes no seed: repetitions will differ more."))
_NO_JSON = Template(
    gettext_noop("{vendor} has no JSON mode without a schema: only the prompt's own words ask for JSON.")
)
_NO_TOOLS = Template(gettext_noop("{vendor} takes no tools and will refuse these samples."))
_NO_SCHEMA = Template(gettext_noop("{vendor} does not take a JSON schema and will refuse these samples."))
_NO_IMAGES = Template(gettext_noop("{vendor} takes no images and will refuse these samples."))


def not_taken(
    vendor: Vendor,
    *,
    seed: bool = False,
    tools: bool = False,
    json_schema: bool = False,
    json_object: bool = False,
    images: bool = False,
) -> tuple[str, ...]:
    """Sentences on what `vendor` is known not to take of what is asked, to be read before a start."""
    missing = []
    if seed and vendor.seed_field is None:
        missing.append(NO_SEED(vendor=vendor.label))
    if json_object and not vendor.json_object:
        missing.append(_NO_JSON(vendor=vendor.label))
    missing += _refusals(vendor, tools=tools, json_schema=json_schema, images=images)
    return tuple(missing)


def refuse_not_taken(conversation: Conversation, vendor: Vendor) -> None:
    """Raises NotTakenError when `conversation` asks for what `vendor` is known not to take."""
    wanted = conversation.response_format or {}
    refusals = _refusals(
        vendor,
        tools=bool(conversation.tools),
        json_schema=wanted.get("type") == "json_schema",
        images=not vendor.images and has_images(conversation),
    )
    if refusals:
        raise NotTakenError(refusals[0])


def has_images(conversation: Conversation) -> bool:
    """Whether any message holds an image."""
    return any(
        _is_image(part)
        for message in conversation.messages
        if not isinstance(message.content, str)
        for part in message.content
    )


def _is_image(part: Mapping[str, Any]) -> bool:
    return isinstance(part, Mapping) and part.get("type") == "image_url"


def _refusals(vendor: Vendor, *, tools: bool, json_schema: bool, images: bool) -> list[str]:
    missing = []
    if tools and not vendor.tools:
        missing.append(_NO_TOOLS(vendor=vendor.label))
    if json_schema and not vendor.json_schema:
        missing.append(_NO_SCHEMA(vendor=vendor.label))
    if images and not vendor.images:
        missing.append(_NO_IMAGES(vendor=vendor.label))
    return missing
