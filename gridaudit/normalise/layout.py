"""Which platform's layout a sheet has: declared by the config, or told by its headings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple

from gridaudit import schema
from gridaudit.config import Config
from gridaudit.schema.profile import Codes, Layout, Profile, builtin_profiles, declared_codes, load_profile

# A layout is recognised when it covers this share of the headings, this many of them, this many more than the next, and
# one of them is in no other layout.
_COVERS = 0.8
_AT_LEAST = 5
_AHEAD = 2
# Or when this many headings are there that no other layout has; only then are its codes believed.
_SIGNATURE = 3
_COVERS_WITH_SIGNATURE = 0.5

Forms = Callable[[str], str]


class Match(NamedTuple):
    """The profile of a sheet; `is_certain` when the config declares it or its signature is there."""

    profile: Profile
    is_certain: bool

    def layout(self, table: str) -> Layout | None:
        """Return what the profile says of a table."""
        return self.profile.tables.get(table)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layouts:
    """What the config declares besides headings, per table: profile, meaning of bare codes, row of the heading."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    codes: Mapping[str, Codes] = field(default_factory=dict)
    header_rows: Mapping[str, int] = field(default_factory=dict)


def declared_layouts(config: Config) -> Layouts:
    """Return the layouts a config declares.

    Raises:
        ConfigError: E231 no such profile, E232 a profile or a coding that cannot be used.
    """
    base = config.path.parent if config.path is not None else Path()
    profiles = {table: load_profile(name, base=base) for table, name in config.profiles.items()}
    file = config.path.name if config.path is not None else ""
    codes = {
        table: {column: declared_codes(table, column, lists, file) for column, lists in columns.items()}
        for table, columns in config.codes.items()
    }
    return Layouts(profiles=profiles, codes=codes, header_rows=config.header_rows)


def known_headings(layout: Layout, form: Forms) -> dict[str, tuple[str, int] | None]:
    """Return what each heading of a layout means, with its rank; None for those left unread."""
    known: dict[str, tuple[str, int] | None] = {form(text): None for text in layout.others}
    for name, texts in layout.columns.items():
        known.update({form(text): (name, rank) for rank, text in enumerate(texts)})
    return known


def recognised(texts: tuple[str, ...], table: str, form: Forms) -> Match | None:
    """Return the profile whose headings cover those of a sheet clearly best, if any.

    Args:
        texts: The headings.
        table: The table the sheet may be.
        form: Evens a heading out.
    """
    forms = {form(text) for text in texts if text} - set(schema.words()["serial_headings"])
    covered = sorted(
        ((len(forms & words), len(forms & signature), name) for name, words, signature in _vocabularies(table, form)),
        reverse=True,
    )
    if not covered or not forms:
        return None
    n_words, n_signature, name = covered[0]
    next_best = covered[1][0] if len(covered) > 1 else 0
    clear = n_signature > 0 and n_words >= max(_AT_LEAST, _COVERS * len(forms)) and n_words >= next_best + _AHEAD
    certain = n_signature >= _SIGNATURE and n_words >= _COVERS_WITH_SIGNATURE * len(forms)
    return Match(builtin_profiles()[name], certain) if clear or certain else None


@cache
def _vocabularies(table: str, form: Forms) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    return tuple(
        (name, frozenset(known_headings(layout, form)), frozenset(form(text) for text in layout.signature))
        for name, profile in builtin_profiles().items()
        if (layout := profile.tables.get(table)) is not None
    )
