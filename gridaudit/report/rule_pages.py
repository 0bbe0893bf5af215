"""The rules as a person reads them on the terminal: the catalogue, and one rule explained."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from gridaudit import schema
from gridaudit.report import cells
from gridaudit.report.lines import SCREEN, Column, Line, Styled, flow, fold, line, table
from gridaudit.rulebook import Case, Rule, Rulebook
from gridaudit.text import Lang, say

_MARGIN = 10
_MANY_ALIASES = 4
# Their loss is that of the home itself, not of a finding (score: the frame and `whole`).
_WHOLE_HOME = ("C101", "C102")


def explain(rule: Rule, lang: Lang, *, n_findings: int | None = None) -> list[Line]:
    """Return one rule explained: what, why, what to do, what is not reported, example, columns, settings.

    Args:
        rule: The rule.
        lang: Language.
        n_findings: How many findings the run at hand has, when there is one.
    """
    head = flow(
        [
            f"{rule.code} {rule.title.in_(lang)}",
            cells.word("level", rule.level, lang),
            cells.word("family", rule.family, lang),
            loss_word(rule, lang),
            cells.word("status", rule.status, lang),
        ],
        style="bold",
    )
    parts = [
        ("why", rule.why.in_(lang)),
        ("fix", rule.fix.in_(lang)),
        ("not_reported", rule.not_reported.in_(lang)),
        ("example", _example(rule, "fail", lang)),
        ("correct", _example(rule, "pass", lang)),
        ("columns", _columns(rule, lang)),
        ("when", "" if rule.when == "TRUE" else rule.when),
        ("check", rule.check),
        ("parameters", _settings(rule.parameters)),
        ("source", rule.source),
        ("config", f'gridaudit.toml  [rules.{rule.code}]  level = "{rule.level}"  enabled = true'),
    ]
    body = [folded for key, text in parts if text for folded in _part(say(f"explain.{key}", lang), text)]
    run = [] if n_findings is None else _this_run(rule, n_findings, lang)
    return [*head, line(), *body, *run]


def catalogue_table(rulebook: Rulebook, lang: Lang) -> list[Line]:
    """Return all rules by family: code, title, level, loss, what it is counted in."""
    names = ("code", "title", "level", "loss", "counted_in")
    columns = [Column(say(f"heading.{name}", lang), may_cut=name == "title") for name in names]
    body: list[list[str | Styled]] = []
    for family, rules in groupby(rulebook, key=lambda rule: rule.family):
        body.append([Styled(family, "bold"), Styled(cells.word("family", family, lang), "bold"), "", "", ""])
        body += [
            [
                rule.code,
                rule.title.in_(lang),
                cells.word("level", rule.level, lang),
                loss_word(rule, lang),
                cells.word("counted", rule.counted_in, lang) if rule.loss != "none" else "",
            ]
            for rule in rules
        ]
    return table(columns, body, width=SCREEN)


def _part(label: str, text: str) -> list[Line]:
    return fold(text, first=cells.padded(label, _MARGIN), indent=_MARGIN)


def loss_word(rule: Rule, lang: Lang) -> str:
    """Return what a finding costs; a missed home and one with nobody registered keep no marks at all."""
    return cells.word("loss", "whole" if rule.code in _WHOLE_HOME else rule.loss, lang)


def case_text(rule: Rule, case: Case, lang: Lang) -> str:
    """Return the cells of a case and of the rows it stands beside on one line."""
    parts = [_labelled(case.row, case.table, lang)]
    for table_name, rows in case.context.items():
        beside = " / ".join(_labelled(row, table_name, lang) for row in rows)
        parts.append(f"{cells.word('table', table_name, lang)}: {beside}")
    if case.parameters:
        parts.append(_settings({**rule.parameters, **case.parameters}))
    return "; ".join(part for part in parts if part)


def _example(rule: Rule, verdict: str, lang: Lang) -> str:
    """The first case with this verdict; rule cases are invented."""
    case = next((case for case in rule.cases if case.verdict == verdict), None)
    return "" if case is None else case_text(rule, case, lang)


def _labelled(row: Mapping[str, Any], table_name: str, lang: Lang) -> str:
    """Cells with the names a person knows them by."""
    columns = schema.columns(table_name) if table_name in schema.SHEET_TABLES else {}
    facts = schema.facts(table_name)
    labels = {}
    for name in row:
        known = columns.get(name) or facts.get(name)
        labels[name] = name if known is None else known.zh if lang == "zh" else known.en
    return _settings({labels[name]: value for name, value in row.items()})


def _settings(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def _columns(rule: Rule, lang: Lang) -> str:
    """The columns a rule looks at, with the headings known for them."""
    texts = []
    for name in rule.columns:
        column = next((schema.columns(table).get(name) for table in rule.tables if table in schema.SHEET_TABLES), None)
        if column is None:
            texts.append(name)
            continue
        names = [alias for alias in column.aliases if not alias.isascii()][:_MANY_ALIASES]
        label = column.zh if lang == "zh" else column.en
        texts.append(say("explain.aliases", lang, label=label, names="、".join(names)))
    return "; ".join(texts)


def _this_run(rule: Rule, n_findings: int, lang: Lang) -> list[Line]:
    command = f"gridaudit report --by-rule --rule {rule.code}"
    return [line(), *flow([say("explain.this_run", lang, n=n_findings), command if n_findings else ""])]
