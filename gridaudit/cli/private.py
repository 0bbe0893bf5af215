"""What is kept belongs to its owner alone: folders 0700, files 0600, whatever the umask says."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter; one that is there already keeps its permissions.

    A folder that cannot be made is left to whoever writes into it.
    """
    with contextlib.suppress(OSError):
        if not folder.exists():
            folder.mkdir(parents=True, mode=_FOLDER)
            folder.chmod(_FOLDER)


def private_files(folder: Path) -> None:
    """Take the folder of a run and all that is in it away from everybody but the owner."""
    with contextlib.suppress(OSError):
        folder.parent.chmod(_FOLDER)
        folder.chmod(_FOLDER)
        for path in folder.rglob("*"):
            path.chmod(_FOLDER if path.is_dir() else _FILE)


def private_file(path: Path, text: str) -> None:
    """Write a file that only its owner may read."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE), "w", encoding="utf-8") as file:
        path.chmod(_FILE)
        file.write(text)


def hush_libraries() -> None:
    """Send to nowhere what libraries write to stderr past Python: a panic of theirs quotes the cell it stumbled over.

    What this program says on stderr goes where it went.
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.flush()
        own = os.dup(2)
        encoding, errors = sys.stderr.encoding, sys.stderr.errors or "replace"
        sys.stderr = open(own, "w", encoding=encoding, errors=errors, buffering=1)  # noqa: SIM115, PTH123 - stays open
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
