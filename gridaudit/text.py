"""Two languages, one catalogue: the files of `messages/` hold every phrase a person reads, side by side."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal, NamedTuple, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]


class Text(NamedTuple):
    """A phrase in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the phrase in `lang`."""
        return self.zh if lang == "zh" else self.en


class _Agreeing(Formatter):
    """Fills placeholders; `{n:home|homes}` is the first word where `n` is 1, else the second."""

    def format_field(self, value: Any, format_spec: str) -> str:
        one, bar, many = format_spec.partition("|")
        if not bar:
            return str(super().format_field(value, format_spec))
        return one if value == 1 else many


_FORMATTER = _Agreeing()


@cache
def catalogue() -> dict[str, Text]:
    """Return every phrase by its key."""
    phrases: dict[str, Text] = {}
    for path in sorted(files("gridaudit").joinpath("messages").iterdir(), key=lambda entry: entry.name):
        for section, entries in tomllib.loads(path.read_text("utf-8")).items():
            for key, entry in entries.items():
                phrases[f"{section}.{key}"] = Text(entry["zh"], entry["en"])
    return phrases


def has(key: str) -> bool:
    """Tell whether the catalogue has a phrase for `key`."""
    return key in catalogue()


def say(key: str, lang: Lang, /, **params: object) -> str:
    """Return the phrase `key` in `lang` with its placeholders filled."""
    return _FORMATTER.vformat(catalogue()[key].in_(lang), (), params)
