"""What in the templates and the code would be read by a person and is not marked for translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, Token, TokenType

from tools.messages import KEYWORDS

# Attributes that are read out or shown.
SPOKEN = {"aria-label", "alt", "title", "placeholder", "data-label", "aria-description"}
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
# A literal in a tag, and whether it is marked there.
LITERAL = re.compile(r'(_\()?"([^"]*)"')
SENTENCE = re.compile(r"^[A-Z“][a-zA-Z’']*,? [a-z]| \S*[a-z]{2,}\.$")
# Arguments that are shown on a form, however short.
SHOWN = {"label", "help_text", "empty_label", "placeholder", "host_label"}
LOGGING = {"debug", "info", "warning", "error", "exception", "critical", "log"}


class _Texts(HTMLParser):
    """The text nodes and spoken attributes of a piece of HTML."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.skipping = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.skipping = tag in {"script", "style"}
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.skipping = False

    def handle_data(self, data: str) -> None:
        if not self.skipping:
            self.found.append(data)


def bare_texts(source: str) -> list[str]:
    """Words of a template that no translation reaches, in the order they stand there."""
    page, tags = _without_tags(Lexer(source).tokenize())
    reader = _Texts()
    reader.feed(page)
    reader.close()
    bare = [text.strip() for text in reader.found if WORD.search(text)]
    return bare + [literal for tag in tags for literal in _bare_literals(tag)]


def _without_tags(tokens: list[Token]) -> tuple[str, list[str]]:
    page, tags, translating = [], [], False
    for token in tokens:
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split(maxsplit=1)[0]
            translating = name in {"blocktranslate", "blocktrans"} or (
                translating and name not in {"endblocktranslate", "endblocktrans"}
            )
            tags.append(token.contents)
        elif token.token_type == TokenType.VAR and not translating:
            tags.append(token.contents)
            page.append("x" if "".join(page[-1:]).endswith(("<", "</")) else "")  # an element's name
        elif token.token_type == TokenType.TEXT and not translating:
            page.append(token.contents)
    return "".join(page), tags


def _bare_literals(tag: str) -> Iterator[str]:
    if tag.split(maxsplit=1)[0] in {"translate", "trans", "load", "extends"}:
        return
    for marked, literal in LITERAL.findall(tag):
        if not marked and re.match(r"[A-Z][a-z]", literal):
            yield literal


def bare_sentences(path: Path) -> list[str]:
    """String literals that read as sentences and are passed to no mark, without docstrings and logs."""
    tree = ast.parse(path.read_text())
    finder = _Sentences()
    finder.visit(tree)
    return finder.found


class _Sentences(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[str] = []

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        if _name(node.func) in KEYWORDS or _is_logging(node.func):
            return
        for argument in node.keywords:
            text = argument.value.value if isinstance(argument.value, ast.Constant) else None
            if argument.arg in SHOWN and isinstance(text, str) and WORD.match(text):
                self.found.append(text)
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str) and SENTENCE.search(node.value):
            self.found.append(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        if SENTENCE.search(text):
            self.found.append(text)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_logging(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr in LOGGING
        and "log" in _name(function.value).lower()
    )
