"""Other workbooks (xlsb, xls, ods) read in a process of their own, which may fail without taking the audit with it.

These formats cannot be cut into pieces beforehand, and a crafted one makes the reader allocate without bound and abort.
The process has a bound of memory and time; what it read comes back through a pipe, so that nothing touches the disk.
"""

from __future__ import annotations

import io
import json
import mmap
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet

_SECONDS = 60
_MEMORY = 1_000 * 1024**2
_POLL = 0.05
# How the process says which code it is: far from what Python itself or a signal would give.
EXIT_CODES = {40: "E102", 41: "E103"}
_PACKAGES = str(Path(__file__).parents[2])  # a checkout that nobody installed must find itself too


def sheet_names(path: Path, kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the visible and of the hidden sheets.

    Raises:
        InputError: E102 a password, E103 damaged, E116 the reader does not survive it.
    """
    seen: dict[str, bool] = json.loads(_run(path, kind, "names"))
    return tuple(name for name in seen if seen[name]), tuple(name for name in seen if not seen[name])


def read_workbook(path: Path, kind: str, names: tuple[str, ...], notes: tuple[Note, ...]) -> list[Sheet]:
    """Read the sheets named; columns `c0`, `c1`, ..., all String, from row 1 on.

    Raises:
        InputError: As `sheet_names`.
    """
    content = io.BytesIO(_run(path, kind, "cells", *names))
    sheets = []
    for number, name in enumerate(names):
        frame, numbers = (_received(content) for _ in range(2))
        sheets.append(
            Sheet(
                source=path.name,
                path=path,
                sheet=name,
                frame=frame,
                long_numbers=NO_NUMBERS if numbers.is_empty() else numbers,
                notes=notes if number == 0 else (),
            )
        )
    return sheets


def _run(path: Path, kind: str, *asked: str) -> bytes:
    """Run the process; it is stopped when it takes too long or too much."""
    command = [sys.executable, "-P", "-m", "gridaudit.read.workbook", str(path), kind, *asked]
    known = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([_PACKAGES, known] if known else [_PACKAGES])}
    deadline = time.monotonic() + _SECONDS
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        answer: bytes | None = None
        try:
            while answer is None:
                try:
                    answer, _ = process.communicate(timeout=_POLL)
                except subprocess.TimeoutExpired:
                    if _memory(process.pid) > _MEMORY or time.monotonic() > deadline:
                        raise InputError("E116", file=path.name) from None
        finally:
            process.kill()
    if process.returncode:
        code = EXIT_CODES.get(process.returncode, "E116")
        raise InputError(code, file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB")
    return answer


def _memory(pid: int) -> int:
    """Bytes a process holds, where the system says it."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * mmap.PAGESIZE
    except (OSError, IndexError, ValueError):
        return 0


def _received(content: io.BytesIO) -> pl.DataFrame:
    size = int.from_bytes(content.read(8))
    return pl.read_ipc(io.BytesIO(content.read(size)))
