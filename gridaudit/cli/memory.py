"""Freed memory kept for the next piece: given back page by page and asked for again, it costs a tenth of a check.

Only the console script does this, to its own process and before any library has allocated.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Sequence
from pathlib import Path

# glibc's mallopt: at most two arenas, blocks up to 64 MB from them, and up to half a GB kept free.
_SETTINGS = {-8: 2, -3: 64 * 1024**2, -1: 512 * 1024**2}
# The allocator of polars reads this when it is loaded.
_POLARS = "narenas:2,dirty_decay_ms:10000,muzzy_decay_ms:-1"
# Beside files gone through in parts what is kept would be gigabytes.
_LARGE = 400_000_000
_LARGE_PARQUET = 100_000_000
_GIVING = {-3: 4 * 1024**2, -1: 16 * 1024**2}
_POLARS_GIVING = "narenas:2,dirty_decay_ms:500,muzzy_decay_ms:0"


def keep_freed_memory() -> None:
    """Tell the allocators to keep what is freed; elsewhere than on Linux with glibc nothing is done."""
    if sys.platform != "linux":
        return
    os.environ.setdefault("_RJEM_MALLOC_CONF", _POLARS)
    _set(_SETTINGS)


def give_memory_back(files: Sequence[Path]) -> None:
    """Tell the allocators to give back what is freed where a file is large; before polars is loaded.

    Args:
        files: What is to be read.
    """
    if sys.platform != "linux" or not any(map(_is_large, files)):
        return
    if os.environ.get("_RJEM_MALLOC_CONF", _POLARS) == _POLARS:
        os.environ["_RJEM_MALLOC_CONF"] = _POLARS_GIVING
    _set(_GIVING)


def _is_large(file: Path) -> bool:
    try:
        return file.is_file() and file.stat().st_size > (_LARGE_PARQUET if file.suffix == ".parquet" else _LARGE)
    except OSError:
        return False


def _set(settings: dict[int, int]) -> None:
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for name, value in settings.items():
        set_option(name, value)
