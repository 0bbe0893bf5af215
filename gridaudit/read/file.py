"""One file being read by several threads: each takes the next part until none is left."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.apart import read_workbook
from gridaudit.read.columnar import read_parquet
from gridaudit.read.delimited import read_delimited
from gridaudit.read.long import Limits, long_sheet
from gridaudit.read.package import Package, Worksheet
from gridaudit.read.pieces import Piece, pieces
from gridaudit.read.shared_strings import read_strings
from gridaudit.read.sheet import Note, Sheet
from gridaudit.read.sniff import Format
from gridaudit.read.worksheet import Part, assemble, read_piece, with_strings

_WORKBOOK_SUFFIXES = {".xlsx", ".xls", ".xlsm", ".ods", ".et"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be read of a file: which sheets, where in the order of the input, and what to say of them.

    `package` is given for xlsx, whose sheets are read in pieces, `long` where a long file is not to be read whole.
    """

    path: Path
    kind: Format
    names: tuple[str, ...]
    first_order: int
    is_named: bool
    notes: tuple[Note, ...] = ()
    package: Package | None = None
    stamp: tuple[int, int]
    long: Limits | None = None


def stamp(path: Path) -> tuple[int, int]:
    """Return what tells that a file was changed: its size and time.

    Raises:
        InputError: E108, it went away.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise InputError("E108", file=path.name, reason=error.strerror or os.strerror(0)) from None
    return status.st_size, status.st_mtime_ns


class FileRead:
    """The reading of one file."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._works = self._listed()
        self._lock = Lock()
        self._parts: dict[str, list[Part]] = {name: [] for name in plan.names}
        self._sheets: list[Sheet] = []
        self._strings: pl.Series | None = None
        self._error: InputError | None = None
        self._is_stopped = False

    def work(self) -> None:
        """Read parts until none is left; several threads may call this at once."""
        while (next_part := self._next()) is not None:
            try:
                next_part()
            except InputError as error:
                self._error = self._error or error

    def sheets(self) -> Iterator[Sheet]:
        """Yield the sheets, once every thread has done its work.

        Raises:
            InputError: What could not be read, E115 the file was changed meanwhile.
        """
        self.refuse_changed()
        if self._error:
            raise self._error
        if self.plan.package:
            for number, sheet in enumerate(self._worksheets(self.plan.package)):
                notes = self.plan.notes if number == 0 else ()
                self._sheets.append(
                    assemble(self.plan.package, sheet, self._parts.pop(sheet.name), self._strings, notes)
                )
        while self._sheets:
            sheet_number = len(self.plan.names) - len(self._sheets)
            yield replace(self._sheets.pop(0), order=self.plan.first_order + sheet_number, is_named=self.plan.is_named)

    def refuse_changed(self) -> None:
        """Refuse a file that is not what it was.

        Raises:
            InputError: E115, it was changed meanwhile.
        """
        if stamp(self.plan.path) != self.plan.stamp:
            raise InputError("E115", file=self.plan.path.name)

    def stop(self) -> None:
        """Hand out no further part; those being read are finished."""
        self._is_stopped = True

    def _next(self) -> Callable[[], None] | None:
        with self._lock:
            try:
                return None if self._error or self._is_stopped else next(self._works, None)
            except InputError as error:
                self._error = error
                return None

    def _listed(self) -> Iterator[Callable[[], None]]:
        plan = self.plan
        if plan.package is None:
            yield self._read_whole
            return
        shared = plan.package.shared_parts()
        shared_size = sum(map(len, shared.values()))
        if plan.package.strings:
            yield partial(self._read_strings, plan.package, shared, plan.package.shared_strings())
        for sheet in self._worksheets(plan.package):
            for piece in pieces(plan.package, sheet, shared_size):
                yield partial(self._read_piece, plan.package, sheet, shared, piece)

    def _read_strings(self, package: Package, shared: dict[str, bytes], strings: bytes) -> None:
        self._strings = read_strings(package, package.worksheets[0], shared, strings)

    def _read_piece(self, package: Package, sheet: Worksheet, shared: dict[str, bytes], piece: Piece) -> None:
        part = read_piece(package, sheet, shared, piece)
        # The strings may still be being read by the other thread.
        self._parts[sheet.name].append(part if self._strings is None else with_strings(package, part, self._strings))

    def _read_whole(self) -> None:
        plan = self.plan
        in_disguise = plan.path.suffix.lower() in _WORKBOOK_SUFFIXES
        long = plan.long and long_sheet(plan.path, plan.kind, plan.long, in_disguise=in_disguise)
        if long:
            self._sheets.append(long)
        elif plan.kind == "text":
            self._sheets.append(read_delimited(plan.path, in_disguise=in_disguise))
        elif plan.kind == "parquet":
            self._sheets.append(read_parquet(plan.path))
        else:
            self._sheets += read_workbook(plan.path, plan.kind, plan.names, plan.notes)

    def _worksheets(self, package: Package) -> list[Worksheet]:
        by_name = {sheet.name: sheet for sheet in package.worksheets}
        return [by_name[name] for name in self.plan.names]


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file.

    Raises:
        InputError: E108, it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError("E108", file=path.name, reason=error.strerror or type(error).__name__) from None
