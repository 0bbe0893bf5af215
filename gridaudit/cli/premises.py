"""What `doctor` looks at around the data: clock, store and its secret, disk, memory, config, rules."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gridaudit.cli.machine import Finding
from gridaudit.config import Config
from gridaudit.errors import GridauditError, InputErrors

_GIGABYTE = 1 << 30
_ENOUGH_DISK, _LITTLE_DISK = 2 * _GIGABYTE, _GIGABYTE // 5
_ENOUGH_MEMORY = 3 * _GIGABYTE // 2
_FIRST_YEAR = 2025
_SECRET_BYTES = 32
_ZONE = "Asia/Shanghai"


def look_at_clock(now: datetime, last_run: str = "") -> Finding:
    """Tell whether the clock can be right: not before this program, not before the last run; and in which zone it is.

    Args:
        now: The time in the machine's own zone.
        last_run: When the last run kept began, as its manifest says.
    """
    there = now.astimezone(ZoneInfo(_ZONE))
    seen = f"{now.isoformat(timespec='minutes')}, {_ZONE} {there:%Y-%m-%d %H:%M}"
    if now.year < _FIRST_YEAR or (last_run and there + timedelta(days=1) < _time(last_run, there)):
        return Finding("clock", "bad", seen, "clock")
    if now.utcoffset() != there.utcoffset():
        return Finding("clock", "look", seen, "zone")
    return Finding("clock", "ok", seen)


def _time(text: str, otherwise: datetime) -> datetime:
    with contextlib.suppress(ValueError):
        read = datetime.fromisoformat(text)
        return read if read.tzinfo is not None else otherwise
    return otherwise


def look_at_store(folder: Path) -> Finding:
    """Tell whether runs can be kept, and whether others may read them."""
    if not folder.exists():
        above = _nearest(folder)
        writable = above.is_dir() and os.access(above, os.W_OK)
        return Finding("store", "ok" if writable else "bad", f"{folder} (-)", None if writable else "store")
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return Finding("store", "bad", str(folder), "store")
    leftover = [*folder.glob(".tmp-*"), *folder.glob("runs/.tmp-*")]
    mode = folder.stat().st_mode & 0o777
    seen = f"{folder} {_mode(mode)}"
    if _is_open(mode):
        return Finding("store", "look", seen, "store_open")
    if leftover:
        return Finding("store", "look", f"{seen}, .tmp {len(leftover)}", "leftover")
    return Finding("store", "ok", seen)


def look_at_secret(folder: Path) -> Finding:
    """Tell whether the secret of the keys is there, whole, and its owner's alone."""
    path = folder / "key"
    if not path.exists():
        return Finding("secret", "ok", "-")
    try:
        status = path.stat()
        size = len(path.read_bytes())
    except OSError:
        return Finding("secret", "bad", "-", "secret_unreadable")
    mode = status.st_mode & 0o777
    if size < _SECRET_BYTES:
        return Finding("secret", "bad", f"{size} bytes", "secret_short")
    if _is_open(mode):
        return Finding("secret", "bad", _mode(mode), "secret_open")
    return Finding("secret", "ok", _mode(mode))


def look_at_disk(item: str, folder: Path) -> Finding:
    """Tell how much room there is."""
    try:
        free = shutil.disk_usage(_nearest(folder)).free
    except OSError:
        return Finding(item, "unknown", "-")
    status = "bad" if free < _LITTLE_DISK else "look" if free < _ENOUGH_DISK else "ok"
    return Finding(item, status, f"{free / _GIGABYTE:,.1f} GB", None if status == "ok" else "disk")  # type: ignore[arg-type]


def temporary_folder() -> Path:
    """Where the system keeps temporary files."""
    return Path(tempfile.gettempdir())


def look_at_memory(meminfo: Path = Path("/proc/meminfo")) -> Finding:
    """Tell how much memory is free; a district takes up to 1.5 GB."""
    free = _free_memory(meminfo)
    if free is None:
        return Finding("memory", "unknown", "-")
    is_enough = free >= _ENOUGH_MEMORY
    seen = f"{free / _GIGABYTE:,.1f} GB"
    return Finding("memory", "ok" if is_enough else "look", seen, None if is_enough else "memory")


def look_at_rules(config: Config) -> Finding:
    """Load and compile the rules, those of the config's folder too."""
    from gridaudit.pipeline import prepare_rules

    try:
        rulebook = prepare_rules(config).rulebook
    except GridauditError as error:
        codes = error.errors if isinstance(error, InputErrors) else (error,)
        return Finding("rules", "bad", " ".join(part.code for part in codes), "rules", {"code": error.code})
    return Finding("rules", "ok", f"{len(list(rulebook))}, sha256:{rulebook.fingerprint[:12]}")


def _nearest(folder: Path) -> Path:
    return next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())


def _is_open(mode: int) -> bool:
    return os.name == "posix" and bool(mode & 0o077)


def _mode(mode: int) -> str:
    return f"{mode:04o}" if os.name == "posix" else "-"


def _free_memory(meminfo: Path) -> int | None:
    if meminfo.is_file():
        for line in meminfo.read_text("ascii", "replace").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
        return None
    if sys.platform == "win32":
        state = (ctypes.c_uint64 * 8)(64)
        # MEMORYSTATUSEX: length and load in the first eight bytes, then total and available physical memory.
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(state))
        return int(state[2])
    return None
