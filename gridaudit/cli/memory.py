"""Freed memory kept for the next piece: given back page by page and asked for again, it costs a tenth of a check.

Only the console script does this, to its own process and before any library has allocated.
"""

from __future__ import annotations

import ctypes
import os
import sys

# glibc's mallopt: at most two arenas, blocks up to 64 MB from them, and up to half a GB kept free.
_SETTINGS = {-8: 2, -3: 64 * 1024**2, -1: 512 * 1024**2}
# The allocator of polars reads this when it is loaded.
_POLARS = "narenas:2,dirty_decay_ms:10000,muzzy_decay_ms:-1"


def keep_freed_memory() -> None:
    """Tell the allocators to keep what is freed; elsewhere than on Linux with glibc nothing is done."""
    if sys.platform != "linux":
        return
    os.environ.setdefault("_RJEM_MALLOC_CONF", _POLARS)
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    for name, value in _SETTINGS.items():
        set_option(name, value)
