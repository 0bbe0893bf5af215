"""Settings: `gridaudit.toml`, from the current folder upwards, then beside the input. Unknown keys are refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gridaudit.config.known import known_settings, refuse_unknown, refuse_unless_headings
from gridaudit.errors import ConfigError

__all__ = [
    "COLUMNS_NAME",
    "CONFIG_NAME",
    "MAX_ROW",
    "Config",
    "columns_files",
    "find_config",
    "known_settings",
    "load_config",
    "settings_in",
]

CONFIG_NAME = "gridaudit.toml"
COLUMNS_NAME = "columns.toml"
MAX_ROW = 1_048_576
_TABLES = ("residents", "houses", "grids", "compounds", "dispositions")
_PROFILES = "profiles"
_SECTION_LINE = re.compile(r"\s*\[([^\[\]]+)\]")
_KEY_LINE = re.compile(r"\s*([\w-]+|\"[^\"]+\")\s*=")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The settings of a run. Paths are absolute; `rules` holds settings per rule code."""

    path: Path | None = None
    district: str = ""
    as_of: date | None = None
    timezone: str = "Asia/Shanghai"
    lang: str | None = None
    inputs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_age: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    header_rows: Mapping[str, int] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    roster: Path | None = None
    compounds: Path | None = None
    extra_area_codes: Path | None = None
    baseline: tuple[str, ...] = ()
    dispositions: Path | None = None
    managed: float = 0.4
    unmanaged: float = 1.0
    unknown: float = 1.0
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules_folder: Path | None = None
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    allow_unmasked: bool = False
    min_cell: int = 5
    export_out: Path | None = None
    export_formats: tuple[str, ...] = ("csv", "json", "xlsx")
    fail_under: float = 0.0


def find_config(inputs: Sequence[Path], *, start: Path) -> Path | None:
    """Return the nearest `gridaudit.toml`: from `start` upwards, then from the first input's folder upwards."""
    places = [start, *(path if path.is_dir() else path.parent for path in inputs[:1])]
    for place in places:
        for folder in (place.resolve(), *place.resolve().parents):
            if (folder / CONFIG_NAME).is_file():
                return folder / CONFIG_NAME
    return None


def load_config(path: Path | None, *, near: Sequence[Path] = ()) -> Config:
    """Load a config file, and `columns.toml` beside it or beside the inputs (written by `columns --save`).

    Raises:
        ConfigError: E204 not readable or no TOML, E202 unknown key, E203 a value it cannot have, E206 a file it names
            is not there.
    """
    data = _toml(path) if path is not None else {}
    refuse_unknown(data)
    base = path.parent if path is not None else Path()
    grids, weights = data.get("grids", {}), data.get("coefficients", {})
    rules, inputs = data.get("rules", {}), data.get("input", {})
    export = data.get("export", {})
    columns = {name: dict(inputs.get(name, {}).get("columns", {})) for name in ("residents", "houses")}
    columns["grids"] = dict(grids.get("columns", {}))
    profiles = {name: table["profile"] for name, table in inputs.items() if "profile" in table}
    for saved in columns_files(path, near):
        data_of_columns = _toml(saved)
        profiles = {**_saved_profiles(data_of_columns), **profiles}
        columns = _merged(columns, data_of_columns)
    if "profile" in data:
        profiles = dict.fromkeys(_TABLES, data["profile"]) | profiles
    return Config(
        path=path,
        district=data.get("district", ""),
        as_of=_date(data.get("as_of")),
        timezone=data.get("timezone", "Asia/Shanghai"),
        lang=_one_of(data.get("lang"), ("zh", "en", None), "lang"),
        inputs={
            name: tuple(str(base / pattern) for pattern in _texts(table["path"], f"input.{name}.path"))
            for name, table in inputs.items()
            if "path" in table
        },
        max_age={name: table["max_age"] for name, table in inputs.items() if "max_age" in table},
        sheets=tuple(
            sheet for name, table in inputs.items() for sheet in _texts(table.get("sheet", []), f"input.{name}.sheet")
        ),
        header_rows={name: _row(table, name) for name, table in inputs.items() if "header_row" in table},
        columns=columns,
        profiles=profiles,
        codes={name: table["codes"] for name, table in inputs.items() if "codes" in table},
        roster=_file(base, grids.get("path"), "grids.path"),
        compounds=_file(base, weights.get("compounds"), "coefficients.compounds"),
        extra_area_codes=_file(base, data.get("area_codes", {}).get("extra"), "area_codes.extra"),
        baseline=_texts(data.get("baseline", []), "baseline"),
        dispositions=_file(base, data.get("dispositions"), "dispositions"),
        managed=_weight(weights, "managed", 0.4),
        unmanaged=_weight(weights, "unmanaged", 1.0),
        unknown=_weight(weights, "unknown", 1.0),
        select=_texts(rules.get("select", []), "rules.select"),
        ignore=_texts(rules.get("ignore", []), "rules.ignore"),
        rules_folder=_file(base, rules.get("folder"), "rules.folder"),
        rules={code: settings for code, settings in rules.items() if isinstance(settings, dict)},
        allow_unmasked=data.get("privacy", {}).get("allow_unmasked", False),
        min_cell=data.get("privacy", {}).get("min_cell", 5),
        export_out=base / export["out"] if "out" in export else None,
        export_formats=_texts(export.get("formats", ["csv", "json", "xlsx"]), "export.formats"),
        fail_under=float(export.get("fail_under", 0.0)),
    )


