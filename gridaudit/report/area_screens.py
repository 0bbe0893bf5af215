"""The screens about areas: by street, community and collector, and the per-grid table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL, NAMES, area_rows, known_grids, total_row
from gridaudit.report.header import Header
from gridaudit.report.lines import SCREEN, WIDE, Cell, Column, Line, Styled, flow, fold, line, table
from gridaudit.text import Lang, has, say

_FAMILIES = ("F", "C", "I", "D", "L", "V")
_RARE_FAMILIES = ("T", "U")
_VERDICT_STYLE = {"higher": "red", "lower": "green"}
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
    columns = [_name_column(name, lang) for name in names] + [_figure_column(name, lang) for name in figures]
    shown = rows.head(top) if top is not None else rows
    body = [[*_names(row, names, lang), *_figures(row, figures, lang)] for row in shown.iter_rows(named=True)]
    label = street or say("report.whole", lang)
    last = [label, *[""] * (len(names) - 1), *_figures({**total, "oe_low": None, "verdict": None}, figures, lang)]
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
    rows = area_rows(areas, by, street=street, min_cell=min_cell)
    total = total_row(areas, street=street, min_cell=min_cell)
    names = [name for name in NAMES[by] if street is None or name != "street"]
    figures = _grid_figures(rows, wide=width >= WIDE)
    columns = [_name_column(name, lang) for name in names]
    columns += [_figure_column(name, lang, is_short=True) for name in figures]
    limit = _FAR_ABOVE * (total.get("per_100_persons") or 0)
    shown = _short_names(rows.head(top) if top is not None else rows, lang)
    body = [[*_names(row, names, lang), *_figures(row, figures, lang, min_cell, limit)] for row in shown.iter_rows(named=True)]
    n = known_grids(areas).filter(pl.lit(street).is_null() | (pl.col("street") == street)).height if by == "grid" else rows.height
    texts = (
        say("report.order", lang),
        say("report.explain_counts", lang, n=min_cell),
        say("report.explain_oe", lang),
        _how_to_read(rows, by, lang),
    )
    return [
        *title_lines(f"report.title_{by}", header, lang, extra=(street or "", say("report.n_areas", lang, n=n)), width=width),
        line(),
        *(table(columns, body, width=width) if body else [line(say("report.no_areas", lang))]),
        *_hidden(rows.height, shown.height, lang),
        line(),
        *footer(total, lang, width=width),
        *(folded for text in texts for folded in fold(text, width=width)),
    ]  # fmt: skip


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


def _name_column(name: str, lang: Lang) -> Column:
    return Column(say(f"heading.{name}", lang), may_cut=True)


def _figure_column(name: str, lang: Lang, *, is_short: bool = False) -> Column:
    short = f"short.{name.removeprefix('family_')}"
    return Column(say(short if is_short and has(short) else f"heading.{name}", lang), right=name != "verdict")


def _short_names(rows: pl.DataFrame, lang: Lang) -> pl.DataFrame:
    """Grids that are all called something-grid go by the something; one without a code by its community."""
    suffix = say("report.grid_suffix", lang)
    named = rows["name"].drop_nulls()
    if named.len() and named.str.ends_with(suffix).all():
        rows = rows.with_columns(pl.col("name").str.strip_suffix(suffix))
    nobody = pl.col("community").fill_null("") + say("report.no_name", lang)
    return rows.with_columns(pl.col("name").fill_null(nobody))


def _names(row: Mapping[str, Any], names: Sequence[str], lang: Lang) -> list[Cell]:
    return [row["name" if name == "grid" else name] or say("report.no_name", lang) for name in names]


def _figures(
    row: Mapping[str, Any], figures: Sequence[str], lang: Lang, min_cell: int = MIN_CELL, limit: float = 0
) -> list[Cell]:
    return [_figure(row, name, lang, min_cell, limit) for name in figures]


def _figure(row: Mapping[str, Any], name: str, lang: Lang, min_cell: int, limit: float) -> Cell:
    """Return one figure of an area as text."""
    value = row.get(name)
    match name:
        case "interval":
            return cells.interval(row["oe_low"], row["oe_high"])
        case "verdict":
            return Styled(cells.word("verdict", value, lang), _VERDICT_STYLE.get(str(value), ""))
        case "score":
            return cells.score(value)
        case "change":
            return cells.change(value)
        case "oe":
            return cells.decimal(value, 2)
        case "n_persons" | "per_100_persons" if row["few_persons"]:
            return f"<{min_cell}" if name == "n_persons" else ""
        case "per_100_persons":
            return Styled(cells.decimal(value), "red" if limit and value is not None and value > limit else "")
        case "standard_households" | "per_100_homes":
            return cells.decimal(value)
        case _:
            return cells.count(value)


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
    names = [f"{row['street'] or ''} {row['community']}".strip() for row in rows.head(_N_COMMUNITIES).iter_rows(named=True)]
    return fold(say("report.worst_communities", lang, names=("，" if lang == "zh" else ", ").join(names)))
