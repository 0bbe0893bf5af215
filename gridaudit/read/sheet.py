"""What reading yields: the raw text cells of one sheet and what only the file knows about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl


class Merge(NamedTuple):
    """A merged range: 1-based rows, 0-based columns, ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Note(NamedTuple):
    """Something to tell the operator: a key of the catalogue's section `note`, and its parameters."""

    key: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The cells of one sheet as text.

    `frame` has String columns `c0`, `c1`, ... in the order of the sheet; its row i is the spreadsheet's row
    `i + numbered_from`. `long_numbers` lists the cells that hold a number of more than 15 digits (`row` as a person
    sees it, `column` as in `frame`): digits beyond the 15th are lost. `out_of_step` lists the
    rows of a text file that have more or fewer cells than is usual in it. Error cells carry their text (`#N/A`).
    `order` numbers the sheets of an input as given; `is_named` is false for the files that the config names.
    """

    source: str
    path: Path
    sheet: str
    frame: pl.DataFrame
    long_numbers: pl.DataFrame
    merges: tuple[Merge, ...] = ()
    out_of_step: tuple[int, ...] = ()
    numbered_from: int = 1
    order: int = 0
    is_named: bool = True
    notes: tuple[Note, ...] = field(default=())


NO_NUMBERS = pl.DataFrame(schema={"row": pl.UInt32, "column": pl.UInt16})


def column_letters(index: int) -> str:
    """Return the spreadsheet's letters of a 0-based column (0 → A, 26 → AA)."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the 0-based column of spreadsheet letters (A → 0)."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1
