"""What one part of a large table gives, what is kept of it, and how parts are added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.derive import Counts, added_counts
from gridaudit.derive.rounds.kept import IS_COUNTED, people_keys
from gridaudit.judge import RowVerdicts, added_verdicts
from gridaudit.parts.compact import coded, compact, decoded
from gridaudit.score import Base, People, added_bases

# Columns with few different texts.
_PLACES = ("street", "community", "grid", "collector")
_FEW = (
    *("rule", "family", "level", "table", "column", "field", "suggestion", "loss", "counted_in"),
    *_PLACES[:3],
)
_WORDS = ("rule", "table", "area_street", "area_community", "area_grid")


class InParts(NamedTuple):
    """What a part gave, or all of them together.

    `said` is what the rules say of each table; `counts` and `base` are for the facts of files and the score; `people`
    are those whose keys are kept.
    """

    said: Mapping[str, RowVerdicts]
    counts: Counts
    base: Base
    people: People
    gaps: pl.DataFrame | None = None


class Sum:
    """Adds parts up as they come."""

    def __init__(self) -> None:
        self._said: dict[str, list[RowVerdicts]] = {}
        self._counts: list[Counts] = []
        self._bases: list[Base] = []
        self._people: list[People] = []

    def add(self, part: InParts) -> None:
        """Keep what the next part gave, cut loose from the rest of it."""
        for table, verdicts in part.said.items():
            findings = tuple(coded(frame, _FEW) for frame in verdicts.findings)
            kept = verdicts._replace(findings=findings, tallies=coded(verdicts.tallies, _WORDS))
            self._said.setdefault(table, []).append(kept)
        self._counts.append(part.counts)
        recorded, named = part.base.recorded, part.base.named
        self._bases.append(
            Base(
                None if recorded is None else coded(recorded, (*_PLACES, "stratum")),
                None if named is None else coded(named, _PLACES),
                compact(part.base.records),
            )
        )
        places = coded(part.people.places, _PLACES[:3])
        self._people.append(part.people._replace(rows=compact(part.people.rows), places=places))

    def total(self) -> InParts:
        """Return all parts together, once; lists go as they are added up, for they are most of what is held."""
        everybody = _added_people(self._people)
        self._people.clear()
        base = _added_bases(self._bases)
        self._bases.clear()
        said = {table: added_verdicts([_decoded(part) for part in parts]) for table, parts in self._said.items()}
        self._said.clear()
        return InParts(said, added_counts(self._counts), base, everybody)


def people_of(residents: pl.DataFrame, at: pl.Series, secret: bytes) -> People:
    """Return the people of a part: short keys, places once, and in `_at` their rows in the whole table.

    Args:
        residents: The part with its facts.
        at: The rows of the whole table that it has.
        secret: For the keys.
    """
    every = people_keys(residents, secret)
    places = every.drop("person").unique(maintain_order=True).with_row_index("place")
    rows = every.join(places, on=every.columns[1:], how="left", nulls_equal=True, maintain_order="left")
    rows = rows.select(pl.col("person").str.decode("hex"), "place")
    return People(rows.with_columns(at.filter(residents.select(IS_COUNTED).to_series()).alias("_at")), places)


def _decoded(verdicts: RowVerdicts) -> RowVerdicts:
    return verdicts._replace(findings=tuple(map(decoded, verdicts.findings)), tallies=decoded(verdicts.tallies))


def _added_bases(parts: Sequence[Base]) -> Base:
    base = added_bases(parts)
    return base._replace(named=None if base.named is None else decoded(base.named))


def _added_people(parts: Sequence[People]) -> People:
    places = pl.concat(part.places.drop("place") for part in parts)
    rows, before = [], 0
    for part in parts:
        rows.append(part.rows.with_columns(pl.col("place") + before))
        before += part.places.height
    return People(pl.concat(rows).sort("_at").drop("_at"), places)
