"""Files larger than memory likes, read piece by piece: Parquet by row groups, text by ranges of bytes.

Pieces are read again whenever they are asked for, so nothing is copied to the disk.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.columnar import n_rows, parquet_sheet, row_groups
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
from gridaudit.read.sheet import Note, Sheet
from gridaudit.read.sniff import Format

# The heading and what stands above it are looked for in so many rows; no first piece is shorter.
HEAD_ROWS = 64
_SAMPLE_BYTES = 800_000
_BLOCK = 1 << 24
# Reads a piece: the number of its first row, and the frame columns wanted (all when None).
Piece = Callable[[int, Collection[int] | None], Sheet]


class Limits(NamedTuple):
    """From which size a file is long, and how large its pieces are."""

    rows: int = 1_500_000
    size: int = 400_000_000
    piece_rows: int = 262_144
    piece_size: int = 64_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LongSheet(Sheet):
    """A sheet too long to hold. `frame` has the first rows only; `pieces` read all of them, in order."""

    pieces: tuple[Piece, ...]


def long_sheet(path: Path, kind: Format, limits: Limits, *, in_disguise: bool) -> LongSheet | None:
    """Return the sheet of a long file; None when the file is not long and is to be read whole.

    Args:
        path: The file.
        kind: Its format; only Parquet and text can be long.
        limits: What is long.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E103 damaged, E107 neither UTF-8 nor GB18030.
    """
    if kind == "parquet" and n_rows(path) > limits.rows:
        pieces: list[Piece] = [partial(parquet_sheet, path, *span) for span in _spans(path, limits.piece_rows)]
        return _long(parquet_sheet(path, 0, HEAD_ROWS, 0, None), pieces)
    if kind == "text" and path.stat().st_size > limits.size:
        return _long_text(path, limits.piece_size, in_disguise=in_disguise)
    return None


def _long(head: Sheet, pieces: Sequence[Piece]) -> LongSheet:
    return LongSheet(
        source=head.source, path=head.path, sheet=head.sheet, frame=head.frame, long_numbers=head.long_numbers,
        numbered_from=head.numbered_from, notes=head.notes, pieces=tuple(pieces),
    )  # fmt: skip


def _spans(path: Path, most: int) -> Iterator[tuple[int, int]]:
    """First row and length of each piece: row groups, cut where they are larger than a piece."""
    most = max(most, HEAD_ROWS)
    start = length = 0
    for n in row_groups(path):
        if length and length + n > most:
            yield start, length
            start, length = start + length, 0
        length += n
        while length > most:
            yield start, most
            start, length = start + most, length - most
    if length:
        yield start, length


def _long_text(path: Path, size: int, *, in_disguise: bool) -> LongSheet | None:
    """The sheet of a long text file; None where only the whole of it can be told apart."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE_BYTES)
    bom, encoding = next(((bom, name) for bom, name in BOMS if head.startswith(bom)), (b"", ""))
    if encoding.startswith("utf-16"):
        return None
    encoding = _encoding(path, encoding, len(bom))
    text = codecs.getincrementaldecoder(encoding)().decode(head[len(bom) :])
    n_quotes = _count(path, b'"')
    if "\n" not in text or n_quotes % 2:
        return None
    ranges = list(_ranges(path, len(bom), size))
    layout = _layout(path, encoding, text, ranges, has_quotes=n_quotes > 0)
    if layout is None:
        return None
    notes = [Note("disguise", {"file": path.name})] if in_disguise else []
    if encoding != "utf-8":
        notes.append(Note("encoding", {"file": path.name, "encoding": encoding.upper()}))
    pieces = [partial(_text_piece, path, encoding, layout, *span) for span in ranges]
    first = pieces[0](1, None)
    if len(pieces) > 1 and first.frame.height < HEAD_ROWS:
        return None
    return _long(replace(first, frame=first.frame.head(HEAD_ROWS), notes=tuple(notes)), pieces)


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
    try:
        is_over = [_has_more(parsed(path, content, layout, [layout.width - 1])) for content in contents]
    except pl.exceptions.PolarsError:
        return None
    return layout if any(is_over) else layout._replace(width=layout.width - 1, has_spare=False)


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


def _encoding(path: Path, by_mark: str, start: int) -> str:
    """The encoding of a file, told as `decode` tells it.

    Raises:
        InputError: E107 with the first byte that does not fit.
    """
    if not by_mark and (zero := _find(path, b"\x00")) is not None:
        raise _unfit(path, zero)
    bad = _bad_byte(path, "utf-8", start)
    if bad is None:
        return "utf-8"
    if by_mark:
        raise _unfit(path, bad)
    if (other := _bad_byte(path, "gb18030", 0)) is not None:
        raise _unfit(path, max(bad, other))
    return "gb18030"


def _unfit(path: Path, offset: int) -> InputError:
    with path.open("rb") as file:
        file.seek(offset)
        byte = file.read(1)[0]
    return InputError("E107", file=path.name, offset=offset, byte=f"0x{byte:02X}")


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def _count(path: Path, byte: bytes) -> int:
    return sum(block.count(byte) for block in _blocks(path))


def _find(path: Path, byte: bytes) -> int | None:
    for number, block in enumerate(_blocks(path)):
        if (at := block.find(byte)) >= 0:
            return number * _BLOCK + at
    return None


def _bad_byte(path: Path, encoding: str, start: int) -> int | None:
    """Offset of the first byte that does not fit an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file:
        file.seek(start)
        while True:
            pending = len(decoder.getstate()[0])
            block = file.read(_BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                return file.tell() - len(block) - pending + error.start
            if not block:
                return None


def _ranges(path: Path, start: int, size: int) -> Iterator[tuple[int, int]]:
    """Offset and length of pieces that end with a whole record: a line end with an even number of quotes before it."""
    with path.open("rb") as file:
        wanted = size
        while True:
            file.seek(start)
            block = file.read(wanted)
            if len(block) < wanted:
                break
            end = _last_record(block)
            if not end:
                wanted *= 2
                continue
            yield start, end
            start, wanted = start + end, size
    if block:
        yield start, len(block)


def _last_record(block: bytes) -> int:
    """Where the last whole record of a block ends, 0 when none does."""
    end = block.rfind(b"\n") + 1
    quotes = block.count(b'"', 0, end)
    while end and quotes % 2:
        before = block.rfind(b"\n", 0, end - 1) + 1
        quotes -= block.count(b'"', before, end)
        end = before
    return end
