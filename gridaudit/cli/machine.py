"""What `doctor` looks at on the machine: processor, libraries, streams. Loads nothing the processor may refuse."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Literal, NamedTuple

Status = Literal["ok", "look", "bad", "unknown"]

_RUNTIMES = ("compat", "64", "32")
# Feature of the runtime → its name in /proc/cpuinfo, where that differs.
_LINUX_NAMES = {"sse3": "pni", "sse4.1": "sse4_1", "sse4.2": "sse4_2", "cmpxchg16b": "cx16", "lzcnt": "abm"}
_WINDOWS_AVX2 = 40
_TRY_SECONDS = 60
_WORDS = {"zh": "网格核查：缺项", "en": "audit"}
_NARROW = 80


class Finding(NamedTuple):
    """One thing looked at. `reason` is a key of the catalogue's section `doctor_do`, with `params` in its sentence."""

    item: str
    status: Status
    seen: str
    reason: str | None = None
    params: dict[str, object] = {}  # noqa: RUF012 - never changed


def runtimes() -> dict[str, str]:
    """Return the polars runtimes that are installed, the one that is taken first, with the features each needs."""
    found = {}
    for name in _RUNTIMES:
        if importlib.util.find_spec(f"_polars_runtime_{name}") is not None:
            features = importlib.import_module(f"_polars_runtime_{name}").BUILD_FEATURE_FLAGS
            found[name] = str(features)
    return found


def processor_features(cpuinfo: Path = Path("/proc/cpuinfo")) -> set[str] | None:
    """Return what the processor can do; None where it cannot be told."""
    if cpuinfo.is_file():
        flags = re.search(r"^flags\s*:\s*(.*)$", cpuinfo.read_text("utf-8", "replace"), re.MULTILINE)
        return set(flags.group(1).split()) if flags else None
    if sys.platform == "win32":
        import ctypes

        return {"avx2"} if ctypes.windll.kernel32.IsProcessorFeaturePresent(_WINDOWS_AVX2) else set()
    return None


def look_at_processor() -> Finding:
    """Tell whether the processor has what the polars runtime was built for."""
    machine, installed = platform.machine(), runtimes()
    has = processor_features()
    if machine.lower() not in {"x86_64", "amd64", "x64"}:
        return Finding("processor", "ok" if installed else "unknown", machine)
    if has is None or not installed:
        return Finding("processor", "unknown", machine, "processor_unknown")
    flags = next(iter(installed.values()))
    needs = {name.lstrip("+") for name in flags.split(",") if name.startswith("+")}
    if sys.platform == "win32":
        needs &= {"avx2"}
    lacks = sorted(name for name in needs if _LINUX_NAMES.get(name, name) not in has)
    if lacks:
        return Finding("processor", "bad", f"{machine}, -{' -'.join(lacks)}", "processor")
    return Finding("processor", "ok", f"{machine}, AVX2" if "avx2" in needs else machine)


def look_at_polars() -> Finding:
    """Import polars in a process of its own: where the processor refuses it, that process dies and not this one."""
    version, installed = _version("polars"), runtimes()
    seen = f"{version or '-'}, runtime {' '.join(installed) or '-'}"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-c", "import polars; polars.DataFrame({'a': ['x']}).sort('a')"],
            check=False, capture_output=True, timeout=_TRY_SECONDS,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding("polars", "bad", f"{seen}, {type(error).__name__}", "polars")
    if done.returncode:
        return Finding("polars", "bad", f"{seen}, exit {done.returncode}", "polars")
    return Finding("polars", "ok", seen)


def look_at_python() -> Finding:
    """Compare the interpreter with what the package wants."""
    seen = f"{platform.python_version()} {platform.system()} {platform.release()}".strip()
    return Finding("python", "ok" if sys.version_info >= (3, 11) else "bad", seen, "python")


def look_at_libraries() -> Finding:
    """Compare the libraries with what the package wants, where it is installed as one."""
    try:
        wanted = importlib.metadata.requires("gridaudit") or []
    except importlib.metadata.PackageNotFoundError:
        return Finding("libraries", "unknown", "-", "libraries_unknown")
    wrong = []
    runtime = [line for line in wanted if "extra ==" not in line]
    for line in runtime:
        name = re.split(r"[<>=!~ ;\[]", line, maxsplit=1)[0]
        version = _version(name)
        if version is None or not satisfies(version, line[len(name) :]):
            wrong.append(f"{name} {version or '-'}")
    if wrong:
        return Finding("libraries", "bad", ", ".join(wrong), "libraries")
    return Finding("libraries", "ok", str(len(runtime)))


def satisfies(version: str, wanted: str) -> bool:
    """Tell whether a version meets `>=2,<3`; only numbers are compared."""
    ours = _numbers(version)
    for sign, number in re.findall(r"(>=|<=|==|<|>)\s*([0-9][0-9.]*)", wanted):
        theirs = _numbers(number)
        width = max(len(ours), len(theirs))
        one, other = ours + (0,) * (width - len(ours)), theirs + (0,) * (width - len(theirs))
        meets = {">=": one >= other, "<=": one <= other, "==": one == other, "<": one < other, ">": one > other}
        if not meets[sign]:
            return False
    return True


def look_at_output(lang: str) -> Finding:
    """Tell whether what is printed arrives as it was written."""
    encoding = sys.stdout.encoding or "-"
    page = ""
    if sys.platform == "win32":
        import ctypes

        page = f", code page {ctypes.windll.kernel32.GetConsoleOutputCP()}"
    try:
        _WORDS[lang].encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Finding("output", "look", encoding + page, "output")
    return Finding("output", "ok", encoding + page)


def look_at_locale() -> Finding:
    """Say which language and file-name encoding the system has."""
    given = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "-")
    names = sys.getfilesystemencoding()
    is_utf8 = names.lower().replace("-", "") == "utf8"
    return Finding("locale", "ok" if is_utf8 else "look", f"{given}, {names}", None if is_utf8 else "locale")


def look_at_width() -> Finding:
    """Tell whether the screens fit."""
    if not sys.stdout.isatty():
        return Finding("width", "ok", "-")
    columns = shutil.get_terminal_size().columns
    return Finding("width", "look" if columns < _NARROW else "ok", str(columns), "width" if columns < _NARROW else None)


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.match(r"[0-9.]*", version).group().split(".") if part)  # type: ignore[union-attr]
