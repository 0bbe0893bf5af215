"""The screens about areas: by street, community and collector, and the per-grid table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
from rich.cells import cell_len

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL, NAMES, area_rows, total_row
from gridaudit.report.figures import figure_column, figures_of, name_column, names_of, short_names
from gridaudit.report.header import Header
from gridaudit.report.lines import SCREEN, WIDE, Line, flow, fold, line, table
from gridaudit.text import Lang, say

_FAMILIES = ("F", "C", "I", "D", "L", "V")
_RARE_FAMILIES = ("T", "U")
_FAR_ABOVE = 2.5
_N_COMMUNITIES = 3


def area_table(
    areas: pl.DataFrame,
    header: Header,
    lang: Lang,
    level: str,
    *,
    street: str | None = None,
    previous: pl.DataFrame | None = None,
    top: int | None = None,
) -> list[Line]:
    """Return the table of one level, one line an area, with the total and what the words mean.

    Args:
        areas: One row per area of every level.
        header: The run.
        lang: Language.
        level: `street`, `community`, `grid` or `collector`.
        street: Only the areas of this street.
        previous: Areas of the run before.
        top: How many to show; all when None.
    """
    rows = area_rows(areas, level, street=street, previous=previous)
    total = total_row(areas, street=street, previous=previous)
    names = [name for name in NAMES[level] if street is None or name != "street" or level == "street"]
    figures = ("n_homes", "standard_households", "score", *(["change"] if previous is not None else []),
               "n_problem_homes", "per_100_homes", "oe", "interval", "verdict")  # fmt: skip
    columns = [name_column(name, lang) for name in names]
    columns += [replace(figure_column(name, lang), may_drop=name == "n_problem_homes") for name in figures]
    shown = rows.head(top) if top is not None else rows
    body = [[*names_of(row, names, lang), *figures_of(row, figures, lang)] for row in shown.iter_rows(named=True)]
    label = street or say("report.whole", lang)
    last = [label, *[""] * (len(names) - 1), *figures_of({**total, "oe_low": None, "verdict": None}, figures, lang)]
    return [
        *title_lines(f"report.title_{level}", header, lang, extra=(street or "",)),
        line(),
        *table(columns, body, width=SCREEN, total=last if names else None),
        *_hidden(rows.height, shown.height, lang),
        line(),
        *footer(total, lang),
        *(_worst_communities(areas, lang) if level == "street" else []),
        *fold(_how_to_read(rows, level, lang)),
    ]


def grid_table(
    areas: pl.DataFrame,
    header: Header,
    lang: Lang,
    *,
    top: int | None = 20,
    by: str = "grid",
    street: str | None = None,
    width: int = WIDE,
    min_cell: int = MIN_CELL,
) -> list[Line]:
    """Return the per-grid table; below 96 columns it drops homes, people and values.

    Args:
        areas: One row per area of every level.
        header: The run.
        lang: Language.
        top: How many to show; all when None.
        by: Level of the rows.
        street: Only the grids of this street.
        width: Cells a line may have.
        min_cell: People below which figures about people are left out.
    """
    every = area_rows(areas, by, street=street, min_cell=min_cell)
    rows = every.filter(pl.col("grid").is_not_null()) if by == "grid" else every
    n_without = int(every["n_homes"].sum() or 0) - int(rows["n_homes"].sum() or 0)
    total = total_row(areas, street=street, min_cell=min_cell)
    names = [name for name in NAMES[by] if street is None or name != "street"]
    limit = _FAR_ABOVE * (total.get("per_100_persons") or 0)
    shown = short_names(rows.head(top) if top is not None else rows, lang)
    screens = [
        _grid_lines(shown, names, _grid_figures(rows, wide=wide), lang, width=width, min_cell=min_cell, limit=limit)
        for wide in ((True, False) if width >= WIDE else (False,))
    ]
    screen = next((lines for lines in screens if all(cell_len(entry.plain) <= width for entry in lines)), screens[-1])
    n_areas = say("report.n_areas", lang, n=rows.height)
    texts = (
        say("report.order", lang),
        say("report.explain_counts", lang, n=min_cell),
        say("report.explain_oe", lang),
        _how_to_read(rows, by, lang),
    )
    return [
        *title_lines(f"report.title_{by}", header, lang, extra=(street or "", n_areas), width=width),
        line(),
        *screen,
        *_hidden(rows.height, shown.height, lang),
        *(fold(say("report.without_grid", lang, n=n_without), width=width) if n_without else []),
        line(),
        *footer(total, lang, width=width),
        *(folded for text in texts for folded in fold(text, width=width)),
    ]  # fmt: skip


def _grid_lines(
    rows: pl.DataFrame, names: Sequence[str], figures: Sequence[str], lang: Lang, *, width: int, min_cell: int,
    limit: float,
) -> list[Line]:  # fmt: skip
    columns = [name_column(name, lang) for name in names]
    columns += [figure_column(name, lang, is_short=True) for name in figures]
    body = [
        [*names_of(row, names, lang), *figures_of(row, figures, lang, min_cell, limit)]
        for row in rows.iter_rows(named=True)
    ]
    return table(columns, body, width=width) if body else [line(say("report.no_areas", lang))]


def title_lines(key: str, header: Header, lang: Lang, *, extra: Sequence[str] = (), width: int = SCREEN) -> list[Line]:
    """Return the title of a screen: what it shows, district, date, run."""
    pieces = (
        say(key, lang),
        cells.cut(header.district, 30),
        say("report.as_of", lang, date=header.as_of.isoformat()),
        say("report.run_number", lang, n=header.run_number),
        *extra,
    )
    return flow(pieces, width=width, style="bold")


def footer(total: Mapping[str, Any], lang: Lang, *, width: int = SCREEN) -> list[Line]:
    """Return what must stand beside every score: unweighted rate, checkable share, unknown coefficients."""
    pieces = []
    if total.get("per_100_homes") is not None:
        pieces.append(say("report.rate_homes", lang, rate=cells.decimal(total["per_100_homes"])))
    if total.get("checkable") is not None:
        pieces.append(say("report.checkable_homes", lang, share=cells.share(total["checkable"])))
    if total.get("n_unknown"):
        ends = cells.interval(total["score_low"], total["score_high"])
        pieces.append(say("report.unknown_homes", lang, n=total["n_unknown"], ends=ends))
    joined = ("" if lang == "zh" else " ").join(pieces)
    return fold(joined, width=width) if joined else []


def _grid_figures(rows: pl.DataFrame, *, wide: bool) -> tuple[str, ...]:
    rare = [f"family_{family}" for family in _RARE_FAMILIES if rows[f"family_{family}"].sum() > 0]
    figures = (
        "n_homes", "standard_households", "n_persons", *(f"family_{family}" for family in _FAMILIES), *rare,
        "per_100_persons", "score", "oe", "verdict",
    )  # fmt: skip
    narrow = {"n_homes", "n_persons", "family_V", *rare}
    return figures if wide else tuple(name for name in figures if name not in narrow)


def _hidden(n: int, n_shown: int, lang: Lang) -> list[Line]:
    return [line(say("report.hidden_areas", lang, n=n - n_shown))] if n > n_shown else []


def _how_to_read(rows: pl.DataFrame, level: str, lang: Lang) -> str:
    text = say("report.explain_street" if level == "street" else "report.explain_strict", lang)
    has_na = bool(rows["score"].is_null().any())
    return text + (("" if lang == "zh" else " ") + say("report.no_frame", lang) if has_na else "")


def _worst_communities(areas: pl.DataFrame, lang: Lang) -> list[Line]:
    rows = area_rows(areas, "community").filter((pl.col("marks_lost") > 0) & pl.col("community").is_not_null())
    if rows.height <= _N_COMMUNITIES:
        return []
    names = [
        f"{row['street'] or ''} {row['community']}".strip() for row in rows.head(_N_COMMUNITIES).iter_rows(named=True)
    ]
    return fold(say("report.worst_communities", lang, names=("，" if lang == "zh" else ", ").join(names)))
