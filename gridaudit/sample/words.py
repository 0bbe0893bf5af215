"""The words of the sample district: names.toml, families.toml and rates.toml, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def _load(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text(encoding="utf-8"))


def text(*path: str) -> str:
    """One text of names.toml."""
    value: Any = _load("names.toml")
    for key in path:
        value = value[key]
    return str(value)


def words(*path: str) -> list[str]:
    """A text of names.toml cut at its blanks."""
    return text(*path).split()


def listed(key: str) -> list[str]:
    """A list of names.toml."""
    return [str(value) for value in _load("names.toml")[key]]


def surnames() -> list[str]:
    """Every surname as many times as it comes in a thousand people."""
    counts: dict[str, int] = _load("names.toml")["surnames"]
    return [name for name, count in counts.items() for _ in range(count)]


def households() -> dict[str, dict[str, Any]]:
    """Kinds of households by name, see families.toml."""
    return _load("families.toml")


def default_rates() -> dict[str, float]:
    """Share of the eligible rows to plant, by rule code."""
    return {code: float(rate) for code, rate in _load("rates.toml").items()}
