"""Profiles: what the columns of one platform's export are called and what its bare codes mean.

Each is a file of `profiles/`, or a file of the user's own in the same form.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from gridaudit import schema
from gridaudit.errors import ConfigError

Codes = Mapping[str, Mapping[str, str]]

UNKNOWN = "未知"
_HEAD = ("zh", "en", "source")
_KEYS = ("columns", "others", "signature", "required", "standard_codes", "codes")
_BARE = re.compile(r"^[0-9]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One table of a profile.

    `columns` gives the headings of each canonical column, first choice first; `others` are headings that belong to the
    layout and stay unread; `signature` are those no other layout has. `codes` gives per column what each bare code
    means; "" for a code that says nothing.
    """

    columns: Mapping[str, tuple[str, ...]]
    others: tuple[str, ...] = ()
    signature: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    codes: Codes = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A platform's layout: its name, what it is called in both languages, where it was seen, its tables."""

    name: str
    zh: str
    en: str
    source: str
    tables: Mapping[str, Layout]


@cache
def builtin_profiles() -> dict[str, Profile]:
    """Return the profiles that come with the program, by name."""
    folder = files("gridaudit.schema").joinpath("profiles")
    entries = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")),
        key=lambda item: item.name[: -len(".toml")],
    )
    names = [entry.name.removesuffix(".toml") for entry in entries]
    return {
        name: _profile(name, tomllib.loads(entry.read_text("utf-8")))
        for name, entry in zip(names, entries, strict=True)
    }


def load_profile(name: str, *, base: Path = Path()) -> Profile:
    """Return a profile by its name, or from a file when the name ends in `.toml` (relative to `base`).

    Raises:
        ConfigError: E231 no such profile, E232 a profile file that cannot be used.
    """
    if not name.endswith(".toml"):
        known = builtin_profiles()
        if name not in known:
            raise ConfigError("E231", profile=name, near=tuple(get_close_matches(name, known, n=3)) or tuple(known))
        return known[name]
    path = base / name
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError("E231", profile=path.name, near=tuple(builtin_profiles())) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        raise ConfigError("E232", file=path.name, key="TOML") from None
    return _profile(path.stem, data, path.name)


def declared_codes(table: str, column: str, lists: Any, file: str = "") -> Mapping[str, str]:
    """Return code → label of a column from label → codes, as a profile and the config write it.

    Raises:
        ConfigError: E232 a column without codes, or a label it does not have.
    """
    known = schema.columns(table).get(column)
    key = f"{table}.codes.{column}"
    if known is None or known.kind not in {"code", "yesno"} or not isinstance(lists, dict):
        raise ConfigError("E232", file=file, key=key)
    labels = schema.code_list(column if known.kind == "code" else "yesno").labels
    for label, codes in lists.items():
        if label not in {*labels, UNKNOWN}:
            near = tuple(get_close_matches(label, labels, n=3)) or labels[:6]
            raise ConfigError("E232", file=file, key=f"{key}.{label}", near=near)
        if not isinstance(codes, list):
            raise ConfigError("E232", file=file, key=f"{key}.{label}")
    return {
        schema.code_form(str(code)): "" if label == UNKNOWN else label
        for label, codes in lists.items()
        for code in codes
    }


def _profile(name: str, data: Mapping[str, Any], file: str = "") -> Profile:
    file = file or f"{name}.toml"
    head = data.get("profile", {})
    if not isinstance(head, dict) or not all(isinstance(head.get(key), str) for key in _HEAD):
        raise ConfigError("E232", file=file, key="profile", near=_HEAD)
    tables = {table: entry for table, entry in data.items() if table != "profile"}
    for table in tables:
        if table not in schema.SHEET_TABLES:
            raise ConfigError("E232", file=file, key=table, near=schema.SHEET_TABLES)
    layouts = {table: _layout(table, entry, file) for table, entry in tables.items()}
    return Profile(name=name, zh=head["zh"], en=head["en"], source=head["source"], tables=layouts)


def _layout(table: str, entry: Any, file: str) -> Layout:
    if not isinstance(entry, dict):
        raise ConfigError("E232", file=file, key=table)
    for key in entry:
        if key not in _KEYS:
            raise ConfigError("E232", file=file, key=f"{table}.{key}", near=tuple(get_close_matches(key, _KEYS, n=2)))
    columns, required, standard = (entry.get(key, {}) for key in ("columns", "required", "standard_codes"))
    known = schema.columns(table)
    for name in (*columns, *required, *standard):
        if name not in known:
            raise ConfigError("E232", file=file, key=f"{table}.{name}", near=tuple(get_close_matches(name, known, n=3)))
    codes = {name: _standard(name) for name in standard}
    codes |= {name: declared_codes(table, name, lists, file) for name, lists in entry.get("codes", {}).items()}
    return Layout(
        columns={name: (words,) if isinstance(words, str) else tuple(words) for name, words in columns.items()},
        others=tuple(entry.get("others", ())),
        signature=tuple(entry.get("signature", ())),
        required=tuple(required),
        codes=codes,
    )


def _standard(column: str) -> Mapping[str, str]:
    """The bare codes of the national standard, as `codes.toml` has them."""
    known = schema.code_list(column).by_word
    return {word: label for word, label in known.items() if _BARE.match(word)}
