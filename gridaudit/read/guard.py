"""Calls of the reader: whatever it says of a file becomes an E-code, for its own words may quote cells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridaudit.errors import InputError


def guarded(path: Path, work: Callable[[], Any]) -> Any:
    """Run a call of the reader.

    Raises:
        InputError: E102 a password, E103 anything else the reader could not do.
    """
    try:
        return work()
    except (KeyboardInterrupt, SystemExit, InputError):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is no Exception
        code = "E102" if "password" in str(error).lower() else "E103"
        raise InputError(code, file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
