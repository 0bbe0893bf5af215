"""A worksheet's XML in pieces of whole rows, so that several threads can read one sheet and none holds it all.

What is cut is text between rows, nothing else is understood here: the reader in use makes cells of every piece.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.package import Package, Worksheet

MAX_ROWS = 1_048_576
_LEAST = 3 * 1024**2
# Every piece is read with the styles of the book; where these are many the pieces are larger.
_TIMES_SHARED = 16
_BLOCK = 256 * 1024
_LONGEST_ROW = 64 * 1024**2
_LONGEST_HEAD = 8 * 1024**2
_LONGEST_TAIL = 64 * 1024**2
_START = re.compile(rb"<((?:\w+:)?)sheetData\s*(/?)>")
_ROW_NUMBER = re.compile(rb"""[^>]*?\sr=["'](\d+)["']""")


@dataclass(frozen=True)
class Piece:
    """Rows of a worksheet as XML; `first` and `last` are their numbers as a person sees them.

    `prefix` is what the file puts before the names of its elements (`x:` or nothing); `head` is the XML in front of
    the first row of the sheet. The last piece has the XML behind the last row in `tail`.
    """

    first: int
    last: int
    prefix: bytes
    head: bytes
    rows: bytes
    tail: bytes = b""

    @cached_property
    def blocks(self) -> pl.Series:
        """The rows a few hundred at a time, as `as_text` gives them: short blocks stay in the processor's cache."""
        rows, tag, cuts = self.rows, b"<" + self.prefix + b"row", [0]
        while (cut := rows.find(tag, cuts[-1] + _BLOCK)) > 0:
            cuts.append(cut)
        return as_text([rows[at:end] for at, end in pairwise([*cuts, len(rows)])])

    @property
    def is_utf8(self) -> bool:
        """Whether `blocks` says all there is."""
        return int(self.blocks.str.len_bytes().sum()) == len(self.rows)


def as_text(blocks: Sequence[bytes]) -> pl.Series:
    """XML as String, to try expressions on; of another encoding than UTF-8 only the tags can be read."""
    try:
        return pl.Series(blocks, dtype=pl.Binary).cast(pl.String)
    except pl.exceptions.ComputeError:
        return pl.Series([block.decode("utf-8", "replace") for block in blocks], dtype=pl.String)


def pieces(package: Package, sheet: Worksheet, shared_size: int) -> Iterator[Piece]:
    """Cut a worksheet into pieces.

    Args:
        package: The workbook.
        sheet: Which of its worksheets.
        shared_size: Bytes of XML that the reader reads again with every piece.

    Raises:
        InputError: E103 damaged, E109 rows beyond the last a sheet can have, E114 too large.
    """
    size = max(_LEAST, min(_TIMES_SHARED * shared_size, package.size(sheet.part) // 2))
    blocks = package.blocks(sheet.part)
    head, prefix, rest = _head(package, blocks)
    end = b"</" + prefix + b"sheetData>"
    closing = b"</" + prefix + b"row>"
    following = 1
    buffered, parts = 0, [rest]
    if not head:
        return
    for block in blocks:
        parts.append(block)
        buffered += len(block)
        if buffered < size:
            continue
        rows, rest = _cut(parts, closing)
        if end in rest:
            parts = [rows, rest]
            break
        parts, buffered = [rest], len(rest)
        if rows:
            piece = _piece(package, sheet, prefix, head, rows, following)
            following = piece.last + 1
            yield piece
        elif len(rest) > _LONGEST_ROW:
            raise package.damaged()
        else:
            buffered = 0
    text = b"".join(parts)
    at = text.find(end)
    if at < 0:
        raise package.damaged()
    piece = _piece(package, sheet, prefix, head, text[:at], following)
    yield replace(piece, tail=_tail(text[at:], blocks))


def _cut(parts: list[bytes], closing: bytes) -> tuple[bytes, bytes]:
    """Rows that are whole, and the rest; most often the last part alone shows where they end."""
    *before, last = parts
    at = last.rfind(closing)
    if at < 0:
        before, last = [], b"".join(parts)
        at = last.rfind(closing)
    at = at + len(closing) if at >= 0 else 0
    return b"".join((*before, last[:at])), last[at:]


def _head(package: Package, blocks: Iterator[bytes]) -> tuple[bytes, bytes, bytes]:
    """The XML up to the first row, the prefix of its names, and what was read beyond; no head without any rows."""
    text = b""
    for block in blocks:
        text += block
        if match := _START.search(text):
            if match.group(2):
                return b"", b"", b""
            return text[: match.end()], match.group(1), text[match.end() :]
        if len(text) > _LONGEST_HEAD or b"<!DOCTYPE" in text:
            break
    raise package.damaged()


def _tail(text: bytes, blocks: Iterator[bytes]) -> bytes:
    """What stands behind the last row; read to its end, for only there a damaged part shows, but kept to a bound."""
    parts, kept = [text], len(text)
    for block in blocks:
        if kept < _LONGEST_TAIL:
            parts.append(block)
            kept += len(block)
    return b"".join(parts)


def _piece(package: Package, sheet: Worksheet, prefix: bytes, head: bytes, rows: bytes, following: int) -> Piece:
    """Number the rows: by their own attribute, else by counting on."""
    tag = b"<" + prefix + b"row"
    first = _number(rows, rows.find(tag), following, len(tag))
    at = rows.rfind(tag)
    last = _number(rows, at, 0, len(tag)) or first - 1 + len(re.findall(tag + rb"[\s/>]", rows))
    if last > MAX_ROWS:
        raise InputError("E109", file=package.path.name, sheet=sheet.name, columns=1, rows=last)
    if first < following or last < first - 1:
        raise package.damaged()
    return Piece(first, last, prefix, head, rows)


def _number(rows: bytes, at: int, otherwise: int, skip: int) -> int:
    match = _ROW_NUMBER.match(rows, at + skip, at + 1024) if at >= 0 else None
    return int(match.group(1)) if match else otherwise
