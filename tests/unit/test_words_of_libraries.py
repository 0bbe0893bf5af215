"""What a data library says of an error may quote a cell: no handler turns an exception into text."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import gridaudit

ROOT = Path(gridaudit.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
# Handlers that look at what an error says without handing it on: (file, function) → why that is safe.
ALLOWED = {
    ("config/__init__.py", "_toml"): "tomllib, about the config",
    ("read/guard.py", "guarded"): "asks for the word password, says E102 or E103",
    ("cli/main.py", "_run"): "the option parser's own words, about options",
}
# What may be read of an error: the system's number and words, its kind, our own fields.
SAFE = {
    "strerror", "errno", "code", "params", "near", "errors", "exit_code", "start", "object", "reason", "__traceback__",
    "format_message", "option_name", "possibilities", "param",
}  # fmt: skip


def spoken(tree):
    """Uses of a caught exception other than its kind and its safe fields, with the function they stand in."""
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.Lambda)):
            continue
        for handler in ast.walk(function):
            if isinstance(handler, ast.ExceptHandler) and handler.name:
                yield from ((getattr(function, "name", "lambda"), use) for use in uses(handler))


def uses(handler):
    parents = {child: node for node in ast.walk(handler) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(handler):
        if not (isinstance(node, ast.Name) and node.id == handler.name and isinstance(node.ctx, ast.Load)):
            continue
        parent = parents[node]
        is_field = isinstance(parent, ast.Attribute) and parent.attr in SAFE
        called = parent.func.id if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name) else ""
        is_text = called in {"str", "repr", "format", "print"} or isinstance(parent, ast.FormattedValue)
        is_args = isinstance(parent, ast.Attribute) and not is_field
        if is_text or is_args:
            yield node.lineno


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_handler_hands_on_what_an_error_says(path):
    name = path.relative_to(ROOT).as_posix()
    found = [use for use in spoken(ast.parse(path.read_text("utf-8"))) if (name, use[0]) not in ALLOWED]
    assert found == []


@pytest.mark.parametrize(
    "text",
    ["say(str(error))", "say(f'{error}')", "say(repr(error))", "say(error.args)", "print(error)", "raise E(error.msg)"],
)
def test_the_search_finds_it(text):
    """Otherwise the test above could not fail."""
    source = f"def work():\n    try:\n        pass\n    except ValueError as error:\n        {text}\n"
    assert [function for function, _ in spoken(ast.parse(source))] == ["work"]


def test_every_exception_to_it_is_still_there():
    names = {path.relative_to(ROOT).as_posix() for path in FILES}
    for name, function in ALLOWED:
        assert name in names
        assert f"def {function}(" in (ROOT / name).read_text("utf-8")


def test_nothing_prints_a_traceback_or_logs():
    for path in FILES:
        text = path.read_text("utf-8")
        for word in ("print_exc", "format_exc", "logging.", "print_exception", "show_locals", "warnings.warn"):
            assert word not in text, (path.name, word)
