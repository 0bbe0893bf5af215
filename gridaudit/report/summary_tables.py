"""The two tables of the first screen: findings by family, and the streets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import area_rows, known_grids, total_row
from gridaudit.report.figures import VERDICT_STYLE
from gridaudit.report.lines import SCREEN, Cell, Column, Line, Styled, line, table
from gridaudit.rulebook import FAMILIES, Rulebook
from gridaudit.score import Outcome
from gridaudit.text import Lang, say

_BAR = 8


def problem_table(rows: pl.DataFrame, outcome: Outcome, rulebook: Rulebook, lang: Lang) -> list[Line]:
    """Findings by family; the change is of errors and warnings, all that the run before kept by family."""
    asked = {rule.family for rule in rulebook if rule.code in outcome.shown}
    counts = {family: dict.fromkeys(("error", "warning", "info"), 0) for family in FAMILIES if family in asked}
    for family, level, n in rows.group_by("family", "level").len().iter_rows():
        counts.setdefault(family, dict.fromkeys(("error", "warning", "info"), 0))[level] = n
    counts.pop("W", None)
    totals = {family: sum(of.values()) for family, of in counts.items()}
    total, most = sum(totals.values()), max(totals.values(), default=0)
    before = None if outcome.previous is None else total_row(outcome.previous)
    names = ["error", "warning", "info", "all", "share", *(["change_counted"] if before is not None else [])]
    columns = [Column(say("heading.problem", lang)), Column(say("heading.family", lang))]
    columns += [Column(say(f"heading.{name}", lang), right=True) for name in names] + [Column("")]
    body: list[list[Cell]] = []
    for family, of in counts.items():
        figures: list[Cell] = [cells.count(of[level]) for level in ("error", "warning", "info")]
        share = f"{cells.decimal(100 * totals[family] / total)}%" if total else ""
        figures += [cells.count(totals[family]), share]
        if before is not None:
            figures.append(_counted_change(of, before, family))
        body.append([say(f"family.{family}", lang), family, *figures, _bar(totals[family], most)])
    return table(columns, body, width=SCREEN)


def _counted_change(of: Mapping[str, int], before: Mapping[str, Any], family: str) -> str:
    last = before.get(f"family_{family}")
    return "" if last is None else cells.change(of["error"] + of["warning"] - int(last), 0)


def _bar(n: int, most: int) -> str:
    return "#" * max(1, round(_BAR * n / most)) if n else ""


def street_table(outcome: Outcome, lang: Lang, *, room: int) -> list[Line]:
    """The streets; where no street is told, the communities or grids that lost most."""
    areas = outcome.card.areas
    named = {
        level: area_rows(areas, level).filter(pl.col("name").is_not_null()) for level in ("street", "community", "grid")
    }
    level = next((level for level, rows in named.items() if rows.height), None)
    if level is None:
        return []
    rows = area_rows(areas, level, previous=outcome.previous)
    grids = dict(known_grids(areas).group_by(level).len().iter_rows())
    figures = ["n_grids", "n_homes", "standard_households", "n_findings", "n_error", "score"]
    figures += ["change"] if outcome.previous is not None else []
    if level == "grid":
        figures.remove("n_grids")
    columns = [Column(say(f"heading.{level}", lang), may_cut=True)]
    columns += [Column(say(f"heading.{name}", lang), right=True) for name in figures]
    columns.append(Column(say("heading.verdict", lang)))
    fits = rows.height if rows.height <= room else room - 1
    body = [_area(row, figures, grids, lang) for row in rows.head(fits).iter_rows(named=True)]
    rest = [line(say("report.more_areas", lang, n=rows.height - fits, level=level))] if rows.height > fits else []
    return [*table(columns, body, width=SCREEN), *rest]


def _area(row: Mapping[str, Any], figures: list[str], grids: Mapping[str, int], lang: Lang) -> list[Cell]:
    """One line of the table of streets."""
    made: list[Cell] = [row["name"] or say("report.no_name", lang)]
    for name in figures:
        match name:
            case "n_grids":
                made.append(cells.count(grids.get(row["name"], 0)))
            case "standard_households":
                made.append(cells.decimal(row[name]))
            case "score":
                made.append(cells.score(row[name]))
            case "change":
                made.append(cells.change(row[name]))
            case _:
                made.append(cells.count(row[name]))
    style = VERDICT_STYLE.get(str(row["verdict"]), "")
    return [*made, Styled(cells.word("verdict", row["verdict"], lang), style)]
