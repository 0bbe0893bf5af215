"""Two languages, one catalogue: the files of `messages/` hold every phrase a person reads, side by side."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, TypeAlias

Lang: TypeAlias = Literal["zh", "en"]


class Text(NamedTuple):
    """A phrase in both languages."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the phrase in `lang`."""
        return self.zh if lang == "zh" else self.en


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
    return catalogue()[key].in_(lang).format(**params)
