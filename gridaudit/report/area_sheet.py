"""The table of areas as it is printed on paper: one list of columns for the workbook and for Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from gridaudit.report import cells
from gridaudit.report.area_rows import MIN_CELL, area_rows, total_row
from gridaudit.rulebook import FAMILIES
from gridaudit.text import Lang, say

FEW = object()
_COUNTS = ("n_homes", "n_persons", "n_problem_homes", "n_error", "n_warning", "n_unknown")
_KINDS = {
    **dict.fromkeys(_COUNTS, "count"), "standard_households": "one", "score": "score", "score_low": "two",
    "score_high": "two", "marks_lost": "two", "per_100_homes": "one", "per_100_persons": "one", "checkable": "share",
    "oe": "two", "interval": "text", "verdict": "text",
}  # fmt: skip
_PLACE = {
    "street": ("street",),
    "community": ("street", "community"),
    "grid": ("street", "community", "grid_name", "grid"),
    "collector": ("collector",),
}


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the figure behind it, its heading, and the kind of its cells (text, count, one, two, score, share)."""

    name: str
    heading: str
    kind: str

    def text(self, value: object, lang: Lang, min_cell: int = MIN_CELL) -> str:
        """Return a cell as text."""
        del lang
        if value is FEW:
            return f"<{min_cell}"
        if value is None:
            return cells.NA if self.kind == "score" else ""
        number: Any = value
        match self.kind:
            case "count":
                return cells.count(number)
            case "one":
                return cells.decimal(number)
            case "two":
                return cells.decimal(number, 2)
            case "score":
                return cells.score(number, 2)
            case "share":
                return cells.share(number)
            case _:
                return str(value)


def sheet_columns(level: str, lang: Lang, areas: pl.DataFrame) -> list[SheetColumn]:
    """Return the columns of a level: where, how many, score with what stands beside it, what is wrong.

    Args:
        level: Level of the rows.
        lang: Language.
        areas: For the families that have findings, and for unknown coefficients.
    """
    of_level = areas.filter(pl.col("level") == level)
    families = [f"family_{family}" for family in FAMILIES if family != "W" and of_level[f"family_{family}"].sum() > 0]
    ends = ["n_unknown", "score_low", "score_high"] if of_level["n_unknown"].sum() > 0 else []
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


def _value(row: Mapping[str, Any], name: str, lang: Lang) -> object:
    match name:
        case "interval":
            return cells.interval(row["oe_low"], row["oe_high"])
        case "verdict":
            return cells.word("verdict", row["verdict"], lang)
        case "n_persons" if row["few_persons"]:
            return FEW
        case "street" | "community" | "collector":
            return row[name] if row[name] is not None else say("report.no_name", lang)
        case "grid_name" | "grid":
            return row[name] or ""
        case _:
            return row[name]


def _place_heading(name: str, lang: Lang) -> str:
    return say({"grid_name": "heading.grid", "grid": "heading.grid_code"}.get(name, f"heading.{name}"), lang)


def _heading(name: str, lang: Lang) -> str:
    family = name.removeprefix("family_")
    return say(f"family.{family}" if family != name else f"heading.{name}", lang)
