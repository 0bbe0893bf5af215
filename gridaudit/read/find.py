"""Which files are meant: folders opened, lock files and the tool's own outputs passed over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from gridaudit.errors import InputError
from gridaudit.read.sheet import Note

TABLE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".tsv", ".txt", ".parquet"})
OWN_FILES = frozenset({"truth.csv", "findings.csv", "summary.csv", "findings.parquet", "records.parquet"})
# Small files that the config names, never tables of homes or people.
SIDE_FILES = frozenset({"codes.csv"})
OWN_FOLDER_FILE = "manifest.json"


def find_files(paths: Sequence[Path]) -> tuple[list[Path], tuple[Note, ...]]:
    """Return the files meant by `paths`, each once, in order; folders give their table files by name.

    Raises:
        InputError: E110 a folder without any table file, E108 one that may not be read.
    """
    found: list[Path] = []
    notes: list[Note] = []
    for path in paths:
        if path.is_dir():
            inside, skipped = _in_folder(path)
            if not inside:
                raise InputError("E110", folder=path.name)
            found += inside
            notes += [Note("skipped_file", {"file": name}) for name in skipped]
        else:
            found.append(path)
    unique: dict[Path, Path] = {}
    for path in found:
        unique.setdefault(path.resolve(), path)
    return list(unique.values()), tuple(notes)


def _in_folder(folder: Path) -> tuple[list[Path], list[str]]:
    if (folder / OWN_FOLDER_FILE).exists():
        return [], []
    try:
        every = sorted(folder.iterdir())
    except OSError as error:
        raise InputError("E108", file=folder.name, reason=error.strerror or type(error).__name__) from None
    entries = [entry for entry in every if entry.is_file() and entry.suffix.lower() in TABLE_SUFFIXES]
    visible = [entry for entry in entries if not entry.name.startswith(("~$", ".")) and entry.name not in SIDE_FILES]
    own = [entry.name for entry in visible if entry.name.lower() in OWN_FILES]
    candidates = [entry for entry in visible if entry.name.lower() not in OWN_FILES]
    newest: dict[str, Path] = {}
    for entry in sorted(candidates, key=_date_in_name):
        newest[_series(entry)] = entry
    older = [entry.name for entry in candidates if entry not in newest.values()]
    return [entry for entry in candidates if entry in newest.values()], [*own, *older]


# 20260901, 2026-09-01, 2026.9.1, 2026年9月1日, 2026年9月; a time of day may follow. A longer run of digits is a code.
_DATE = re.compile(
    r"(?<!\d)(20\d\d)(?:[-_.年])?(1[0-2]|0?[1-9])(?:[-_.月])?(3[01]|[12]\d|0?[1-9])?日?(?:[-_T ](\d{4,6}))?(?!\d)"
)


def _series(path: Path) -> str:
    """The name without a date in it: exports of one table differ in the date alone."""
    return _DATE.sub("", path.name)


def _date_in_name(path: Path) -> tuple[tuple[int, ...], str]:
    match = _DATE.search(path.name)
    return tuple(int(part or 0) for part in match.groups()) if match else (), path.name
