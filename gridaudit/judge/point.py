"""Findings pointed at the cell to look at first: its column, its mask, and a sentence at the end of the message."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from gridaudit import schema
from gridaudit.judge.findings import headings, masked_cells
from gridaudit.normalise import SheetInfo
from gridaudit.text import Lang, say


def point(
    findings: pl.DataFrame, found: pl.DataFrame, residents: pl.DataFrame, sheets: Sequence[SheetInfo], lang: Lang
) -> pl.DataFrame:
    """Write the answers into the findings.

    Args:
        findings: What `build` gives.
        found: The complaints with their answer: `at`, `person`, `sheet_no`, `row`, `unit`, `alone`, `who`, the rows of
            head and spouse, and up to two cells (`who_1`, `field_1`, `who_2`, `field_2`).
        residents: The table, for masks.
        sheets: For the headings.
        lang: Language.
    """
    places = found.select("unit", "alone", "who", place="row").unique()
    for number in (1, 2):
        wanted = places.rename({"who": f"who_{number}", "place": f"place_{number}"})
        found = found.join(
            wanted, on=["unit", "alone", f"who_{number}"], how="left", nulls_equal=True, maintain_order="left"
        )
        side = pl.when(pl.col(f"who_{number}") == "h").then("h_row").when(pl.col(f"who_{number}") == "s").then("s_row")
        found = found.with_columns(pl.coalesce(side, f"place_{number}").alias(f"place_{number}"))
    is_own = [pl.col(f"who_{number}") == pl.col("who") for number in (1, 2)]
    found = found.with_columns(
        own=pl.when(is_own[0]).then("field_1").when(is_own[1]).then("field_2"), said=_sentence(lang, is_own)
    )
    changed = found.drop_nulls("own").select("at", "person", "sheet_no", field="own")
    shown = [
        rows.select("at", "sheet_no", "field").with_columns(
            masked_cells(residents.select(f"^{field}(_text)?$")[rows["person"]], str(field)).alias("masked")
        )
        for (field,), rows in changed.group_by("field", maintain_order=True)
    ]
    result = findings.with_row_index("at")
    if shown:
        named = headings({str(field): str(field) for field in changed["field"].unique()}, sheets)
        cells = pl.concat(shown).join(named, on=["field", "sheet_no"], how="left").drop("sheet_no")
        result = result.update(cells, on="at", how="left", include_nulls=False)
    said = found.select("at", "said")
    result = result.join(said, on="at", how="left", maintain_order="left")
    message = pl.concat_str("message", pl.col("said").fill_null(""))
    return result.with_columns(message=message).select(findings.columns)


def _sentence(lang: Lang, is_own: Sequence[pl.Expr]) -> pl.Expr:
    """What to look at first, in words; the cell of another row with the row's number."""
    labels = {name: column.zh if lang == "zh" else column.en for name, column in schema.columns("residents").items()}
    cells = []
    for number, own in zip((1, 2), is_own, strict=True):
        label = pl.col(f"field_{number}").replace(labels)
        there = pl.format(say("look.elsewhere", lang, cell="{}", row="{}"), label, f"place_{number}")
        cells.append(pl.when(own).then(label).otherwise(there))
    both = pl.concat_str(cells, separator=say("look.or", lang), ignore_nulls=True)
    return pl.format(say("look.first", lang, cells="{}"), both)
