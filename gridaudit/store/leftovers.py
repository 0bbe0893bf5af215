"""Names of runs, and what a killed run leaves behind: recognised by its name, told from a live one by its lock."""

from __future__ import annotations

import contextlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gridaudit import disk
from gridaudit.errors import LockHeldError, OutputError

TEMPORARY = ".tmp-"
_RUN = r"[0-9]{8}T[0-9]{6}[+-][0-9]{4}(?:-[0-9]+)?"
_NAME = re.compile(rf"({_RUN})")
_LEFTOVER = re.compile(rf"\.tmp-(?:({_RUN})(?:-[0-9]+|-pruned)?(?:\.lock)?|(?:key|latest)-[0-9]+)")


def began(name: str) -> tuple[datetime, int] | None:
    """Return when the run of this name began and its number within the second; None when it is no run's name."""
    if not _NAME.fullmatch(name):
        return None
    try:
        return datetime.strptime(name[:20], "%Y%m%dT%H%M%S%z"), int(name[21:] or 1)
    except ValueError:
        return None


@contextmanager
def alone(lock: Path, *, timeout: float, code: str = "E301", mode: int = 0o644) -> Iterator[None]:
    """Hold a lock of the operating system: it vanishes with a killed process.

    Raises:
        LockHeldError: E401, another process holds it.
        OutputError: The code given, the lock's file cannot be opened.
    """
    from filelock import FileLock, Timeout

    held = FileLock(lock, timeout=timeout, mode=mode)
    try:
        held.acquire()
    except Timeout:
        raise LockHeldError("E401", folder=lock.parent.name) from None
    except OSError as error:
        folder = lock.parent
        raise OutputError(code, file=folder.name, folder=str(folder), reason=disk.reason(error)) from None
    try:
        yield
    finally:
        held.release()


@contextmanager
def alone_in_store(folder: Path, *, timeout: float = 30.0) -> Iterator[None]:
    """Hold the store's lock, for the short time of taking a name, sweeping or pruning.

    Raises:
        LockHeldError: E401, somebody holds it for longer than that.
        OutputError: E302, the store cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / "runs").mkdir(mode=0o700, exist_ok=True)
        with alone(folder / "lock", timeout=timeout, code="E302", mode=0o600):
            yield
    except OSError as error:
        raise OutputError("E302", folder=str(folder), reason=disk.reason(error)) from None


def leftovers(folder: Path) -> list[Path]:
    """Return what killed runs left in a folder whose lock is held; a live run holds a lock of its own."""
    live = {run_of(lock) for lock in folder.glob(f"{TEMPORARY}*.lock") if run_of(lock) and _is_held(lock)}
    found = (path for path in sorted(folder.glob(f"{TEMPORARY}*")) if _LEFTOVER.fullmatch(path.name))
    return [path for path in found if not path.is_symlink() and (run_of(path) is None or run_of(path) not in live)]


def run_of(leftover: Path) -> str | None:
    """Return the run that a leftover belongs to."""
    match = _LEFTOVER.fullmatch(leftover.name)
    return match.group(1) if match else None


def sweep(folder: Path) -> None:
    """Remove what killed runs left behind, and nothing else."""
    for path in leftovers(folder):
        remove(path)


def remove(path: Path) -> None:
    """Remove a file or folder as far as the system lets us; links are never followed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _is_held(lock: Path) -> bool:
    from filelock import FileLock, Timeout

    try:
        with FileLock(lock, timeout=0):
            return False
    except (Timeout, OSError):
        return True
