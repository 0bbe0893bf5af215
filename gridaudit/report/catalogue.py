"""The catalogue of the rules as Markdown: `rules/README.md`, generated from the rule files. Both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from itertools import groupby
from typing import Any

from gridaudit.report.cells import word
from gridaudit.report.markdown import markdown_table
from gridaudit.rulebook import Case, Rule, Rulebook

# ODCS dimension → term of GB/T 36344-2018; the standard files duplicates under accuracy.
_TERMS = {
    "accuracy": "准确性", "completeness": "完整性", "conformity": "规范性", "consistency": "一致性",
    "coverage": "完整性", "timeliness": "时效性", "uniqueness": "准确性",
}  # fmt: skip
_HEADINGS = (
    "代码 / code", "名称 / name", "问题 / problem", "级别 / level", "扣分 / loss", "计入 / counted in",
    "维度 / dimension", "自 / since", "状态 / status",
)  # fmt: skip


def catalogue_markdown(rulebook: Rulebook) -> str:
    """Return the whole catalogue: how to add a rule, a table of all, a section for each."""
    preface = files("gridaudit.report").joinpath("rules_preface.md").read_text("utf-8")
    rows = [_row(rule) for rule in rulebook]
    lines = [preface, "## 全部规则 / All rules", "", *markdown_table(_HEADINGS, rows, [":--"] * len(_HEADINGS)), ""]
    for family, rules in groupby(rulebook, key=lambda rule: rule.family):
        lines += [f"## {family} {word('family', family, 'zh')} / {word('family', family, 'en')}", ""]
        lines += [text for rule in rules for text in rule_section(rule)]
    return "\n".join(lines).rstrip() + "\n"


def rule_section(rule: Rule) -> list[str]:
    """Return the section of one rule: texts in both languages, expressions, settings, cases."""
    heading = f"### {rule.code} {rule.title.zh} / {rule.title.en}"
    facts = (
        f"`{rule.name}` | {'、'.join(rule.tables)} | {_both('level', rule.level)} | {_both('loss', _loss(rule))} | "
        f"{rule.dimension} ({gb_term(rule)})"
    )
    said = [(key, " ".join(getattr(rule, key))) for key in ("why", "fix", "not_reported")]
    items = [f"- **{_both('explain', key)}**: {text}" for key, text in (*said, *_expressions(rule))]
    return [heading, "", facts, "", *items, "", *_cases(rule)]


def gb_term(rule: Rule) -> str:
    """Return the term of GB/T 36344-2018 for what a rule is about."""
    return "准确性" if rule.family == "I" and rule.dimension == "conformity" else _TERMS[rule.dimension]


def catalogue_entries(rulebook: Rulebook) -> list[dict[str, Any]]:
    """Return the rules as dictionaries for machines, without their cases."""
    return [rule_entry(rule) for rule in rulebook]


def rule_entry(rule: Rule) -> dict[str, Any]:
    """Return one rule as a dictionary."""
    texts = {key: getattr(rule, key)._asdict() for key in ("title", "why", "fix", "not_reported")}
    return {
        "code": rule.code, "name": rule.name, "family": rule.family, "tables": list(rule.tables), "level": rule.level,
        "loss": rule.loss, "counted_in": rule.counted_in, "dimension": rule.dimension, "gb_t_36344": gb_term(rule),
        "columns": list(rule.columns), "when": rule.when, "check": rule.check, "parameters": dict(rule.parameters),
        "suggestion": rule.suggestion, "source": rule.source, "since": rule.since, "status": rule.status, **texts,
    }  # fmt: skip


def _row(rule: Rule) -> list[str]:
    return [
        rule.code, rule.name, f"{rule.title.zh} / {rule.title.en}", _both("level", rule.level),
        _both("loss", _loss(rule)), _both("counted", rule.counted_in) if rule.loss != "none" else "",
        f"{rule.dimension} ({gb_term(rule)})", rule.since, rule.status,
    ]  # fmt: skip


def _loss(rule: Rule) -> str:
    return "whole" if rule.code in {"C101", "C102"} else rule.loss


def _both(section: str, key: str | None) -> str:
    return "" if key is None else f"{word(section, key, 'zh')} / {word(section, key, 'en')}"


def _expressions(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.when != "TRUE":
        yield "when", f"`{' '.join(rule.when.split())}`"
    yield "check", f"`{' '.join(rule.check.split())}`"
    if rule.columns:
        yield "columns", ", ".join(f"`{name}`" for name in rule.columns)
    if rule.parameters:
        yield "parameters", ", ".join(f"`{_assigned(name, value)}`" for name, value in rule.parameters.items())
    if rule.source:
        yield "source", rule.source


def _cases(rule: Rule) -> list[str]:
    """The cases as a table; people and numbers in them are invented."""
    rows = [[case.verdict, _code(_cells(case.row)), _code(_beside(case))] for case in rule.cases]
    return [*markdown_table(("", "行 / row", "同时有 / beside"), rows, [":--"] * 3), ""] if rows else []


def _cells(row: Mapping[str, Any]) -> str:
    return ", ".join(_assigned(name, value) for name, value in row.items())


def _assigned(name: str, value: object) -> str:
    """A setting as TOML has it; characters nobody can see are written as escapes."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    seen = "".join(char if char == " " or char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return f"{name} = {seen}"


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _beside(case: Case) -> str:
    parts = [f"{name}: {' / '.join(_cells(row) for row in rows)}" for name, rows in case.context.items()]
    return "; ".join([*parts, *([_cells(case.parameters)] if case.parameters else [])])
