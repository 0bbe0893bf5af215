"""Every setting of a run, its value, and where the value comes from: option, environment, file and line, built in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from gridaudit.cli.session import Session
from gridaudit.config import COLUMNS_NAME, Config, columns_files, known_settings, settings_in
from gridaudit.text import Lang, say

_KEY, _VALUE, _WIDTH = 27, 28, 80
# What the settings that have a value without being set are called in `Config`.
_BUILT_IN = {
    "timezone": "timezone", "coefficients.managed": "managed", "coefficients.unmanaged": "unmanaged",
    "coefficients.unknown": "unknown", "privacy.allow_unmasked": "allow_unmasked", "privacy.min_cell": "min_cell",
    "export.formats": "export_formats", "export.fail_under": "fail_under",
}  # fmt: skip


class Setting(NamedTuple):
    """One setting as it counts; `value` is None where it is not set."""

    key: str
    value: Any
    origin: str


def effective_settings(session: Session, options: Mapping[str, tuple[str, Any]], near: list[Path]) -> list[Setting]:
    """Return every setting in the order of the config, then what is set for single rules and columns.

    Args:
        session: The settings, language and store of the command.
        options: What the command line gives: setting → (option, value); a value of None was not given.
        near: The input files: a `columns.toml` beside them counts.
    """
    lang, config = session.lang, session.config
    found: dict[str, Setting] = {}
    for name in known_settings():
        value = getattr(Config(), _BUILT_IN[name]) if name in _BUILT_IN else None
        found[name] = Setting(name, value, say("settings.default", lang) if value is not None else "")
    for file in columns_files(config.path, near):
        for name, (value, line) in settings_in(file).items():
            table, _, column = name.partition(".")
            key = f"input.{column}.profile" if table == "profiles" else f"input.{table}.columns.{column}"
            found[key] = Setting(key, value, _place(COLUMNS_NAME, line, lang))
    if config.path is not None:
        for name, (value, line) in settings_in(config.path).items():
            found[name] = Setting(name, value, _place(config.path.name, line, lang))
    found["lang"] = _language(found["lang"], lang)
    if found["as_of"].value is None:
        found["as_of"] = Setting("as_of", session.started_at.date(), say("settings.today", lang))
    for name, (option, value) in options.items():
        if value is not None:
            found[name] = Setting(name, value, say("settings.option", lang, name=option))
    home = os.environ.get("GRIDAUDIT_HOME")
    origin = say("settings.environment", lang, name="GRIDAUDIT_HOME") if home else say("settings.default", lang)
    tables = (".columns", ".codes")  # shown entry by entry
    return [
        *(item for item in found.values() if not item.key.endswith(tables)),
        Setting("store", session.store, origin),
    ]


def settings_screen(session: Session, settings: list[Setting]) -> str:
    """Return the settings as a table of at most 80 columns; what is long continues on lines of its own."""
    from rich.cells import cell_len, chop_cells

    from gridaudit.report.cells import padded, printable

    lang = session.lang
    path = session.config.path
    lines = [say("settings.file", lang, path=printable(str(path))) if path else say("settings.no_file", lang)]
    lines = [piece for line in lines for piece in chop_cells(line, _WIDTH)]
    heads = [say(f"settings.head_{name}", lang) for name in ("key", "value", "origin")]
    lines.append(f"{padded(heads[0], _KEY)} {padded(heads[1], _VALUE)} {heads[2]}")
    for item in settings:
        value, origin = printable(_shown(item.value)), printable(item.origin)
        fits = (
            cell_len(value) <= _VALUE and cell_len(item.key) <= _KEY and cell_len(origin) <= _WIDTH - _KEY - _VALUE - 2
        )
        if fits:
            lines.append(f"{padded(item.key, _KEY)} {padded(value, _VALUE)} {origin}".rstrip())
            continue
        lines += chop_cells(printable(f"{item.key}  {origin}"), _WIDTH)
        lines += [f"{'':<{_KEY}} {piece}" for piece in chop_cells(value, _WIDTH - _KEY - 1)]
    return "\n".join(lines) + "\n"


def _place(file: str, line: int | None, lang: Lang) -> str:
    return say("settings.line", lang, file=file, line=line) if line is not None else file


def _language(configured: Setting, lang: Lang) -> Setting:
    """Where the language comes from when no option gives it: environment, config, system."""
    if os.environ.get("GRIDAUDIT_LANG") in {"zh", "en"}:
        return Setting("lang", lang, say("settings.environment", lang, name="GRIDAUDIT_LANG"))
    return configured if configured.value == lang else Setting("lang", lang, say("settings.system", lang))


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)):
        return ", ".join(_shown(item) for item in value)
    return str(value)
