"""The screens about rules: results by rule, the masked rows of one rule, and what was looked at in all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import total_row
from gridaudit.report.findings_files import is_unmasked
from gridaudit.report.header import Header
from gridaudit.report.lines import SCREEN, Cell, Column, Line, Styled, fold, line, table
from gridaudit.rulebook import Rule, Rulebook
from gridaudit.text import Lang, say

_LEVEL_STYLE = {"error": "red", "warning": "yellow"}


def rule_results(tallies: pl.DataFrame, rulebook: Rulebook, findings: pl.DataFrame | None = None) -> pl.DataFrame:
    """Return one row per rule that was asked, in order of code.

    Args:
        tallies: Rows, checked and failed per rule and scope.
        rulebook: The rules.
        findings: To tell which rules have systematic findings.

    Returns:
        `rule`, `level` (null when the rule is not known here), `failed`, `checked`, `not_asked` (rows less checked),
        `rate` (failed ÷ checked) and `systematic`.
    """
    levels = {rule.code: rule.level for rule in rulebook}
    rows = tallies.group_by("rule").agg(pl.col("n_rows", "n_checked", "n_failed").cast(pl.Int64).sum())
    systematic = [] if findings is None else findings.filter("systematic")["rule"].unique().to_list()
    return rows.select(
        "rule",
        level=pl.col("rule").replace_strict(levels, default=None, return_dtype=pl.String),
        failed="n_failed",
        checked="n_checked",
        not_asked=pl.col("n_rows") - pl.col("n_checked"),
        rate=pl.when(pl.col("n_checked") > 0).then(pl.col("n_failed") / pl.col("n_checked")),
        systematic=pl.col("rule").is_in(systematic),
    ).sort("rule")


def title_of(code: str, rulebook: Rulebook, lang: Lang) -> str:
    """Return the title of a rule, or nothing for one that is not known here."""
    return next((rule.title.in_(lang) for rule in rulebook if rule.code == code), "")


def rule_table(
    tallies: pl.DataFrame, rulebook: Rulebook, lang: Lang, *, findings: pl.DataFrame | None = None,
    not_evaluated: Mapping[str, tuple[str, ...]] | None = None,
) -> list[Line]:  # fmt: skip
    """Return the results by rule: those with findings line by line, the others counted.

    Args:
        tallies: Rows, checked and failed per rule and scope.
        rulebook: The rules.
        lang: Language.
        findings: To name the rules with systematic findings.
        not_evaluated: Rules that could not be asked.
    """
    results = rule_results(tallies, rulebook, findings)
    failed = results.filter(pl.col("failed") > 0)
    names = ("failed", "checked", "not_asked", "rate")
    columns = [
        Column(say("heading.code", lang)),
        Column(say("heading.title", lang), may_cut=True),
        Column(say("heading.level", lang)),
    ]
    columns += [Column(say(f"heading.{name}", lang), right=True) for name in names]
    with_remark = bool(failed["systematic"].any())
    columns += [Column(say("heading.remark", lang))] if with_remark else []
    body = [_result(row, rulebook, lang, with_remark=with_remark) for row in failed.iter_rows(named=True)]
    clean = results.height - failed.height
    lines = table(columns, body, width=SCREEN) if body else [line(say("report.no_findings", lang))]
    lines += [line(), line(say("report.rules_clean", lang, n=clean))] if clean else []
    if not_evaluated:
        lines += fold(
            say("report.rules_not_evaluated", lang, n=len(not_evaluated), codes=" ".join(sorted(not_evaluated)))
        )
    return lines


def _result(row: Mapping[str, Any], rulebook: Rulebook, lang: Lang, *, with_remark: bool) -> list[Cell]:
    made: list[Cell] = [
        row["rule"],
        title_of(row["rule"], rulebook, lang),
        Styled(cells.word("level", row["level"], lang), _LEVEL_STYLE.get(str(row["level"]), "")),
        cells.count(row["failed"]),
        cells.count(row["checked"]),
        cells.count(row["not_asked"]),
        rate(row["rate"]),
    ]
    return [*made, say("report.is_systematic", lang) if row["systematic"] else ""] if with_remark else made


def rate(value: float | None) -> str:
    """Return failed ÷ checked as per cent; a small rate that is not nothing says so."""
    if value is None:
        return ""
    return "<0.01%" if 0 < value < 0.00005 else f"{100 * value:.2f}%"


def rule_rows(findings: pl.DataFrame, rule: Rule | str, lang: Lang, limit: int | None = 20) -> list[Line]:
    """Return the findings of one rule, sheet by sheet.

    Args:
        findings: Findings (columns of `judge.SHOWN`).
        rule: The rule, or its code.
        lang: Language.
        limit: How many to show; all when None.
    """
    code = rule if isinstance(rule, str) else rule.code
    title = "" if isinstance(rule, str) else rule.title.in_(lang)
    rows = findings.filter(pl.col("rule") == code)
    if rows.is_empty():
        return [line(say("report.no_findings_of", lang, code=code))]
    shown = rows.head(limit) if limit is not None else rows
    lines = [line(Styled(f"{code} {title}".strip(), "bold"))]
    lines += [line(Styled(say("report.unmasked", lang), "bold red"))] if is_unmasked(findings) else []
    for part in shown.partition_by("source", "sheet", "column", maintain_order=True):
        lines += [line(), *_place(part.row(0, named=True), lang), *_sheet_rows(part, title, lang)]
    return [*lines, line(), line(say("report.rows_of", lang, shown=shown.height, n=rows.height))]


def _place(row: Mapping[str, Any], lang: Lang) -> list[Line]:
    if row["source"] is None:
        return [line(say("report.place_none", lang))]
    if row["sheet"] is None:
        return fold(say("report.place_earlier", lang, round=row["source"]))
    key = "report.place" if row["column"] is not None else "report.place_no_column"
    return fold(say(key, lang, file=row["source"], sheet=row["sheet"], column=row["column"]))


def _sheet_rows(rows: pl.DataFrame, title: str, lang: Lang) -> list[Line]:
    """The rows of one sheet; a message they share is said once, one of their own below each."""
    cell = "value" if is_unmasked(rows) else "masked"
    has_rows, has_cells = rows["row"].is_not_null().any(), rows[cell].is_not_null().any()
    houses = ["house"] if not has_rows and rows["house"].is_not_null().any() else []
    names = [*(["row"] if has_rows else []), "street", "community", "grid", *houses, *([cell] if has_cells else [])]
    columns = [Column(say(f"heading.{name}", lang), right=name == "row", may_cut=name != "row") for name in names]
    body = [[_cell(row, name) for name in names] for row in rows.iter_rows(named=True)]
    lines = table(columns, body, width=SCREEN)
    messages = rows["message"].to_list()
    if len(set(messages)) == 1:
        return [*(fold(messages[0]) if messages[0] != title else []), *lines]
    told = [fold(message, first="    ", indent=4) for message in messages]
    return [*lines[:2], *(entry for row, said in zip(lines[2:], told, strict=True) for entry in (row, *said))]


def _cell(row: Mapping[str, Any], name: str) -> Cell:
    value = row[name]
    return "" if value is None else str(value)


def closing_line(
    header: Header, areas: pl.DataFrame, findings: pl.DataFrame, lang: Lang, *, width: int = SCREEN
) -> list[Line]:
    """Return the denominators of all that was said: rows, people, homes, rules, findings; nothing is left off."""
    total = total_row(areas)
    text = say(
        "report.closing", lang, rows=header.n_rows, people=total["n_persons"] or 0, homes=total["n_homes"] or 0,
        rules=header.rules, not_evaluated=len(header.not_evaluated), findings=findings.height,
    )  # fmt: skip
    systematic, files = int(findings["systematic"].sum()), findings.filter(pl.col("family") == "W").height
    if systematic or files:
        text += say("report.closing_apart", lang, systematic=systematic, files=files)
    return fold(text, width=width)
