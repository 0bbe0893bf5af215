"""How far the cells of a piece of a worksheet reach: the reader lays out every cell between the first and the last.

A bound that costs little is enough for honest files; where it is too large, every reference is looked at.
"""

from __future__ import annotations

import re

from gridaudit.read.pieces import Piece
from gridaudit.read.sheet import column_index

# Beyond column ZZ, or outside some rows; rows are references without letters. XML allows blanks around the sign and the
# reader small letters.
_OUTSIDE = r"""r\s*=\s*["'](?:[A-Za-z]{{3}}|[A-Za-z]{{0,2}}(?:{0}))"""
# A row whose first attribute is not its number, which may have none and follow the one before it.
_UNNUMBERED = r"[<:]row(?:[>/]|\s+(?:[^r\s]|r[^\s=]))"
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']""")
_CELL = re.compile(rb"[<:]c[\s/>]")
_ROW = re.compile(rb"[<:]row[\s/>]")
WIDEST = 16_384
_WIDEST_PLAIN = column_index("ZZ") + 1
# The least XML of a cell without a reference.
_LEAST_CELL = len("<c/>")


def extent(piece: Piece, allowed: int) -> tuple[int, int]:
    """Return how many rows and columns the cells of a piece can reach.

    Args:
        piece: Rows of a worksheet.
        allowed: So many cells may be laid out; only beyond them is the answer as exact as references make it.
    """
    return _bound(piece, allowed) or _reach(piece)


def _bound(piece: Piece, allowed: int) -> tuple[int, int] | None:
    """A bound without a look at every cell; None where none within `allowed` is found.

    Cells without a reference follow the cell before them: there are no more than the longest row has room for.
    """
    n_rows = piece.last - piece.first + 1
    n_columns = min(allowed // max(n_rows, 1), WIDEST)
    outside = _OUTSIDE.format("|".join((*_above(piece.last), *_below(piece.first))))
    doubtful = not _rows_end_within(piece, (n_columns - _WIDEST_PLAIN) * _LEAST_CELL) or any(
        piece.blocks.str.contains(pattern).any() for pattern in (_UNNUMBERED, outside)
    )
    return None if doubtful else (n_rows, n_columns)


def _rows_end_within(piece: Piece, longest: int) -> bool:
    """Whether no row is longer than that: from the end of one row the last end within reach is looked for."""
    closing = b"</" + piece.prefix + b"row>"
    at = 0
    while len(piece.rows) - at > longest:
        end = piece.rows.rfind(closing, at, at + max(longest, 0))
        if end < 0:
            return False
        at = end + len(closing)
    return True


def _above(row: int) -> list[str]:
    """Expressions for the numbers above a row: more digits, or the first digit that differs is larger."""
    digits = str(row)
    larger = [
        f"{digits[:at]}[{int(digit) + 1}-9][0-9]{{{len(digits) - at - 1}}}"
        for at, digit in enumerate(digits)
        if digit < "9"
    ]
    return [*larger, f"[0-9]{{{len(digits) + 1}}}"]


def _below(row: int) -> list[str]:
    """Expressions for numbers below a row, or for none: fewer digits, or the first digit that differs is smaller."""
    digits, end = str(row), "[^0-9A-Za-z]"
    smaller = [
        f"{digits[:at]}[0-{int(digit) - 1}][0-9]{{{len(digits) - at - 1}}}{end}"
        for at, digit in enumerate(digits)
        if digit > "0"
    ]
    return [*smaller, f"[0-9]{{0,{len(digits) - 1}}}{end}"]


def _reach(piece: Piece) -> tuple[int, int]:
    """What the references say; with cells and rows that have none, these behind the farthest that has one."""
    found = set(_REFERENCE.findall(piece.rows))
    columns = {column_index(letters.decode()) + 1 for letters, _ in found if letters}
    rows = {piece.first, piece.last, *(int(number) for _, number in found)}
    n_rows, n_columns = max(rows) - min(rows) + 1, max(columns, default=0)
    n_tags, n_cells = len(_ROW.findall(piece.rows)), len(_CELL.findall(piece.rows))
    n_numbered = sum(1 for match in _REFERENCE.finditer(piece.rows) if not match.group(1))
    if n_tags > n_numbered:
        n_rows += n_tags
    if n_cells > len(_REFERENCE.findall(piece.rows)) - n_numbered:
        n_columns += max(len(_CELL.findall(row)) for row in _ROW.split(piece.rows))
    return n_rows, n_columns
