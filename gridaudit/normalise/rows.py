"""Which rows of a sheet are records: blank rows, totals, notes and repeated headings are left out and counted.

Merged data cells are filled down first. Reading goes on behind what was left out.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.normalise.header import Heading
from gridaudit.read import Merge, Sheet

_SERIAL = r"^\s*[0-9]*\s*$"
_KEYS = ("id_no", "house_id", "address", "grid", "compound", "name")


class Found(NamedTuple):
    """How many rows of a sheet, or of a piece of it, are records, were left out, and were filled down."""

    n_rows: int
    n_left_out: int
    n_filled_down: int


class Records(NamedTuple):
    """The data rows of a sheet (`frame` with a column `row` first) and what was left out or filled down."""

    frame: pl.DataFrame
    n_left_out: int
    n_blank: int
    n_filled_down: int

    @property
    def found(self) -> Found:
        """The counts alone."""
        return Found(self.frame.height, self.n_left_out, self.n_filled_down)


def records(sheet: Sheet, heading: Heading) -> Records:
    """Return the data rows below the heading; those of a later piece are all below it."""
    filled, n_filled = _fill_down(sheet, heading)
    body = filled.with_row_index("row", offset=sheet.numbered_from)
    body = body.slice(heading.last_row + 1) if sheet.top is None else body
    mapped = sorted({index for indexes in heading.mapping.values() for index in indexes})
    names = [f"c{index}" for index in mapped]
    every = [name for name in body.columns if name != "row"]
    doubtful = body.filter(_doubtful(heading, every))
    blank, left_out = _no_records(doubtful, sheet, heading, names) if doubtful.height else (doubtful, doubtful)
    comment = _comment_rows(body if sheet.top is None else body.clear(), heading, names)
    out = pl.concat([blank.select("row"), left_out.select("row"), comment]).unique()
    frame = body if out.is_empty() else body.join(out, on="row", how="anti", maintain_order="left")
    return Records(frame, out.height - blank.height, blank.height, n_filled)


def _no_records(
    doubtful: pl.DataFrame, sheet: Sheet, heading: Heading, names: list[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of rows worth a closer look, those that are blank, and those that are totals, notes, headings."""
    every = [name for name in doubtful.columns if name != "row"]
    empty = pl.all_horizontal(_blank(name) for name in names)
    says_something = pl.any_horizontal((~_blank(name)) & ~pl.col(name).str.contains(_SERIAL) for name in every)
    blank = doubtful.filter(empty & ~says_something.fill_null(value=False))
    others = doubtful.join(blank.select("row"), on="row", how="anti")
    return blank, others.filter(empty | _left_out(sheet, heading, names, every))


def _doubtful(heading: Heading, every: list[str]) -> pl.Expr:
    """Rows worth a closer look: without the table's key, with a total in front, or repeating the heading."""
    key = next((heading.mapping[name][0] for name in _KEYS if name in heading.mapping), 0)
    total = pl.any_horizontal(
        pl.col(name).str.contains("计", literal=True).fill_null(value=False) for name in every[:3]
    )
    return _blank(f"c{key}") | (pl.col(f"c{key}") == heading.texts[key]) | total


def _blank(name: str) -> pl.Expr:
    return pl.col(name).is_null() | (pl.col(name).str.strip_chars(" \t\r\n\u00a0\u3000\u200b\ufeff") == "")


def _left_out(sheet: Sheet, heading: Heading, mapped: list[str], every: list[str]) -> pl.Expr:
    words = schema.words()
    squeezed = {name: pl.col(name).str.replace_all(r"\s", "") for name in every}
    filled = pl.sum_horizontal((~_blank(name)).cast(pl.Int32) for name in every)
    totals = "^(?:" + "|".join(word.replace(" ", "") for word in words["total_words"]) + ")(?:[:：(（]|$|[0-9])"
    is_total = pl.any_horizontal(squeezed[name].str.contains(totals).fill_null(value=False) for name in every[:4])
    notes = "^(?:" + "|".join(words["note_patterns"]) + ")"
    few_cells = filled <= max(3, len(mapped) // 4)
    has_note = pl.any_horizontal(squeezed[name].str.contains(notes).fill_null(value=False) for name in every[:4])
    repeats = pl.sum_horizontal(
        (pl.col(f"c{index}") == text).cast(pl.Int32) for index, text in enumerate(heading.texts) if text
    )
    top = sheet.frame if sheet.top is None else sheet.top
    above = [text for row in top.head(heading.first_row).rows() for text in row if text]
    is_title = pl.any_horizontal(pl.col(name).is_in(above).fill_null(value=False) for name in every[:2]) & (filled == 1)
    return (
        (is_total & (filled <= len(mapped) // 2 + 1)) | (has_note & few_cells) | (repeats.fill_null(0) >= 2) | is_title
    )


def _comment_rows(body: pl.DataFrame, heading: Heading, mapped: list[str]) -> pl.DataFrame:
    """A row of filling instructions directly below the heading, told by its words."""
    first = body.head(1).select("row", *mapped)
    if first.is_empty():
        return first.select("row")
    words = schema.words()["comment_words"]
    texts = [text for text in first.row(0)[1:] if text]
    hits = sum(any(word in text for word in words) for text in texts)
    key = next((heading.mapping[name][0] for name in ("id_no", "house_id", "name") if name in heading.mapping), None)
    key_text = (first[f"c{key}"][0] or "") if key is not None else ""
    is_comment = bool(texts) and (hits * 3 >= len(texts) or any(word in key_text for word in words))
    return first.select("row") if is_comment else first.select("row").clear()


def _fill_down(sheet: Sheet, heading: Heading) -> tuple[pl.DataFrame, int]:
    """Fill merged data cells with the value of their first cell, column by column."""
    frame = sheet.frame
    merges = [_in_frame(sheet, merge) for merge in sheet.merges]
    merges = [merge for merge in merges if merge.first_row > heading.last_row and merge.last_row > merge.first_row]
    if not merges:
        return frame, 0
    table = pl.DataFrame(merges, schema=list(Merge._fields), orient="row")
    table = table.filter(pl.col("first_row") < frame.height, pl.col("first_column") < frame.width)
    n_filled = 0
    for (column,), ranges in table.group_by("first_column"):
        name = f"c{column}"
        cells = ranges.select(
            pl.int_ranges("first_row", pl.min_horizontal("last_row", pl.lit(frame.height - 1)) + 1).alias("at"),
            value=frame[name].gather(ranges["first_row"]),
        ).explode("at")
        frame = frame.with_columns(frame[name].scatter(cells["at"], cells["value"]).alias(name))
        n_filled += cells.height - ranges.height
    return frame, n_filled


def _in_frame(sheet: Sheet, merge: Merge) -> Merge:
    return merge._replace(
        first_row=merge.first_row - sheet.numbered_from, last_row=merge.last_row - sheet.numbered_from
    )
