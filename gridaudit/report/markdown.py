"""Tables in GitHub Markdown: the areas of a run, and the results by rule."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL
from gridaudit.report.area_sheet import SheetColumn, sheet_columns, sheet_rows, subtitle, total_cells
from gridaudit.report.findings_files import is_unmasked
from gridaudit.report.header import Header
from gridaudit.report.rule_screens import rate, rule_results, title_of
from gridaudit.rulebook import Rulebook
from gridaudit.text import Lang, say


def area_markdown(
    areas: pl.DataFrame, header: Header, lang: Lang, level: str, *, street: str | None = None, min_cell: int = MIN_CELL
) -> str:
    """Return the areas of one level as Markdown: title, table with its total, denominators.

    Args:
        areas: One row per area of every level.
        header: The run.
        lang: Language.
        level: `street`, `community`, `grid` or `collector`.
        street: Only the areas of this street.
        min_cell: People below which figures about people are left out.
    """
    columns = sheet_columns(level, lang, areas)
    rows = [_row(row, columns, min_cell) for row in sheet_rows(areas, level, lang, street=street, min_cell=min_cell)]
    total = _row(total_cells(areas, level, lang, street=street, min_cell=min_cell), columns, min_cell)
    aligned = [{"text": ":--", "word": ":-:"}.get(column.kind, "--:") for column in columns]
    bold = [f"**{cell}**" if cell else "" for cell in total]
    title = say(f"report.title_{level}", lang)
    return "\n".join([
        f"# {' '.join(part for part in (title, header.district, street or '') if part)}",
        "",
        subtitle(header, areas, lang, street=street),
        "",
        *markdown_table([column.heading for column in columns], [*rows, bold], aligned),
        "",
        f"{say('report.order', lang)} {say('report.explain_oe', lang)} "
        + say("report.explain_street" if level == "street" else "report.explain_strict", lang),
        "",
    ])  # fmt: skip


def rule_markdown(
    tallies: pl.DataFrame, rulebook: Rulebook, header: Header, lang: Lang, *, findings: pl.DataFrame | None = None
) -> str:
    """Return the results by rule as Markdown."""
    names = ("code", "title", "level", "failed", "checked", "not_asked", "rate", "remark")
    rows = [
        [
            row["rule"], title_of(row["rule"], rulebook, lang), cells.word("level", row["level"], lang),
            cells.count(row["failed"]), cells.count(row["checked"]), cells.count(row["not_asked"]), rate(row["rate"]),
            say("report.is_systematic", lang) if row["systematic"] else "",
        ]
        for row in rule_results(tallies, rulebook, findings).iter_rows(named=True)
    ]  # fmt: skip
    aligned = [":--", ":--", ":--", "--:", "--:", "--:", "--:", ":--"]
    return "\n".join([
        f"# {say('report.title_rule', lang)} {header.district}".rstrip(),
        "",
        f"{say('report.as_of', lang, date=header.as_of.isoformat())}, {say('report.run', lang, run=header.run_id)}",
        "",
        *markdown_table([say(f"heading.{name}", lang) for name in names], rows, aligned),
        "",
    ])  # fmt: skip


def markdown_table(headings: Sequence[str], rows: Sequence[Sequence[str]], aligned: Sequence[str]) -> list[str]:
    """Return a table; a bar or a line break in a cell does not break it."""
    return [_line(headings), _line(aligned, escape=False), *(_line(row) for row in rows)]


def escaped(text: str) -> str:
    """Return text that stands in a cell as it is."""
    for character in "|" if text.startswith("`") else "\\|<":
        text = text.replace(character, f"\\{character}")
    return " ".join(text.split())


def _line(row: Sequence[str], *, escape: bool = True) -> str:
    return "| " + " | ".join(escaped(cell) if escape else cell for cell in row) + " |"


def _row(row: Sequence[object], columns: Sequence[SheetColumn], min_cell: int) -> list[str]:
    return [column.text(value, min_cell) for column, value in zip(columns, row, strict=True)]


def findings_markdown(findings: pl.DataFrame, code: str, lang: Lang) -> str:
    """Return the findings of one rule as Markdown."""
    cell = "value" if is_unmasked(findings) else "masked"
    names = ("source", "sheet", "row", "column", "street", "community", "grid", cell, "message")
    rows = [["" if row[name] is None else str(row[name]) for name in names] for row in findings.iter_rows(named=True)]
    headings = [say(f"heading.{name}", lang) for name in names]
    said = [say("report.unmasked", lang), ""] if is_unmasked(findings) else []
    return "\n".join([f"# {code}", "", *said, *markdown_table(headings, rows, [":--"] * len(names)), ""])
