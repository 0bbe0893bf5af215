"""What every shipped rule must have."""

from __future__ import annotations

import re
from itertools import chain

import pytest

from gridaudit import schema
from gridaudit.errors import ConfigError, RuleError
from gridaudit.judge.findings import unsafe_placeholders
from gridaudit.rulebook import builtin_folder, compile_rule, load_rule, load_rulebook
from gridaudit.rulebook.rule import DERIVED_TABLES
from gridaudit.text import has

RULES = tuple(load_rulebook())
EXPECTED = {
    *(f"F{number}" for number in chain(range(101, 113), range(201, 208))),
    *(f"I{number}" for number in range(101, 116)),
    *(f"V{number}" for number in chain(range(101, 111), range(201, 205))),
    *(f"T{number}" for number in range(101, 104)),
    *(f"W{number}" for number in range(101, 108)),
    *(f"D{number}" for number in range(101, 107)),
    *(f"L{number}" for number in chain(range(101, 123), range(131, 140), range(151, 160))),
    *("C101", "C102", "C103", "C104", "C105", "C106", "C107", "C108", "C110", "C111", "C112", "C113", "C114", "C115"),
}
MINIMAL = """
name = "{name}"
table = "residents"
check = "name IS NOT NULL"
level = "error"
loss = "none"
dimension = "completeness"
{more}
title = {{ zh = "一", en = "a" }}
why = {{ zh = "一", en = "a" }}
fix = {{ zh = "一", en = "a" }}
not_reported = {{ zh = "一", en = "a" }}
"""

each_rule = pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])


def local_rule(folder, *, code="U101", name="a-local-rule", more=""):
    path = folder / f"{code}.toml"
    path.write_text(MINIMAL.format(name=name, more=more), "utf-8")
    return path


def test_the_codes_of_the_design_are_there():
    assert {rule.code for rule in RULES} >= EXPECTED


def test_nothing_is_shipped_in_the_family_of_local_rules():
    assert {rule.family for rule in RULES} <= set("FIDCLVTW")


@each_rule
def test_texts_stand_in_both_languages(rule):
    texts = [rule.title, rule.why, rule.fix, rule.not_reported, *([rule.message] if rule.message else [])]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert all(re.search(r"[\u4e00-\u9fff]", text.zh) for text in texts)
    assert all(re.search(r"[A-Za-z]{2}", text.en) for text in texts)


@each_rule
def test_passing_and_failing_cases(rule):
    verdicts = {case.verdict for case in rule.cases}
    assert {"pass", "fail"} <= verdicts


@each_rule
def test_name_is_the_problem_in_kebab_case(rule):
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", rule.name)
    assert not re.match(r"use-|prefer-|do-not-", rule.name)
    assert not rule.name.endswith("-used")


@each_rule
def test_folder_is_the_family(rule):
    assert rule.origin.parent == builtin_folder() / rule.code[0]


@each_rule
def test_cells_to_look_at_are_columns_of_the_table(rule):
    known = set().union(
        *(schema.facts(table) if table in DERIVED_TABLES else schema.columns(table) for table in rule.tables)
    )
    assert set(rule.columns) <= known


@each_rule
def test_columns_of_the_expressions_have_names_in_both_languages(rule):
    for table in rule.tables:
        for name in compile_rule(rule, table).columns:
            source = schema.source_column(table, name)
            entry = schema.facts(table)[name] if name in schema.facts(table) else schema.columns(table)[source]
            assert entry.zh
            assert entry.en


@each_rule
def test_suggestion_is_a_known_action(rule):
    assert has(f"action.{rule.suggestion}") or rule.suggestion == "none"


@each_rule
def test_what_costs_marks_says_where_it_is_counted(rule):
    assert (rule.loss == "none") == (rule.counted_in is None)


@each_rule
def test_message_says_nothing_about_a_person(rule):
    assert unsafe_placeholders(rule) == set()


@each_rule
def test_compiles_for_each_of_its_tables(rule):
    assert all(compile_rule(rule, table).columns for table in rule.tables)


def test_rules_about_files_stand_on_derived_tables():
    tables = {rule.code: rule.tables for rule in RULES if rule.family == "W"}
    assert tables == {**{f"W{number}": ("files",) for number in range(101, 107)}, "W107": ("outcomes",)}


def test_selectors_are_codes_prefixes_and_families():
    rulebook = load_rulebook()
    assert rulebook.matching(["I103", "w10"]) == {"I103", *(f"W{number}" for number in range(101, 108))}
    with pytest.raises(ConfigError, match="E221"):
        rulebook.matching(["I199"])


def test_settings_change_parameters_and_the_fingerprint():
    changed = load_rulebook(settings={"W107": {"percent": 90.0, "level": "warning"}, "F105": {"enabled": False}})
    assert changed.get("W107").parameters == {"percent": 90.0, "min_rows": 100}
    assert changed.get("w107").level == "warning"
    assert "F105" not in {rule.code for rule in changed}
    assert changed.fingerprint != load_rulebook().fingerprint


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"W107": {"percents": 90.0}}, "E202"),
        ({"W107": {"percent": "90"}}, "E203"),
        ({"W107": {"level": "fatal"}}, "E203"),
        ({"W999": {}}, "E221"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings, code):
    with pytest.raises(ConfigError, match=code):
        load_rulebook(settings=settings)


def test_a_local_rule_is_added(tmp_path):
    local_rule(tmp_path)
    assert load_rulebook(extra_folder=tmp_path).get("U101").name == "a-local-rule"


@pytest.mark.parametrize(("code", "name"), [("I103", "a-local-rule"), ("U101", "id-check-digit-mismatch")])
def test_codes_and_names_that_clash_are_refused(tmp_path, code, name):
    local_rule(tmp_path, code=code, name=name)
    with pytest.raises(RuleError, match="E218"):
        load_rulebook(extra_folder=tmp_path)


@pytest.mark.parametrize("more", ['levels = "x"', 'status = "new"', '[[case]]\nverdict = "maybe"\nrow = {}'])
def test_a_malformed_rule_is_refused(tmp_path, more):
    path = tmp_path / "U101.toml"
    head, texts = MINIMAL.split("{more}")
    path.write_text((head + texts).format(name="a-rule") + more, "utf-8")
    with pytest.raises(RuleError, match="E217"):
        load_rule(path)


def test_a_rule_that_costs_marks_without_saying_where_is_refused(tmp_path):
    path = local_rule(tmp_path)
    path.write_text(path.read_text("utf-8").replace('loss = "none"', 'loss = "major"'), "utf-8")
    with pytest.raises(RuleError, match="E217"):
        load_rule(path)
