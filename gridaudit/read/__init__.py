"""Files → sheets: raw text cells with file, sheet and the row number that a person sees.

Formats are told by content, not by name. Two files are read side by side: the reader releases the interpreter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import polars as pl

from gridaudit.errors import InputError, InputErrors
from gridaudit.read.columnar import read_parquet
from gridaudit.read.delimited import decode, read_delimited
from gridaudit.read.find import find_files
from gridaudit.read.sheet import Merge, Note, Sheet, column_letters
from gridaudit.read.sheet_xml import Look
from gridaudit.read.sniff import Format, sniff
from gridaudit.read.workbook import assemble, load, look_at, sheet_names

__all__ = ["InputFile", "Merge", "Note", "Reading", "Sheet", "column_letters", "decode", "find_files"]

_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that was read: its name and SHA-256."""

    path: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    path: Path
    kind: Format
    names: tuple[str, ...]
    first_order: int
    is_named: bool
    notes: tuple[Note, ...]


class Reading:
    """Files being read in two threads. Iterating gives the sheets as they are ready, each file's together.

    `files` and `notes` are complete once the iteration has ended; `is_at_last_file` says that only one file, the
    largest, is still to come.
    """

    def __init__(self, paths: Sequence[Path], *, sheets: Sequence[str] = (), beside: Sequence[Path] = ()) -> None:
        """Start reading files and folders; a file given twice, or twice the same content, is read once.

        Args:
            paths: Files, or folders whose table files are meant.
            sheets: Names of the sheets to read; all visible ones when empty.
            beside: Files that the config names (roster, compounds); `sheets` is not about them.

        Raises:
            InputError, InputErrors: Named files that are not there or no tables, all of them listed.
        """
        found, notes = find_files([*paths, *beside])
        found, repeated = _without_repeats(found)
        self.notes: tuple[Note, ...] = (*notes, *repeated)
        self.files: list[InputFile] = []
        self.is_at_last_file = False
        self._plans = _plan(found, sheets, {path.resolve() for path in beside})
        ordered = sorted(self._plans, key=lambda plan: -plan.path.stat().st_size)
        self._pool = ThreadPoolExecutor(_THREADS)
        self._loads = {plan.path: self._pool.submit(_load, plan) for plan in ordered}
        by_size = reversed(ordered)
        self._looks = {plan.path: self._pool.submit(look_at, plan.path, plan.kind, plan.names) for plan in by_size}
        self._hashes = {plan.path: self._pool.submit(_sha256, plan.path) for plan in ordered}

    def __iter__(self) -> Iterator[Sheet]:
        """Yield the sheets of each file as it is ready, the smallest first.

        Raises:
            InputError, InputErrors: Files that cannot be read, all of them listed, once the others have been tried.
        """
        errors: list[InputError] = []
        with self._pool:
            ordered = sorted(self._plans, key=lambda plan: plan.path.stat().st_size)
            for number, plan in enumerate(ordered, start=2):
                self.is_at_last_file = number == len(ordered)
                try:
                    yield from _assemble(plan, self._loads.pop(plan.path), self._looks.pop(plan.path))
                except InputError as error:
                    errors.append(error)
            self.files = [InputFile(path=plan.path, sha256=self._hashes[plan.path].result()) for plan in self._plans]
        _raise(errors)


def _without_repeats(paths: Sequence[Path]) -> tuple[list[Path], list[Note]]:
    """Leave out files whose content was given already; only files of equal size are compared."""
    kept: list[Path] = []
    notes: list[Note] = []
    sizes: dict[int, dict[str, Path]] = {}
    for path in paths:
        if path.is_file():
            same_size = sizes.setdefault(path.stat().st_size, {})
            if same_size:
                if "" in same_size:
                    first = same_size.pop("")
                    same_size[_sha256(first)] = first
                digest = _sha256(path)
                if digest in same_size:
                    notes.append(Note("same_content", {"file": path.name, "other": same_size[digest].name}))
                    continue
                same_size[digest] = path
            else:
                same_size[""] = path
        kept.append(path)
    return kept, notes


def _plan(paths: Sequence[Path], wanted: Sequence[str], beside: Collection[Path]) -> list[_Plan]:
    """Tell what each file is and which of its sheets are meant."""
    plans: list[_Plan] = []
    errors: list[InputError] = []
    all_names: list[str] = []
    order = 0
    for path in paths:
        is_named = path.resolve() not in beside
        try:
            kind = sniff(path)
            if kind in {"text", "parquet"}:
                plans.append(
                    _Plan(path=path, kind=kind, names=(path.stem,), first_order=order, is_named=is_named, notes=())
                )
                order += 1
                continue
            visible, hidden = sheet_names(path, kind)
        except InputError as error:
            errors.append(error)
            continue
        all_names += [*visible, *hidden]
        names = tuple(name for name in (*visible, *hidden) if name in wanted) if wanted and is_named else visible
        unread = [name for name in hidden if name not in names]
        notes = tuple(Note("hidden_sheet", {"file": path.name, "sheet": name}) for name in unread)
        plans.append(_Plan(path=path, kind=kind, names=names, first_order=order, is_named=is_named, notes=notes))
        order += len(names)
    for name in wanted:
        if name not in all_names and not errors:
            errors.append(
                InputError(
                    "E111", sheet=name, near=tuple(get_close_matches(name, all_names, n=3)) or tuple(all_names[:8])
                )
            )
    _raise(errors)
    return plans


def _load(plan: _Plan) -> dict[str, pl.DataFrame] | Sheet:
    if plan.kind == "text":
        return read_delimited(
            plan.path, in_disguise=plan.path.suffix.lower() in {".xlsx", ".xls", ".xlsm", ".ods", ".et"}
        )
    if plan.kind == "parquet":
        return read_parquet(plan.path)
    return load(plan.path, plan.kind, plan.names)


def _assemble(
    plan: _Plan, loaded: Future[dict[str, pl.DataFrame] | Sheet], looked: Future[dict[str, Look]]
) -> Iterator[Sheet]:
    cells, seen = loaded.result(), looked.result()
    if isinstance(cells, Sheet):
        yield replace(cells, order=plan.first_order, is_named=plan.is_named)
        return
    for index, name in enumerate(plan.names):
        notes = plan.notes if index == 0 else ()
        sheet = assemble(plan.path, plan.kind, name, cells.pop(name), seen.get(name), notes)
        yield replace(sheet, order=plan.first_order + index, is_named=plan.is_named)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _raise(errors: list[InputError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(tuple(errors))
