"""What the providers say can be told in another language: marked, and whole."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import migration_app.providers

ROOM = Path(migration_app.providers.__file__).parent
MARKS = ("gettext_noop",)
# Said to models and to operators, not to the people of a page.
_UNSEEN = ("prompt", "allow-list", "token table")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(ROOM.rglob("*.py")):
        yield str(path.relative_to(ROOM)), ast.parse(path.read_text())


def is_a_sentence(text: str) -> bool:
    return text.count(" ") >= 3 and text[:1].isupper() and text.rstrip("”").endswith(".")


def docstrings(tree: ast.Module) -> set[int]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, kinds))
    plain = (one for body in bodies for one in body if isinstance(one, ast.Expr))
    return {id(one.value) for one in plain}


def marked(tree: ast.Module) -> set[int]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id in MARKS)
    return {id(one) for call in named for one in call.args}


def test_no_sentence_is_left_unmarked_and_none_is_made_of_pieces() -> None:
    left = []
    for name, tree in modules():
        known = docstrings(tree) | marked(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
                text = text if text[:1].isupper() else f"X{text}"
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in known:
                text = node.value
            else:
                continue
            if is_a_sentence(text) and not any(word in text for word in _UNSEEN) and name != "probes.py":
                left.append(f"{name}:{node.lineno} {text}")
    assert left == []


def test_every_template_is_at_the_top_of_its_module() -> None:
    for name, tree in modules():
        inside = [
            node
            for outer in tree.body
            if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
            for node in ast.walk(outer)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Template"
        ]
        assert not inside, name
