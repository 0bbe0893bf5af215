"""Files → sheets: raw text cells with file, sheet and the row number that a person sees.

Formats are told by content, not by name. Two files are read side by side: the reader releases the interpreter.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Self

from gridaudit.errors import InputError, InputErrors
from gridaudit.read.apart import sheet_names
from gridaudit.read.delimited import decode
from gridaudit.read.file import FileRead, Plan, sha256, stamp
from gridaudit.read.find import find_files
from gridaudit.read.long import Limits, LongSheet
from gridaudit.read.package import Package
from gridaudit.read.sheet import Merge, Note, Sheet, column_letters
from gridaudit.read.sniff import sniff

__all__ = [
    "InputFile",
    "Limits",
    "LongSheet",
    "Merge",
    "Note",
    "Reading",
    "Sheet",
    "column_letters",
    "decode",
    "find_files",
]

_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that was read: its name and SHA-256."""

    path: Path
    sha256: str


class Reading:
    """Files being read in two threads. Iterating gives the sheets as they are ready, each file's together.

    `files` and `notes` are complete once the iteration has ended; `is_at_last_file` says that only one file, the
    largest, is still to come. Reading begins at once: whoever may give up before the end leaves a `with` or cancels.
    """

    def __init__(
        self, paths: Sequence[Path], *, sheets: Sequence[str] = (), beside: Sequence[Path] = (),
        long: Limits | None = None,
    ) -> None:  # fmt: skip
        """Start reading files and folders; a file given twice, or twice the same content, is read once.

        Args:
            paths: Files, or folders whose table files are meant.
            sheets: Names of the sheets to read; all visible ones when empty.
            beside: Files that the config names (roster, compounds); `sheets` is not about them.
            long: From which size on a file gives a `LongSheet`; every file is read whole when None.

        Raises:
            InputError, InputErrors: Named files that are not there or no tables, all of them listed.
        """
        found, notes = find_files([*paths, *beside])
        found, repeated = _without_repeats(found)
        self.notes: tuple[Note, ...] = (*notes, *repeated)
        self.files: list[InputFile] = []
        self.is_at_last_file = False
        plans = [replace(plan, long=long) for plan in _plan(found, sheets, {path.resolve() for path in beside})]
        # The smallest first: while the largest is read, what is done with the others costs no time.
        self._reads = sorted(map(FileRead, plans), key=lambda read: read.plan.stamp[0])
        self._order = [plan.path for plan in plans]
        self._pool = ThreadPoolExecutor(_THREADS)
        self._works = [[self._pool.submit(read.work) for _ in range(_THREADS)] for read in self._reads]
        self._hashes = {read.plan.path: self._pool.submit(sha256, read.plan.path) for read in self._reads}

    def __iter__(self) -> Iterator[Sheet]:
        """Yield the sheets of each file as it is ready, the smallest first.

        Raises:
            InputError, InputErrors: Files that cannot be read, all of them listed, once the others have been tried.
        """
        errors: list[InputError] = []
        with self._pool:
            for number, (read, works) in enumerate(zip(self._reads, self._works, strict=True), start=1):
                self.is_at_last_file = number >= len(self._reads) - 1
                for work in works:
                    work.result()
                try:
                    yield from read.sheets()
                except InputError as error:
                    errors.append(error)
        _raise(errors)
        self.files = [InputFile(path=path, sha256=self._hashes[path].result()) for path in self._order]

    def cancel(self) -> None:
        """Read nothing more: what is being read is finished in its thread, the rest is not begun.

        Nothing can be had of the reading after this, unless it was complete already.
        """
        for read in self._reads:
            read.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    def refuse_changed(self) -> None:
        """Refuse files that were changed since, when pieces of them were read again.

        Raises:
            InputError: E115.
        """
        for read in self._reads:
            read.refuse_changed()


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
                    same_size[sha256(first)] = first
                digest = sha256(path)
                if digest in same_size:
                    notes.append(Note("same_content", {"file": path.name, "other": same_size[digest].name}))
                    continue
                same_size[digest] = path
            else:
                same_size[""] = path
        kept.append(path)
    return kept, notes


def _plan(paths: Sequence[Path], wanted: Sequence[str], beside: Collection[Path]) -> list[Plan]:
    """Tell what each file is and which of its sheets are meant."""
    plans: list[Plan] = []
    errors: list[InputError] = []
    all_names: list[str] = []
    order = 0
    for path in paths:
        is_named = path.resolve() not in beside
        try:
            plan, every = _plan_file(path, wanted if is_named else (), order, is_named=is_named)
        except InputError as error:
            errors.append(error)
            continue
        plans.append(plan)
        all_names += every
        order += len(plan.names)
    for name in wanted:
        if name not in all_names and not errors:
            near = tuple(get_close_matches(name, all_names, n=3)) or tuple(all_names[:8])
            errors.append(InputError("E111", sheet=name, near=near))
    _raise(errors)
    return plans


def _plan_file(path: Path, wanted: Sequence[str], order: int, *, is_named: bool) -> tuple[Plan, list[str]]:
    """The plan of one file, and the names of all its sheets."""
    kind = sniff(path)
    package = Package(path) if kind == "xlsx" else None
    is_workbook = kind not in {"text", "parquet"}
    visible: tuple[str, ...] = (path.stem,)
    hidden: tuple[str, ...] = ()
    if is_workbook:
        visible, hidden = package.sheet_names() if package else sheet_names(path, kind)
    every = (*visible, *hidden)
    names = tuple(name for name in every if name in wanted) if wanted and is_workbook else visible
    unread = [name for name in hidden if name not in names]
    plan = Plan(
        path=path,
        kind=kind,
        names=names,
        first_order=order,
        is_named=is_named,
        notes=tuple(Note("hidden_sheet", {"file": path.name, "sheet": name}) for name in unread),
        package=package,
        stamp=stamp(path),
    )
    return plan, list(every) if is_workbook else []


def _raise(errors: list[InputError]) -> None:
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise InputErrors(tuple(errors))
