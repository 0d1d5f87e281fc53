"""What a set of samples looks like, counted in one pass: facts, a content hash, suggested scoring."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from migration_app.evaluation.scorers import DEFAULT_SCORER, Expected, suggest

from .drafts import Draft
from .errors import UnreadableFile
from .log_settings import SettingsCensus
from .number_files import NumberFile

MAX_SAMPLES = 5_000_000  # in one file; a sample of it is what is stored
MAX_CATEGORIES = 200
_EXAMPLES = 200  # answers per category that a scorer is suggested from


class Census:
    """Counts samples as they pass. Memory does not grow with them."""

    def __init__(self) -> None:
        self.samples = 0
        self.categories: dict[str, int] = {}
        self.with_reference = self.with_logged = self.with_images = 0
        self.characters = self.longest = 0
        self.weighted = False
        self._settings = SettingsCensus()
        self._prompts = NumberFile("Q")
        self._sources = NumberFile("Q")
        self._hash = hashlib.sha256()
        self._expected: dict[str, list[Expected]] = {}

    def add(self, draft: Draft) -> None:
        """Count one sample. Raises UnreadableFile when there are too many samples or categories."""
        self.samples += 1
        if self.samples > MAX_SAMPLES:
            raise UnreadableFile(
                _(
                    "The file holds more than {max_samples} samples. A random part of it, a few "
                    "thousand, answers the question as well."
                ).format(max_samples=number_format(MAX_SAMPLES, force_grouping=True))
            )
        self._add_category(draft)
        self.with_reference += bool(draft.references)
        self.with_logged += draft.logged is not None
        self.with_images += bool(draft.images)
        self.characters += draft.input_characters
        self.longest = max(self.longest, draft.input_characters)
        self.weighted = self.weighted or draft.weight != 1.0
        if draft.settings:
            self._settings.add(draft.settings)
        self._add_identity(draft)

    def profile(self) -> dict[str, Any]:
        """The facts that a page shows, as JSON. Characters are those of what is sent."""
        return {
            "categories": dict(sorted(self.categories.items(), key=lambda pair: (-pair[1], pair[0]))),
            "with_reference": self.with_reference,
            "with_logged": self.with_logged,
            "with_images": self.with_images,
            "mean_input_characters": self.characters / self.samples if self.samples else None,
            "max_input_characters": self.longest if self.samples else None,
            "duplicates": self.samples - self._prompts.distinct(),
            "clusters": self._sources.distinct(),
            "weighted": self.weighted,
            "settings": self._settings.as_json(),
        }

    def content_hash(self) -> str:
        """SHA-256 over the samples' own hashes, in order."""
        return self._hash.hexdigest()

    def scoring(self) -> dict[str, Any]:
        """The scorer that suits each category's expected answers, and one for all others."""
        by_category = {name: suggestion(expected) for name, expected in self._expected.items() if name}
        everything = suggestion([one for expected in self._expected.values() for one in expected])
        return {"default": everything, "by_category": by_category}

    def _add_category(self, draft: Draft) -> None:
        self.categories[draft.category] = self.categories.get(draft.category, 0) + 1
        if len(self.categories) > MAX_CATEGORIES:
            raise UnreadableFile(
                _(
                    "The column chosen as category has more than {max_categories} different values. "
                    "Choose another column, or none."
                ).format(max_categories=MAX_CATEGORIES)
            )
        examples = self._expected.setdefault(draft.category, [])
        if len(examples) < _EXAMPLES:
            examples.append(Expected(tuple(draft.references), draft.response_format))

    def _add_identity(self, draft: Draft) -> None:
        self._prompts.append(int(draft.prompt_hash[:16], 16))
        source = hashlib.blake2b(draft.shared_source.encode(), digest_size=8).digest()
        self._sources.append(int.from_bytes(source))
        self._hash.update(bytes.fromhex(draft.content_hash))


def suggestion(expected: Iterable[Expected]) -> dict[str, Any]:
    """A scorer's name and parameters, with the reason in words; the default where nothing suits."""
    proposed = suggest(expected)
    name = proposed.name or DEFAULT_SCORER
    return {"name": name, "parameters": dict(proposed.parameters), "reason": proposed.reason}


def category_label(name: str) -> str:
    return name or _("No category")
