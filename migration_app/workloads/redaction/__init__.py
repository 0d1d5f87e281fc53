"""Redaction: what is private in a customer's texts is found by rules and replaced by placeholders.

    find(text) ──► Found (where, which kind) ──► mask(text, found, placeholder_of)

A rule is a shape and, wherever one exists, a check: check digits, a numbering plan, a token's header.
Rules find no names. `presidio` adds a language model that looks for them, where it is installed.
"""

from .finder import find
from .kinds import BY_KEY, KINDS, Kind
from .masking import example_of, mask
from .spans import Found

__all__ = ["BY_KEY", "KINDS", "Found", "Kind", "example_of", "find", "mask"]
