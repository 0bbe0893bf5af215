"""How far the cells of a piece of a worksheet reach: the reader lays out every cell between the first and the last.

A bound that costs little is enough for honest files; where it is too large, every reference is looked at.
"""

from __future__ import annotations

import polars as pl

from gridaudit.read.pieces import Piece
from gridaudit.read.sheet import column_index, column_letters

# Beyond some column, or outside some rows; rows are references without letters. XML allows blanks around the sign and
# the reader small letters.
_OUTSIDE = r"""r\s*=\s*["'](?:(?i:{beyond})|[A-Za-z]{{0,2}}(?:{rows}))"""
# A row or cell whose first attribute is not its reference, which may have none and follow the one before it.
_UNNUMBERED = r"[<:]row(?:[>/]|\s+(?:[^r\s]|r[^\s=]))"
_UNREFERENCED = r"[<:]c(?:[>/]|\s+(?:[^r\s]|r[^\s=]))"
_REFERENCE = r"""\sr\s*=\s*["']([A-Za-z]*)([0-9]+)["']"""
_CELL = r"[<:]c[\s/>]"
_ROW = r"[<:]row[\s/>]"
WIDEST = 16_384
# So many columns any honest piece may have; of references with three letters every one is looked at.
_WIDEST_PLAIN = column_index("ZZ") + 1
# The least XML of a cell without a reference.
_LEAST_CELL = len("<c/>")
# A row number that no number holds.
NOWHERE = 10**12


def extent(piece: Piece, allowed: int) -> tuple[int, int]:
    """Return how many rows and columns the cells of a piece can reach.

    Args:
        piece: Rows of a worksheet.
        allowed: So many cells may be laid out; only beyond them is the answer as exact as references make it.
    """
    return _bound(piece, allowed) or _reach(piece)


def _bound(piece: Piece, allowed: int) -> tuple[int, int] | None:
    """A bound without a look at every cell; None where none within `allowed` is found."""
    n_rows = piece.last - piece.first + 1
    n_columns = min(allowed // max(n_rows, 1), WIDEST)
    if not n_columns:
        return None
    widest = min(n_columns, _WIDEST_PLAIN)
    rows = "|".join((*_above(str(piece.last), "9"), *_below(piece.first)))
    patterns = [_UNNUMBERED, _OUTSIDE.format(beyond="|".join(_above(column_letters(widest - 1), "Z")), rows=rows)]
    # Cells without a reference follow the cell before them: no more than the longest row has room for.
    if not _rows_end_within(piece, (n_columns - widest) * _LEAST_CELL):
        patterns.append(_UNREFERENCED)
    doubtful = any(piece.blocks.str.contains(pattern).any() for pattern in patterns)
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


def _above(text: str, last: str) -> list[str]:
    """Expressions for what comes after a number or a column: longer, or the first character that differs is larger.

    Args:
        text: Digits or capital letters.
        last: The largest of such characters, 9 or Z.
    """
    every = "[0-9]" if last == "9" else "[A-Z]"
    larger = [
        f"{text[:at]}[{chr(ord(character) + 1)}-{last}]{every}{{{len(text) - at - 1}}}"
        for at, character in enumerate(text)
        if character < last
    ]
    return [*larger, f"{every}{{{len(text) + 1}}}"]


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
    blocks = piece.blocks
    found = blocks.str.extract_all(_REFERENCE).explode(empty_as_null=False).to_frame("xml")
    references = found.select(
        letters=pl.col("xml").str.extract(_REFERENCE, 1).str.to_uppercase(),
        row=pl.col("xml").str.extract(_REFERENCE, 2).cast(pl.Int64, strict=False).fill_null(2 * NOWHERE),
    )
    rows = pl.concat([references["row"], pl.Series("row", [piece.first, piece.last])])
    n_rows, n_columns = int(rows.max()) - int(rows.min()) + 1, _last_column(references["letters"])  # type: ignore[arg-type]
    n_tags, n_cells = (int(blocks.str.count_matches(tag).sum()) for tag in (_ROW, _CELL))
    n_numbered = references.filter(pl.col("letters") == "").height
    if n_tags > n_numbered:
        n_rows += n_tags
    if n_cells > references.height - n_numbered:
        n_columns += _most_cells(piece)
    return n_rows, n_columns


def _last_column(letters: pl.Series) -> int:
    """How many columns there are up to the last of those named."""
    farthest = letters.unique().to_frame("name").sort(pl.col("name").str.len_bytes(), "name")["name"].last()
    return column_index(farthest) + 1 if isinstance(farthest, str) and farthest else 0


def _most_cells(piece: Piece) -> int:
    """How many cells the row has that has most."""
    rows = piece.blocks.str.split(f"<{piece.prefix.decode()}row").explode()
    return int(rows.str.count_matches(_CELL).max())  # type: ignore[arg-type]
