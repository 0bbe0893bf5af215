"""Files larger than memory likes, read piece by piece: Parquet by row groups, text by ranges of bytes.

Pieces are read again whenever they are asked for, so nothing is copied to the disk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from gridaudit.read.columnar import n_rows, parquet_sheet, row_groups
from gridaudit.read.long_text import text_pieces
from gridaudit.read.sheet import Piece, Sheet
from gridaudit.read.sniff import Format


class Limits(NamedTuple):
    """From which size a file is long, and how large its pieces are.

    The heading and what stands above it are looked for in `head_rows`; no first piece is shorter.
    """

    rows: int = 1_000_000
    size: int = 300_000_000
    piece_rows: int = 262_144
    piece_size: int = 64_000_000
    head_rows: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class LongSheet(Sheet):
    """A sheet too long to hold. `frame` has the first rows only; `pieces` read all of them, in order."""

    pieces: tuple[Piece, ...]


def long_sheet(path: Path, kind: Format, limits: Limits, *, in_disguise: bool) -> LongSheet | None:
    """Return the sheet of a long file; None when the file is not long or is to be read whole.

    Args:
        path: The file.
        kind: Its format; only Parquet and text can be long.
        limits: What is long.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E103 damaged, E107 neither UTF-8 nor GB18030, E109 more columns than any sheet has.
    """
    if kind == "parquet" and n_rows(path) > limits.rows:
        spans = _spans(row_groups(path), limits.piece_rows, limits.head_rows)
        pieces: list[Piece] = [partial(parquet_sheet, path, *span) for span in spans]
        return _long(parquet_sheet(path, 0, limits.head_rows, 0, None), pieces)
    if kind == "text" and path.stat().st_size > limits.size:
        found = text_pieces(path, limits.piece_size, head_rows=limits.head_rows, in_disguise=in_disguise)
        return None if found is None else _long(*found)
    return None


def _long(head: Sheet, pieces: Sequence[Piece]) -> LongSheet:
    return LongSheet(
        source=head.source, path=head.path, sheet=head.sheet, frame=head.frame, long_numbers=head.long_numbers,
        numbered_from=head.numbered_from, notes=head.notes, pieces=tuple(pieces),
    )  # fmt: skip


def _spans(groups: Sequence[int], most: int, least: int) -> Iterator[tuple[int, int]]:
    """First row and length of each piece: row groups, cut where they are larger than a piece."""
    most = max(most, least)
    start = length = 0
    for n in groups:
        if length >= least and length + n > most:
            yield start, length
            start, length = start + length, 0
        length += n
        while length > most:
            yield start, most
            start, length = start + most, length - most
    if length:
        yield start, length
