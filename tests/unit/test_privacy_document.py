"""docs/privacy: every claim names a test that exists, both languages name the same ones, commands and codes exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import polars as pl
import pytest

from gridaudit.cli.main import build_app
from gridaudit.judge.mask import masked
from gridaudit.text import has

ROOT = Path(__file__).parents[2]
DOCUMENTS = ("privacy.md", "privacy.zh-CN.md")


def read(name):
    return (ROOT / "docs" / name).read_text("utf-8")


def named(text):
    return re.findall(r"`((?:unit|cli|property)/\w+\.py)::(\w+)`", text)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_test_named_exists(name):
    tests = named(read(name))
    assert len(tests) > 30
    for file, test in tests:
        tree = ast.parse((ROOT / "tests" / file).read_text("utf-8"))
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, (file, test)


def test_both_languages_name_the_same_tests_in_the_same_order():
    first, second = (named(read(name)) for name in DOCUMENTS)
    assert first == second


def test_both_languages_have_the_same_parts():
    first, second = (read(name) for name in DOCUMENTS)
    for mark in ("## ", "| ", "- ", "```"):
        counts = [sum(line.startswith(mark) for line in text.splitlines()) for text in (first, second)]
        assert counts[0] == counts[1], mark


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_part_with_claims_names_a_test(name):
    for part in read(name).split("\n## ")[2:-1]:
        assert named(part), part.splitlines()[0]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_codes_files_and_commands_exist(name):
    text = read(name)
    for code in re.findall(r"\bE\d{3}\b", text):
        assert has(f"error.{code}")
    for path in re.findall(r"tests/cli/\w+\.py", text):
        assert (ROOT / path).is_file()
    commands = build_app("en").commands
    (block,) = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
    lines = re.findall(r"gridaudit (\w+)([^#\n]*)", block)
    assert len(lines) == 4
    for command, rest in lines:
        options = {option for item in commands[command].params for option in item.opts}
        assert {word for word in rest.split() if word.startswith("--")} <= options


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize(
    ("field", "cell", "shown"),
    [
        ("name", "张三丰", "张*"),
        ("id_no", "430299199003071239", "4***************39"),
        ("phone", "13900000000", "139****0000"),
    ],
)
def test_the_examples_of_masks_are_what_is_shown(name, field, cell, shown):
    rows = [row.replace("\\*", "*") for row in read(name).splitlines() if row.startswith("| ")]
    assert any(f" {cell} | {shown} |" in row for row in rows)
    assert masked(pl.Series([cell]), field).to_list() == [shown]
