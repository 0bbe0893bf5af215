"""What a command needs before it starts: settings, language, clock, store, screen."""

from __future__ import annotations

import importlib
import locale
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gridaudit import disk
from gridaudit.config import Config, find_config, load_config
from gridaudit.errors import ConfigError, OutputError
from gridaudit.text import Lang, say

GRID_SCREEN = 96


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Settings, language and time of one command."""

    config: Config
    lang: Lang
    store: Path
    quiet: bool
    no_color: bool
    started_at: datetime

    def progress(self, step: str) -> None:
        """Say on stderr what is being done, on a terminal only; load the screens while the files are being read."""
        if step == "read":
            importlib.import_module("gridaudit.report")
        if not self.quiet and sys.stderr.isatty():
            key = {
                "baseline": "say.baseline",
                "read": "say.reading",
                "derive": "say.deriving",
                "judge": "say.judging",
            }.get(step)
            if key:
                print(say(key, self.lang), file=sys.stderr, flush=True)

    def tell(self, text: str) -> None:
        """Say something on stderr, unless quiet."""
        if not self.quiet:
            print(text, file=sys.stderr)

    def wants_color(self) -> bool:
        """Colour only on a terminal that wants it."""
        plain = self.no_color or bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
        return sys.stdout.isatty() and not plain

    def as_of(self, given: str | None) -> date:
        """Return the date the data speak of: option, config, today in the config's zone."""
        if given is not None:
            try:
                return date.fromisoformat(given)
            except ValueError:
                raise ConfigError("E210", option="--as-of", value=given, command="check") from None
        return self.config.as_of or self.started_at.date()


def open_session(
    *, config: Path | None = None, lang: str | None = None, quiet: bool = False, no_color: bool = False,
    near: Sequence[Path] = (),
) -> Session:  # fmt: skip
    """Load the settings and fix language and time.

    Raises:
        ConfigError: The config cannot be used.
    """
    here = config or find_config((), start=Path.cwd())
    settings = load_config(here or find_config(near, start=Path.cwd()), near=near)
    try:
        zone = ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError("E203", key="timezone") from None
    return Session(
        config=settings,
        store=store_folder(here),
        lang=language(lang, settings.lang),
        quiet=quiet,
        no_color=no_color,
        started_at=datetime.now(zone).replace(microsecond=0),
    )


def store_folder(config: Path | None) -> Path:
    """Return where runs are kept: GRIDAUDIT_HOME, else beside the current folder's config, else in the current folder.

    A config found only beside the input does not move the store: `report` is typed in the same folder as `check`.
    """
    home = os.environ.get("GRIDAUDIT_HOME")
    return Path(home) if home else (config.parent if config is not None else Path.cwd()) / ".gridaudit"


def language(given: str | None = None, configured: str | None = None) -> Lang:
    """Return the language: option, GRIDAUDIT_LANG, config, the system's when it is one of the two, else zh."""
    for choice in (given, os.environ.get("GRIDAUDIT_LANG"), configured):
        if choice in {"zh", "en"}:
            return cast("Lang", choice)
        if choice is not None and choice is given:
            raise ConfigError("E210", option="--lang", value=choice, command="")
    system = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    if not system and os.name == "nt":
        system = locale.getlocale()[0] or ""
    return "en" if system.lower().startswith(("en_", "en-", "english")) else "zh"


def write_text(path: Path, text: str, *, bom: bool = False, private: bool = False) -> None:
    """Write a result beside its place and rename it there; a private one only its owner may read.

    Raises:
        OutputError: E301, with the name.
    """
    disk.put(path, text.encode("utf-8-sig" if bom else "utf-8"), private=private)


def stdout_is_utf8() -> bool:
    """Tell whether JSON may be printed as it is."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def print_text(text: str) -> None:
    """Print a result; a character the stream cannot carry is replaced, never a crash.

    Raises:
        OutputError: E301, the file that the stream leads to cannot be written.
    """
    try:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - for the flush at exit
        raise OutputError("E301", file="stdout", reason=disk.reason(error)) from None
