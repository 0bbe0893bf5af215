"""A large table of residents audited in parts, each of them some homes with everybody in them.

First every row is looked at once, and what only the whole can tell is noted (`derive.survey`). Then part after part is
read again, derived and judged as a small district would be. Nothing is copied to the disk, and the result is that of
the audit in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import polars as pl

from gridaudit.derive import (
    Circumstances,
    Counts,
    HouseSide,
    added_counts,
    count,
    derive_occupancy,
    derive_residents,
    houses_facts,
)
from gridaudit.derive.complete import complete
from gridaudit.derive.homes import HouseIndex
from gridaudit.derive.houses import FIRST_LOOK as HOUSES
from gridaudit.derive.houses import add_row_facts, narrow
from gridaudit.derive.keys import hashed
from gridaudit.derive.survey import FIRST_LOOK as RESIDENTS
from gridaudit.derive.survey import Survey, glance, surveyed
from gridaudit.judge import Compiled, RowVerdicts, added_verdicts, judge_rows
from gridaudit.normalise import SheetInfo
from gridaudit.parts.compact import coded, compact, decoded
from gridaudit.parts.repeats import compared, nearly_repeated
from gridaudit.parts.rows import Rows
from gridaudit.parts.split import split
from gridaudit.score import IS_COUNTED, Base, People, added_bases, base_of, people
from gridaudit.text import Lang

__all__ = ["InParts", "Input", "Rows", "audit_in_parts", "look"]


# Columns with few different texts.
PLACES = ("street", "community", "grid", "collector")


class InParts(NamedTuple):
    """What the parts gave together."""

    said: Mapping[str, RowVerdicts]
    counts: Counts
    base: Base
    people: People
    gaps: pl.DataFrame | None = None


class Input(NamedTuple):
    """What is gone through in parts, and what holds for all of it."""

    residents: Rows
    houses: Rows
    roster: pl.DataFrame | None
    compounds: pl.DataFrame | None
    circumstances: Circumstances


class Surveyed(NamedTuple):
    """What a first look at all rows has told.

    `houses` are the facts that look at other houses, with `home`; `gaps` what their room lattice lacks.
    """

    people: Survey
    houses: pl.DataFrame | None
    gaps: pl.DataFrame | None


def look(given: Input) -> Surveyed:
    """Look at every row once: houses first, for residents meet them."""
    houses, index, gaps = _look_at_houses(given) if given.houses.is_there else (None, None, None)
    codes, as_of = given.circumstances.area_codes, given.circumstances.as_of
    seen = [glance(piece, index, houses, codes=codes, as_of=as_of) for piece in given.residents.look(RESIDENTS)]
    return Surveyed(surveyed(seen, given.roster, houses), houses, gaps)


def _look_at_houses(given: Input) -> tuple[pl.DataFrame, HouseIndex, pl.DataFrame]:
    """The facts of houses that look at other houses, the index by which residents meet them, and the gaps."""
    keys = pl.concat(narrow(piece, given.circumstances.as_of) for piece in given.houses.look(HOUSES))
    facts, gaps = houses_facts(keys, given.compounds, given.roster, given.circumstances)
    index = HouseIndex(keys.select("home", "code_key", "by_text", "by_room").hstack(facts), by_hash=True)
    return facts.with_columns(keys["home"]), index, gaps


def audit_in_parts(
    given: Input, *, sheets: Callable[[], tuple[SheetInfo, ...]], compiled: Compiled, lang: Lang, secret: bytes,
    size: int,
) -> InParts:  # fmt: skip
    """Look at every row, then derive and judge part after part.

    Args:
        given: What is gone through.
        sheets: Gives all sheets once every row was looked at.
        compiled: The rules.
        lang: Language of the messages.
        secret: For the keys of people.
        size: About how many residents a part has.
    """
    said: dict[str, list[RowVerdicts]] = {}
    counts, bases, persons = [], [], []
    seen = look(given)
    gaps = seen.gaps
    for part in _parts(given, seen, sheets(), compiled, lang, secret, size):
        for table, verdicts in part.said.items():
            said.setdefault(table, []).append(verdicts)
        counts.append(part.counts)
        bases.append(part.base)
        persons.append(part.people)
        del part
    # Each list goes as soon as it has been added up: together they are most of what is held.
    everybody = _added_people(persons)
    persons.clear()
    base = _added_bases(bases)
    bases.clear()
    return InParts(
        {table: added_verdicts(parts) for table, parts in said.items()}, added_counts(counts), base, everybody, gaps
    )


def _parts(
    given: Input,
    seen: Surveyed,
    sheets: tuple[SheetInfo, ...],
    compiled: Compiled,
    lang: Lang,
    secret: bytes,
    size: int,
) -> Iterator[InParts]:
    """Yield what each part gave."""
    survey, houses, _ = seen
    repeated = compared(given.residents, survey, HouseSide(houses, given.roster), size)
    nearly = nearly_repeated(given.residents, survey, given.circumstances, size)
    parts = split(survey.rows["key"], None if houses is None else hashed(houses["home"]), size)
    there = (("residents", True), ("houses", houses is not None), ("grids", given.roster is not None))
    tables = frozenset(name for name, is_there in there if is_there)
    for number in range(parts.n_parts):
        at = (parts.residents == number).arg_true()
        own_at = None if parts.houses is None else (parts.houses == number).arg_true()
        house_no = _within(survey.rows["house_no"].gather(at), own_at)
        known = survey.known(at, house_no=house_no, repeated=repeated, nearly=nearly)
        own = None if houses is None or own_at is None else _houses(given, houses, own_at)
        residents = derive_residents(given.residents.take(at), own, given.roster, given.circumstances, known)
        own = None if own is None else derive_occupancy(own, residents)
        said = {
            table: judge_rows(frame, table, sheets, compiled, tables=tables, lang=lang)
            for table, frame in (("residents", residents), ("houses", own))
            if frame is not None
        }
        persons = _people(residents, at, secret)
        part = _kept(InParts(said, count(residents, own), base_of(residents, own), persons))
        del residents, own, said, persons, known
        yield part


def _kept(part: InParts) -> InParts:
    """What is kept of a part, cut loose from the rest of it."""
    said = {
        table: verdicts._replace(findings=tuple(map(compact, verdicts.findings)), tallies=compact(verdicts.tallies))
        for table, verdicts in part.said.items()
    }
    recorded, named = part.base.recorded, part.base.named
    base = Base(
        None if recorded is None else coded(recorded, (*PLACES, "stratum")),
        None if named is None else coded(named, PLACES),
        compact(part.base.records),
    )
    people = part.people._replace(rows=compact(part.people.rows), places=coded(part.people.places, PLACES[:3]))
    return InParts(said, part.counts, base, people)


def _people(residents: pl.DataFrame, at: pl.Series, secret: bytes) -> People:
    """The people of a part: short keys, places once, and in `_at` their rows in the whole table."""
    every = people(residents, secret)
    places = every.drop("person").unique(maintain_order=True).with_row_index("place")
    rows = every.join(places, on=every.columns[1:], how="left", nulls_equal=True, maintain_order="left")
    rows = rows.select(pl.col("person").str.decode("hex"), "place")
    return People(rows.with_columns(at.filter(residents.select(IS_COUNTED).to_series()).alias("_at")), places)


def _added_bases(parts: Sequence[Base]) -> Base:
    base = added_bases(parts)
    recorded, named = (frame if frame is None else decoded(frame) for frame in (base.recorded, base.named))
    return base._replace(recorded=recorded, named=named)


def _added_people(parts: Sequence[People]) -> People:
    places = pl.concat(part.places.drop("place") for part in parts)
    rows, before = [], 0
    for part in parts:
        rows.append(part.rows.with_columns(pl.col("place") + before))
        before += part.places.height
    return People(pl.concat(rows).sort("_at").drop("_at"), places)


def _houses(given: Input, facts: pl.DataFrame, at: pl.Series) -> pl.DataFrame:
    """The houses of a part with the facts that need no residents, and their place among all (`_at`)."""
    houses = add_row_facts(complete(given.houses.take(at), "houses"), given.circumstances.as_of)
    return houses.with_columns(*facts.drop("home")[at].get_columns(), at.alias("_at"))


def _within(house_no: pl.Series, houses: pl.Series | None) -> pl.Series:
    """Rows of all houses as rows of the houses of a part."""
    if houses is None:
        return house_no
    met = house_no.is_not_null().arg_true()
    return house_no.scatter(met, houses.search_sorted(house_no.gather(met)))
