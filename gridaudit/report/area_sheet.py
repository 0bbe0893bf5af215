"""The table of areas as it is printed on paper: one list of columns for the workbook and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL, area_rows, total_row
from gridaudit.report.header import Header
from gridaudit.rulebook import FAMILIES
from gridaudit.text import Lang, say

FEW = object()
_KINDS = {
    "standard_households": "one", "score": "score", "ends": "word", "marks_lost": "two", "per_100_homes": "one",
    "per_100_persons": "one", "checkable": "share", "oe": "two", "interval": "word", "verdict": "word",
}  # fmt: skip
_PLACE = {
    "street": ("street",),
    "community": ("street", "community"),
    "grid": ("street", "community", "grid_name", "grid"),
    "collector": ("collector",),
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the figure behind it, its heading, the kind of cells (text, word, count, one, two, score, share)."""

    name: str
    heading: str
    kind: str

    def text(self, value: object, min_cell: int = MIN_CELL) -> str:
        """Return a cell as text."""
        if value is FEW:
            return f"<{min_cell}"
        if self.kind in {"text", "word"}:
            return "" if value is None else str(value)
        number: Any = value
        return cells.FORMATS["score2" if self.kind == "score" else self.kind](number)


def sheet_columns(level: str, lang: Lang, areas: pl.DataFrame) -> list[SheetColumn]:
    """Return the columns of a level: where, how many, score with what stands beside it, what is wrong.

    Args:
        level: Level of the rows.
        lang: Language.
        areas: For the families that have findings, and for unknown coefficients.
    """
    of_level = areas.filter(pl.col("level") == level)
    families = [f"family_{family}" for family in FAMILIES if family != "W" and of_level[f"family_{family}"].sum() > 0]
    ends = ["n_unknown", "ends"] if of_level["n_unknown"].sum() > 0 else []
    figures = [
        "n_homes", "standard_households", "n_persons", "score", "marks_lost", "n_problem_homes", "per_100_homes", "oe",
        "interval", "verdict", "checkable", *ends, "n_error", "n_warning", *families, "per_100_persons",
    ]  # fmt: skip
    place = [SheetColumn(name, _place_heading(name, lang), "text") for name in _PLACE[level]]
    return place + [SheetColumn(name, _heading(name, lang), _KINDS.get(name, "count")) for name in figures]


def sheet_rows(
    areas: pl.DataFrame, level: str, lang: Lang, *, street: str | None = None, min_cell: int = MIN_CELL
) -> Iterator[list[object]]:
    """Yield the cells of every area, most marks lost first; `FEW` stands for too few people to show."""
    columns = sheet_columns(level, lang, areas)
    for row in area_rows(areas, level, street=street, min_cell=min_cell).iter_rows(named=True):
        yield [_value(row, column.name, lang) for column in columns]


def total_cells(
    areas: pl.DataFrame, level: str, lang: Lang, *, street: str | None = None, min_cell: int = MIN_CELL
) -> list[object]:
    """Return the cells of the last row: the district, or the street the table is about."""
    columns = sheet_columns(level, lang, areas)
    row = {**total_row(areas, street=street, min_cell=min_cell), "verdict": None, "oe_low": None}
    row |= dict.fromkeys(_PLACE[level], "")
    row[_PLACE[level][0]] = street or say("report.whole", lang)
    return [_value(row, column.name, lang) for column in columns]


def subtitle(header: Header, areas: pl.DataFrame, lang: Lang, *, street: str | None = None) -> str:
    """Return the second line of a sheet: date, run, and the denominators behind its figures."""
    total = total_row(areas, street=street)
    rows = header.n_rows if street is None else total["n_records"]
    figures = say(
        "report.denominators", lang, rows=rows or 0, people=total["n_persons"] or 0, homes=total["n_homes"] or 0,
        standard=cells.decimal(total["standard_households"]) or "0",
        rate=cells.decimal(total["per_100_homes"]) or cells.NA, share=cells.share(total["checkable"]),
    )  # fmt: skip
    date = say("report.as_of", lang, date=header.as_of.isoformat())
    return f"{date}  {say('report.run', lang, run=header.run_id)}  {figures}"


def _value(row: Mapping[str, Any], name: str, lang: Lang) -> object:
    value = row.get(name)
    if name == "interval":
        value = cells.interval(row["oe_low"], row["oe_high"])
    elif name == "ends":
        value = cells.interval(row["score_low"], row["score_high"]) if row["n_unknown"] else ""
    elif name == "verdict":
        value = cells.word("verdict", value, lang)
    elif name == "n_persons" and row["few_persons"]:
        value = FEW
    elif value is None and name in {"street", "community", "collector"}:
        value = say("report.no_name", lang)
    return "" if value is None and name in {"grid_name", "grid"} else value


def _place_heading(name: str, lang: Lang) -> str:
    return say({"grid_name": "heading.grid", "grid": "heading.grid_code"}.get(name, f"heading.{name}"), lang)


def _heading(name: str, lang: Lang) -> str:
    family = name.removeprefix("family_")
    return say(f"short.{family}" if family != name else f"heading.{name}", lang)
