"""The input files that the config names: the newest match of each pattern."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

from gridaudit.config import Config
from gridaudit.errors import ConfigError, InputError

_AGE = re.compile(r"(\d+)([dh])")


def configured_inputs(config: Config) -> list[Path]:
    """Return the newest file that matches each pattern of the config, each file once.

    Raises:
        ConfigError: E224 the config names no input, E203 a `max_age` that is none.
        InputError: E101 nothing matches, E113 the newest file is older than `max_age`.
    """
    if not config.inputs:
        raise ConfigError("E224")
    found = []
    for name, patterns in config.inputs.items():
        limit = config.max_age.get(name)
        seconds = _seconds(limit, name) if limit else None
        for pattern in patterns:
            newest = _newest(Path(pattern))
            if seconds is not None and time.time() - newest.stat().st_mtime > seconds:
                raise InputError("E113", file=newest.name, limit=limit)
            found.append(newest)
    return list(dict.fromkeys(found))


def _newest(pattern: Path) -> Path:
    matches = [item for item in pattern.parent.glob(pattern.name) if not item.name.startswith("~$")]
    if not matches:
        raise InputError("E101", file=pattern.name, folder=str(pattern.parent))
    return max(matches, key=lambda item: (item.stat().st_mtime, item.name))


def _seconds(limit: str, name: str) -> float:
    match = _AGE.fullmatch(limit)
    if match is None:
        raise ConfigError("E203", key=f"input.{name}.max_age")
    number = int(match.group(1))
    return (timedelta(days=number) if match.group(2) == "d" else timedelta(hours=number)).total_seconds()
