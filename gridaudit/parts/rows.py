"""All rows of a table, in the order of the sheets: looked at once, then any of them taken again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

import polars as pl

from gridaudit.normalise import LongTable


class Source(Protocol):
    """Rows of one sheet, in pieces."""

    @property
    def order(self) -> int:
        """Place of the sheet in the input."""

    @property
    def n_pieces(self) -> int:
        """How many pieces there are."""

    def look(self, piece: int, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return the rows of the next piece."""

    def again(self, piece: int, at: pl.Series, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return some rows of a piece."""


class HeldTable:
    """A sheet that is in memory as a whole."""

    n_pieces = 1

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame
        self.order = int(frame["sheet_no"][0]) if frame.height else -1

    def look(self, piece: int, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return all rows."""
        del piece, wanted
        return self._frame

    def again(self, piece: int, at: pl.Series, wanted: Collection[str] | None) -> pl.DataFrame:
        """Return some rows."""
        del piece, wanted
        return self._frame[at]


class _Span(NamedTuple):
    source: Source
    piece: int
    start: int
    end: int


class Rows:
    """The rows of all sheets, numbered from 0 in the order the table would have in memory."""

    def __init__(self, held: pl.DataFrame | None, long: Sequence[LongTable]) -> None:
        """Take the table of the sheets in memory and the long ones."""
        parts = [] if held is None else held.partition_by("sheet_no", maintain_order=True) or [held]
        self._sources: list[Source] = sorted(
            [*(HeldTable(part) for part in parts), *long], key=lambda source: source.order
        )
        self._spans: list[_Span] = []

    @property
    def is_there(self) -> bool:
        """Whether there is such a table at all."""
        return bool(self._sources)

    def look(self, wanted: Collection[str]) -> Iterator[pl.DataFrame]:
        """Yield all rows, piece by piece; this comes first and happens once."""
        start = 0
        for source in self._sources:
            for piece in range(source.n_pieces):
                frame = source.look(piece, wanted)
                self._spans.append(_Span(source, piece, start, start + frame.height))
                start += frame.height
                yield frame

    def take(self, at: pl.Series, wanted: Collection[str] | None = None) -> pl.DataFrame:
        """Return some rows.

        Args:
            at: Their numbers, ascending.
            wanted: Canonical columns to read; all that are wanted anywhere when None.
        """
        found = list(self._found(at, wanted))
        # Without any row the columns are still those of the first piece.
        first = self._spans[0]
        return pl.concat(found or [first.source.again(first.piece, at, wanted)], how="diagonal")

    def _found(self, at: pl.Series, wanted: Collection[str] | None) -> Iterator[pl.DataFrame]:
        bounds = at.search_sorted(pl.Series([bound for span in self._spans for bound in (span.start, span.end)]))
        for number, span in enumerate(self._spans):
            first, last = bounds[2 * number], bounds[2 * number + 1]
            if last > first:
                yield span.source.again(span.piece, at.slice(first, last - first) - span.start, wanted)
