"""Files → sheets: raw text cells with file, sheet and the row number that a person sees.

Formats are told by content, not by name. Two files are read side by side: the reader releases the interpreter.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
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

__all__ = ["InputFile", "Merge", "Note", "Sheet", "column_letters", "decode", "find_files", "read"]

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
    notes: tuple[Note, ...]


def read(paths: Sequence[Path], *, sheets: Sequence[str] = ()) -> tuple[list[Sheet], list[InputFile]]:
    """Read files and folders.

    Args:
        paths: Files, or folders whose table files are meant.
        sheets: Names of the sheets to read; all visible ones when empty.

    Returns:
        The sheets in the order of the files, and the files with their SHA-256. A file given twice is read once.

    Raises:
        InputErrors: One or more named files cannot be read; all of them are listed.
    """
    found, notes = find_files(paths)
    plans = _plan(found, sheets)
    results: list[Sheet] = []
    with ThreadPoolExecutor(_THREADS) as pool:
        ordered = sorted(plans, key=lambda plan: -plan.path.stat().st_size)
        loads = {plan.path: pool.submit(_load, plan) for plan in ordered}
        looks = {plan.path: pool.submit(look_at, plan.path, plan.kind, plan.names) for plan in ordered}
        hashes = {plan.path: pool.submit(_sha256, plan.path) for plan in ordered}
        errors = []
        files: list[InputFile] = []
        for plan in plans:
            try:
                sheets_of_file = _assemble(plan, loads[plan.path], looks[plan.path])
            except InputError as error:
                errors.append(error)
                continue
            digest = hashes[plan.path].result()
            if any(file.sha256 == digest for file in files):
                notes = (*notes, Note("same_content", {"file": plan.path.name}))
                continue
            files.append(InputFile(path=plan.path, sha256=digest))
            results += sheets_of_file
    _raise(errors)
    if results and notes:
        first = results[0]
        results[0] = Sheet(
            source=first.source, path=first.path, sheet=first.sheet, frame=first.frame, long_numbers=first.long_numbers,
            merges=first.merges, first_column=first.first_column, notes=(*notes, *first.notes),
        )  # fmt: skip
    return results, files


def _plan(paths: Sequence[Path], wanted: Sequence[str]) -> list[_Plan]:
    """Tell what each file is and which of its sheets are meant."""
    plans: list[_Plan] = []
    errors: list[InputError] = []
    all_names: list[str] = []
    for path in paths:
        try:
            kind = sniff(path)
            if kind in {"text", "parquet"}:
                plans.append(_Plan(path=path, kind=kind, names=(path.stem,), notes=()))
                continue
            visible, hidden = sheet_names(path, kind)
        except InputError as error:
            errors.append(error)
            continue
        all_names += [*visible, *hidden]
        names = tuple(name for name in (*visible, *hidden) if name in wanted) if wanted else visible
        unread = [name for name in hidden if name not in names]
        notes = tuple(Note("hidden_sheet", {"file": path.name, "sheet": name}) for name in unread)
        plans.append(_Plan(path=path, kind=kind, names=names, notes=notes))
    for name in wanted:
        if name not in all_names and not errors:
            errors.append(InputError("E111", sheet=name, near=tuple(get_close_matches(name, all_names, n=3)) or tuple(all_names[:8])))
    _raise(errors)
    return plans


def _load(plan: _Plan) -> dict[str, pl.DataFrame] | Sheet:
    if plan.kind == "text":
        return read_delimited(plan.path, in_disguise=plan.path.suffix.lower() in {".xlsx", ".xls", ".xlsm", ".ods", ".et"})
    if plan.kind == "parquet":
        return read_parquet(plan.path)
    return load(plan.path, plan.kind, plan.names)


def _assemble(
    plan: _Plan, loaded: Future[dict[str, pl.DataFrame] | Sheet], looked: Future[dict[str, Look]]
) -> list[Sheet]:
    cells, seen = loaded.result(), looked.result()
    if isinstance(cells, Sheet):
        return [cells]
    sheets = []
    for index, name in enumerate(plan.names):
        notes = plan.notes if index == 0 else ()
        sheets.append(assemble(plan.path, plan.kind, name, cells.pop(name), seen.get(name), notes))
    return sheets


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _raise(errors: list[InputError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(tuple(errors))
