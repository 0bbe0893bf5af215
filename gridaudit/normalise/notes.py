"""What is told about a sheet besides its records: its layout, codes nobody explains, why it was not read."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gridaudit import schema
from gridaudit.normalise.header import Heading
from gridaudit.read import Note, Sheet
from gridaudit.schema.profile import Codes

# Columns whose bare codes nobody misses: the sex is told by the ID numbers.
_TOLD_OTHERWISE = ("sex",)
_MOSTLY = 0.5


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


def undeclared(sheet: Sheet, table: str, read: Sequence[pl.Series]) -> list[Note]:
    """Name the columns filled mostly with bare codes of a coding that nobody declared."""
    series = {item.name: item for item in read}
    bare = []
    for name, column in schema.columns(table).items():
        flags = series.get(f"{name}_undeclared")
        if flags is not None and name not in _TOLD_OTHERWISE:
            n_filled = flags.len() - series[f"{name}_text"].null_count()
            if n_filled and flags.sum() > _MOSTLY * n_filled:
                bare.append(column)
    return [Note("undeclared_codes", {"file": sheet.source} | _labels(bare))] if bare else []


def _labels(columns: Sequence[schema.Column]) -> dict[str, object]:
    return {"columns_zh": "、".join(item.zh for item in columns), "columns_en": ", ".join(item.en for item in columns)}
