"""What is told about a sheet besides its records: its layout, codes nobody explains, why it was not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.normalise.header import Heading
from gridaudit.read import Note, Sheet
from gridaudit.schema.profile import Codes

# Columns whose bare codes nobody misses: the sex is told by the ID numbers.
_TOLD_OTHERWISE = ("sex",)
_MOSTLY = 0.5


class Bare(NamedTuple):
    """How many cells of a column are filled, and how many of these are bare codes that nobody explains."""

    n_filled: int
    n_bare: int


def not_read(sheet: Sheet, heading: Heading) -> Note:
    """Say that a sheet is no table of ours: a list of buildings, or anything else."""
    key = "buildings" if heading.of_buildings else "not_a_table"
    return Note(key, {"file": sheet.source, "sheet": sheet.sheet})


def layout_notes(sheet: Sheet, heading: Heading, codes: Codes) -> list[Note]:
    """Say which layout was recognised or declared, and which codes are read by it."""
    if heading.layout is None:
        return []
    profile = heading.layout.profile
    names: dict[str, object] = {"file": sheet.source, "name": profile.name, "zh": profile.zh, "en": profile.en}
    columns = schema.columns(str(heading.table))
    coded = [columns[name] for name in heading.mapping if name in codes]
    return [Note("layout_codes", names | _labels(coded)) if coded else Note("layout", names)]


def bare_codes(frame: pl.DataFrame) -> dict[str, Bare]:
    """Count the bare codes of every column of codes; the counts of pieces add up (`added_codes`).

    Args:
        frame: Columns of a table with their companions.
    """
    names = [name.removesuffix("_undeclared") for name in frame.columns if name.endswith("_undeclared")]
    return {
        name: Bare(frame.height - frame[f"{name}_text"].null_count(), int(frame[f"{name}_undeclared"].sum()))
        for name in names
    }


def added_codes(one: Mapping[str, Bare], other: Mapping[str, Bare]) -> dict[str, Bare]:
    """Add up what two pieces of a sheet count."""
    nothing = Bare(0, 0)
    return {
        name: Bare(*map(sum, zip(one.get(name, nothing), other.get(name, nothing), strict=True)))
        for name in {**one, **other}
    }


def undeclared(sheet: Sheet, table: str, counted: Mapping[str, Bare]) -> list[Note]:
    """Name the columns filled mostly with bare codes of a coding that nobody declared."""
    bare = [
        column
        for name, column in schema.columns(table).items()
        if name in counted and name not in _TOLD_OTHERWISE
        if counted[name].n_filled and counted[name].n_bare > _MOSTLY * counted[name].n_filled
    ]
    return [Note("undeclared_codes", {"file": sheet.source} | _labels(bare))] if bare else []


def _labels(columns: Sequence[schema.Column]) -> dict[str, object]:
    return {"columns_zh": "、".join(item.zh for item in columns), "columns_en": ", ".join(item.en for item in columns)}
