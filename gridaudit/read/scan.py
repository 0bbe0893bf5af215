"""A file too long to hold, gone through block by block: its encoding, and where its records end."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from gridaudit.errors import InputError

_BLOCK = 1 << 24


def encoding_of(path: Path, by_mark: str, start: int) -> str:
    """Return the encoding of a file, told as `decode` tells it.

    Args:
        path: The file.
        by_mark: What its byte order mark says, blank without one.
        start: Where its text begins.

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


def count_of(path: Path, byte: bytes) -> int:
    """Return how often a byte stands in a file."""
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


def records_at(path: Path, start: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield offset and length of pieces that end with a whole record.

    A record ends at a line end with an even number of quotes before it, counted from the start of the text: every
    piece begins at such a place. That is exact where `is_regular` holds for every piece.

    Args:
        path: The file.
        start: Where its text begins.
        size: About how many bytes a piece has.
    """
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


def is_regular(content: bytes, separator: str) -> bool:
    """Return whether quotes stand as RFC 4180 has them: around a whole cell, doubled within it.

    Pairs of quotes in the midst of a cell (="430299") will do: they hold neither separators nor line ends.

    Args:
        content: Whole records in UTF-8.
        separator: Between cells.
    """
    plain = f'[^"{re.escape(separator)}\\n]'
    cell = f'(?:"(?:[^"]|"")*"|(?:{plain}+(?:"{plain}*"{plain}*)*)?)'
    end = f"(?:{re.escape(separator)}|\\r?\\n)"
    return bool(pl.Series([content.decode()]).str.contains(f"\\A(?:{cell}{end})*{cell}\\r?\\z")[0])
