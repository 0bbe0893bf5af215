"""docs/methods: both languages say the same, what they name exists, and what the code refers to is there."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from gridaudit.rulebook import load_rulebook

ROOT = Path(__file__).parents[2]
DOCUMENTS = {"methods.md": "en", "methods.zh-CN.md": "zh"}
MADE = runpy.run_path(str(ROOT / "tests" / "make_blocks.py"))


def read(name):
    return (ROOT / "docs" / name).read_text("utf-8")


def sections(text):
    return set(re.findall(r"^## (\d+)\.", text, re.MULTILINE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_its_tables_are_fresh(name):
    text = read(name)
    for block in ("weights", "tiers", "losses"):
        assert text.count(f"<!-- {block}:begin -->\n|") == text.count(f"|\n<!-- {block}:end -->\n") == 1
    assert MADE["rewritten"](text, DOCUMENTS[name]) == text, "run python tests/make_blocks.py"


def test_both_languages_have_the_same_parts_and_figures():
    def shape(text):
        return re.findall(r"^(?:## \d*|\d+\.|- |\||    )", text, re.MULTILINE)

    def figures(text):
        body = re.split(r"\n## (?:Sources|出处)", text)[0]
        return sorted(re.findall(r"(?<!\d)\.\d+|`[^`\s]+`|(?<![A-Z])[A-Z]\d{3}", body))

    english, chinese = map(read, DOCUMENTS)
    assert shape(english) == shape(chinese)
    assert figures(english) == figures(chinese)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_rules_and_files_named_exist(name):
    text = read(name)
    known = {rule.code for rule in load_rulebook()}
    assert set(re.findall(r"\b[A-Z]\d{3}\b", text)) <= known
    paths = re.findall(r"`((?:gridaudit|tests)/[^`]+)`", text)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_sections_that_the_code_refers_to_exist():
    there = sections(read("methods.md"))
    named = {
        number
        for folder in ("gridaudit", "tests")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".py", ".toml"}
        for number in re.findall(r"docs/methods\.md,\s(\d+)", path.read_text("utf-8"))
    }
    assert len(named) > 4
    assert named <= there
