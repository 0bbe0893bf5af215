"""Text files larger than memory likes: how all their lines are cut, told block by block, and their pieces."""

from __future__ import annotations

import codecs
from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.delimited import (
    BOMS,
    Layout,
    added_counts,
    by_lines,
    by_sample,
    line_counts,
    parsed,
    refuse_wide,
    sample_lines,
    separator_of,
    split_lines,
)
from gridaudit.read.scan import count_of, encoding_of, is_regular, records_at
from gridaudit.read.sheet import Note, Piece, Sheet

_SAMPLE_BYTES = 800_000


def text_pieces(path: Path, size: int, *, head_rows: int, in_disguise: bool) -> tuple[Sheet, list[Piece]] | None:
    """Return the head of a text file and its pieces; None where only the whole of it can be cut into cells.

    That is so in UTF-16, on a single line, and where quotation marks do not stand as RFC 4180 has them.

    Args:
        path: The file.
        size: About how many bytes a piece has.
        head_rows: How many rows the head has, and the first piece at least.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E107 neither UTF-8 nor GB18030, E109 more columns than any sheet has.
    """
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    bom, encoding = next(((bom, name) for bom, name in BOMS if head.startswith(bom)), (b"", ""))
    if encoding.startswith("utf-16"):
        return None
    encoding = encoding_of(path, encoding, len(bom))
    text = codecs.getincrementaldecoder(encoding)().decode(head[len(bom) :])
    n_quotes = count_of(path, b'"')
    if "\n" not in text or n_quotes % 2:
        return None
    ranges = list(records_at(path, len(bom), size))
    layout = _layout(path, encoding, text, ranges, has_quotes=n_quotes > 0)
    if layout is None:
        return None
    notes = [Note("disguise", {"file": path.name})] if in_disguise else []
    if encoding != "utf-8":
        notes.append(Note("encoding", {"file": path.name, "encoding": encoding.upper()}))
    pieces: list[Piece] = [partial(_text_piece, path, encoding, layout, *span) for span in ranges]
    first = pieces[0](1, None)
    if len(pieces) > 1 and first.frame.height < head_rows:
        return None
    return replace(first, frame=first.frame.head(head_rows), notes=tuple(notes)), pieces


def _layout(
    path: Path, encoding: str, head: str, ranges: Sequence[tuple[int, int]], *, has_quotes: bool
) -> Layout | None:
    """How all lines are cut, as they would be if the file were read whole; None where a piece cannot be."""
    lines = sample_lines(path, head)
    separator = separator_of(lines)
    contents = (_content(path, encoding, *span) for span in ranges)
    if not has_quotes:
        counts = [line_counts(split_lines(content.decode(), separator), separator) for content in contents]
        layout = by_lines(added_counts(counts), separator)
        refuse_wide(path, layout, len(lines))
        return layout
    layout = by_sample(lines, separator)
    refuse_wide(path, layout, len(lines))
    has_more = False
    for content in contents:
        if not is_regular(content, separator):
            return None
        has_more |= _has_more(parsed(path, content, layout, [layout.width - 1]))
    return layout if has_more else layout._replace(width=layout.width - 1, has_spare=False)


def _has_more(spare: Sheet) -> bool:
    """Whether a cell of the spare column is filled."""
    cells = spare.frame.to_series()
    return bool((cells.str.strip_chars() != "").any())


def _content(path: Path, encoding: str, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        content = file.read(length)
    return content if encoding == "utf-8" else content.decode(encoding, "replace").encode()


def _text_piece(
    path: Path, encoding: str, layout: Layout, start: int, length: int, first_row: int,
    columns: Collection[int] | None,
) -> Sheet:  # fmt: skip
    try:
        sheet = parsed(path, _content(path, encoding, start, length), layout, columns)
    except pl.exceptions.PolarsError:
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
    out_of_step = tuple(at + first_row - 1 for at in sheet.out_of_step)
    return replace(sheet, numbered_from=first_row, out_of_step=out_of_step)
