"""Files that are either whole or not there: written beside, flushed, renamed into place."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import time
from hashlib import sha256
from pathlib import Path

from gridaudit.errors import OutputError
from gridaudit.text import has

_PATIENCE = 10


def put(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a result beside its place and rename it there; a private one only its owner may read.

    Raises:
        OutputError: E301, with the name.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep_beside(path)
        write(temporary, content, mode=0o600 if private else 0o666)
        replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OutputError("E301", file=path.name, reason=reason(error)) from None


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Write a new file and have it on disk before returning.

    Raises:
        OSError: It is there already, or cannot be written.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Have the names in a folder on disk; systems without folder handles do it by themselves."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def replace(source: Path, target: Path) -> None:
    """Rename, over the target if it is there; Windows refuses while somebody has it open: try for a second."""
    for attempt in range(_PATIENCE):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _PATIENCE - 1:
                raise
            time.sleep(0.1)
        else:
            settle(target.parent)
            return


def fingerprint(content: bytes) -> dict[str, object]:
    """Return size and SHA-256 of what a file holds, by which damage is told later."""
    return {"bytes": len(content), "sha256": sha256(content).hexdigest()}


def reason(error: OSError) -> str:
    """Return why writing failed: the name of a cause that the catalogue explains, else the system's words."""
    name = errno.errorcode.get(error.errno or 0, "")
    return name if has(f"reason.{name}") else error.strerror or type(error).__name__


def _sweep_beside(path: Path) -> None:
    """Remove what a killed process left of the same result."""
    begins = f".{path.name}."
    for other in path.parent.iterdir():
        process = other.name.removeprefix(begins)
        if other.name.startswith(begins) and re.fullmatch(r"[0-9]{1,9}", process) and not _alive(int(process)):
            with contextlib.suppress(OSError):
                other.unlink()


def _alive(process: int) -> bool:
    """Tell whether a process may still be at work; one's own name is free, and Windows keeps open files itself."""
    if os.name == "nt" or process == os.getpid():
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
