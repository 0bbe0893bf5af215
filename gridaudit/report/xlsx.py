"""Workbooks for people: areas with the results by rule, and masked findings. One plain table a sheet, no formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL
from gridaudit.report.area_sheet import FEW, sheet_columns, sheet_rows, subtitle, total_cells
from gridaudit.report.findings_files import is_unmasked
from gridaudit.report.header import Header
from gridaudit.report.rule_screens import rule_results, title_of
from gridaudit.report.xlsx_page import Book, Heading
from gridaudit.rulebook import Rulebook
from gridaudit.text import Lang, say

_WIDTHS = {"source": 18.0, "masked": 20.0, "value": 24.0, "remark": 10.0}
_CLEAR = {"masked": "value"}
_MOST_ROWS = 1_000_000
_FINDING = (
    "rule", "level", "street", "community", "grid", "house", "source", "sheet", "row", "column", "masked", "message",
    "suggestion", "remark",
)  # fmt: skip


def areas_workbook(
    path: Path | BinaryIO, header: Header, areas: pl.DataFrame, level: str, lang: Lang, *, tallies: pl.DataFrame,
    rulebook: Rulebook, findings: pl.DataFrame | None = None, street: str | None = None, min_cell: int = MIN_CELL,
) -> None:  # fmt: skip
    """Write the areas of one level, and on a second sheet the results by rule.

    Args:
        path: Where to.
        header: The run.
        areas: One row per area of every level.
        level: `street`, `community`, `grid`, `collector`; `rule` for the results by rule alone.
        lang: Language.
        tallies: Rows, checked and failed per rule and scope.
        rulebook: For the titles of the rules.
        findings: To name the rules with systematic findings.
        street: Only the areas of this street.
        min_cell: People below which figures about people are left out.
    """
    title = " ".join(part for part in (header.district, street or "", say(f"report.title_{level}", lang)) if part)
    with Book(path, header, title) as book:
        if level != "rule":
            columns = sheet_columns(level, lang, areas)
            strict = "report.explain_street" if level == "street" else "report.explain_strict"
            book.sheet(
                say("report.sheet_areas", lang),
                lang,
                title=title,
                subtitle=subtitle(header, areas, lang, street=street),
                headings=[Heading(column.heading, column.kind) for column in columns],
                rows=[
                    _shown(row, min_cell) for row in sheet_rows(areas, level, lang, street=street, min_cell=min_cell)
                ],
                total=_shown(total_cells(areas, level, lang, street=street, min_cell=min_cell), min_cell),
                frozen=sum(column.kind == "text" for column in columns),
                notes=[say("report.order", lang), say("report.explain_oe", lang), say(strict, lang)],
            )
        _rules_sheet(book, header, areas, lang, tallies=tallies, rulebook=rulebook, findings=findings)


def findings_workbook(
    path: Path | BinaryIO, header: Header, areas: pl.DataFrame, findings: pl.DataFrame, lang: Lang
) -> None:
    """Write findings; beyond a sheet's million rows they go on in further sheets.

    Args:
        path: Where to.
        header: The run.
        areas: For the denominators.
        findings: Findings (columns of `judge.SHOWN`).
        lang: Language.
    """
    title = " ".join(part for part in (header.district, say("report.title_findings", lang)) if part)
    names = [_CLEAR.get(name, name) if is_unmasked(findings) else name for name in _FINDING]
    said = say("report.unmasked", lang) + "  " if is_unmasked(findings) else ""
    headings = [
        Heading(_heading(name, lang), "word" if name in {"row", "level"} else "text", _WIDTHS.get(name))
        for name in names
    ]
    with Book(path, header, title) as book:
        for number, start in enumerate(range(0, max(findings.height, 1), _MOST_ROWS)):
            part = findings.slice(start, _MOST_ROWS)
            book.sheet(
                say("report.sheet_findings", lang) + (f" {number + 1}" if number else ""),
                lang,
                title=title,
                subtitle=said + subtitle(header, areas, lang),
                headings=headings,
                rows=_finding_rows(part, names, lang),
            )


def _shown(row: list[object], min_cell: int) -> list[object]:
    return [f"<{min_cell}" if value is FEW else value for value in row]


def _rules_sheet(
    book: Book, header: Header, areas: pl.DataFrame, lang: Lang, *, tallies: pl.DataFrame, rulebook: Rulebook,
    findings: pl.DataFrame | None,
) -> None:  # fmt: skip
    kinds = {"failed": "count", "checked": "count", "not_asked": "count", "rate": "rate", "level": "word"}
    names = ("code", "title", "level", "failed", "checked", "not_asked", "rate", "remark")
    rows = [_result(row, rulebook, lang) for row in rule_results(tallies, rulebook, findings).iter_rows(named=True)]
    rows += [
        [code, title_of(code, rulebook, lang), *[None] * 5, say("report.not_evaluated", lang)]
        for code in sorted(header.not_evaluated)
    ]
    book.sheet(
        say("report.sheet_rules", lang),
        lang,
        title=" ".join(part for part in (header.district, say("report.title_rule", lang)) if part),
        subtitle=subtitle(header, areas, lang),
        headings=[Heading(say(f"heading.{name}", lang), kinds.get(name, "text")) for name in names],
        rows=rows,
        frozen=2,
    )


def _result(row: Mapping[str, Any], rulebook: Rulebook, lang: Lang) -> list[object]:
    figures = [row[name] for name in ("failed", "checked", "not_asked", "rate")]
    remark = say("report.is_systematic", lang) if row["systematic"] else ""
    level = cells.word("level", row["level"], lang)
    return [row["rule"], title_of(row["rule"], rulebook, lang), level, *figures, remark]


def _finding_rows(findings: pl.DataFrame, names: Sequence[str], lang: Lang) -> list[list[object]]:
    """Cells in the order of `names`, with words for the codes."""
    said = {"level": "level", "suggestion": "action"}
    rows = []
    for finding in findings.iter_rows(named=True):
        remark = say("report.is_systematic", lang) if finding["systematic"] else None
        row: list[object] = [
            cells.word(said[name], finding[name], lang) if name in said else finding[name]
            for name in names
            if name != "remark"
        ]
        rows.append([*row, remark])
    return rows


def _heading(name: str, lang: Lang) -> str:
    return say("heading.code" if name == "rule" else f"heading.{name}", lang)
