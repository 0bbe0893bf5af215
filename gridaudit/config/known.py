"""What a config may hold: every key of every section and the type of its value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from typing import Any

from gridaudit.errors import ConfigError

_INPUT: Mapping[str, tuple[type, ...]] = {
    "path": (str, list), "sheet": (str, list), "header_row": (int,), "max_age": (str,), "profile": (str,),
    "columns": (dict,), "codes": (dict,),
}  # fmt: skip
# Section → key → type; "*" stands for any key.
_KEYS: Mapping[str, Mapping[str, tuple[type, ...]]] = {
    "": {
        "schema": (int,),
        "district": (str,),
        "as_of": (date, str),
        "timezone": (str,),
        "lang": (str,),
        "profile": (str,),
        "baseline": (str, list),
        "dispositions": (str,),
    },
    "input.residents": _INPUT,
    "input.houses": _INPUT,
    "grids": {"path": (str,), "columns": (dict,)},
    "coefficients": {"managed": (int, float), "unmanaged": (int, float), "unknown": (int, float), "compounds": (str,)},
    "area_codes": {"extra": (str,)},
    "rules": {"select": (list,), "ignore": (list,), "folder": (str,)},
    "privacy": {"allow_unmasked": (bool,), "min_cell": (int,)},
    "export": {"out": (str,), "formats": (list,), "fail_under": (int, float)},
}
_SECTIONS = ("input", "grids", "coefficients", "area_codes", "rules", "privacy", "export")


def known_settings() -> tuple[str, ...]:
    """Return every setting the config may hold, by its full name; those of single rules are besides."""
    return tuple(f"{section}.{key}" if section else key for section, keys in _KEYS.items() for key in keys)


def refuse_unknown(data: Mapping[str, Any]) -> None:
    """Refuse what no config may hold.

    Raises:
        ConfigError: E202 an unknown key, with the nearest ones, E203 a value of another type.
    """
    for key, value in data.items():
        if key in _SECTIONS:
            _section(key, value)
        else:
            _known(key, value, "")


def _section(section: str, value: Any) -> None:
    if not isinstance(value, dict):
        raise ConfigError("E203", key=section)
    for key, item in value.items():
        if section == "input":
            if key not in {"residents", "houses"}:
                raise ConfigError("E202", key=f"input.{key}", near=("input.residents", "input.houses"))
            if not isinstance(item, dict):
                raise ConfigError("E203", key=f"input.{key}")
            for name, inner in item.items():
                _known(name, inner, f"input.{key}")
        elif section == "rules" and isinstance(item, dict):
            continue
        else:
            _known(key, item, section)


def _known(key: str, value: Any, section: str) -> None:
    keys = _KEYS[section]
    full = f"{section}.{key}" if section else key
    if key not in keys:
        every = [*keys, *(_SECTIONS if not section else ())]
        near = tuple(f"{section}.{name}" if section else name for name in get_close_matches(key, every, n=2))
        raise ConfigError("E202", key=full, near=near)
    if not isinstance(value, keys[key]) or (isinstance(value, bool) and bool not in keys[key]):
        raise ConfigError("E203", key=full)
    if key == "columns":
        refuse_unless_headings(value, full)


def refuse_unless_headings(columns: Any, key: str) -> None:
    """Refuse columns that are no canonical column → heading.

    Raises:
        ConfigError: E203, one of them is no text.
    """
    for name, heading in columns.items():
        if not isinstance(heading, str):
            raise ConfigError("E203", key=f"{key}.{name}")