def columns_files(path: Path | None, near: Sequence[Path] = ()) -> list[Path]:
    """Return the files of `columns --save` that count: beside the config, then beside the inputs."""
    base = path.parent if path is not None else Path()
    folders = dict.fromkeys([base, *(item if item.is_dir() else item.parent for item in near)])
    return [folder / COLUMNS_NAME for folder in folders if (folder / COLUMNS_NAME).is_file()]


def settings_in(path: Path) -> dict[str, tuple[Any, int | None]]:
    """Return what a TOML file sets: full name → value and line (None where the file writes it in an unusual way).

    Raises:
        ConfigError: E204 not readable or no TOML.
    """
    lines: dict[str, int] = {}
    section = ""
    for number, line in enumerate(path.read_text("utf-8-sig").splitlines() if path.is_file() else (), start=1):
        if found := _SECTION_LINE.match(line):
            section = found.group(1).replace(" ", "").replace('"', "") + "."
        elif found := _KEY_LINE.match(line):
            lines[section + found.group(1).strip('"')] = number
    return {name: (value, lines.get(name)) for name, value in _flat(_toml(path)).items()}


def _flat(data: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in data.items():
        flat.update(_flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value})
    return flat


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        near = tuple(get_close_matches(path.name, [item.name for item in path.parent.glob("*.toml")], n=3))
        raise ConfigError("E204", file=path.name, near=near, reason="not found") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("E204", file=path.name, reason=str(error).split(":")[0]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("E204", file=path.name, reason=type(error).__name__) from None


def _date(value: Any) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        raise ConfigError("E203", key="as_of") from None


def _one_of(value: Any, allowed: tuple[Any, ...], key: str) -> Any:
    if value not in allowed:
        raise ConfigError("E203", key=key)
    return value


def _row(table: Mapping[str, Any], name: str) -> int:
    row = int(table["header_row"])
    if not 1 <= row <= MAX_ROW:
        raise ConfigError("E203", key=f"input.{name}.header_row")
    return row


def _weight(weights: Mapping[str, Any], key: str, default: float) -> float:
    value = float(weights.get(key, default))
    if not 0 < value <= 100:
        raise ConfigError("E203", key=f"coefficients.{key}")
    return value


def _file(base: Path, name: Any, key: str) -> Path | None:
    if name is None:
        return None
    path = base / str(name)
    if not path.exists():
        near = tuple(get_close_matches(path.name, [item.name for item in path.parent.glob("*")], n=3))
        raise ConfigError("E206", key=key, file=path.name, near=near)
    return path


def _texts(value: Any, key: str) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in values):
        raise ConfigError("E203", key=key)
    return tuple(values)


def _saved_profiles(saved: Mapping[str, Any]) -> dict[str, str]:
    profiles = saved.get(_PROFILES, {})
    if not isinstance(profiles, dict) or not set(profiles) <= set(_TABLES):
        raise ConfigError("E202", key=f"{COLUMNS_NAME}: {_PROFILES}", near=_TABLES)
    return {table: str(name) for table, name in profiles.items()}


def _merged(columns: dict[str, dict[str, str]], saved: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Columns of the config come before those of `columns.toml`."""
    for table, mapping in saved.items():
        if table == _PROFILES:
            continue
        if table not in _TABLES or not isinstance(mapping, dict):
            raise ConfigError("E202", key=f"{COLUMNS_NAME}: {table}", near=_TABLES)
        refuse_unless_headings(mapping, f"{COLUMNS_NAME}: {table}")
        columns[table] = {**mapping, **columns.get(table, {})}
    return columns
