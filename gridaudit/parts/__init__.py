"""A large table of residents audited in parts, each of them some homes with everybody in them.

A table that fits into memory goes from room to room as a whole: `derive` → `judge` → `score`. One that does not goes
through the same functions twice, and the result is the same to the last byte:

Pass 1, the survey (`look`). Every row is seen once, in the columns that link it to others. Of a row only hashes stay:
its home, its number, its name with birth date, its phone, the whole row. What only the whole can tell is worked out
from them: which rows are copies, which numbers stand twice or nearly so, in how many homes a phone is, how a sheet
codes sex, which place is meant. Houses are all seen together here, in few columns: their doubles, lattice and gaps are
whole before any resident is judged.

Pass 2, the parts. Homes are put into parts in the order in which they first appear (`split`), with everybody and all
houses of a home in one part; so whatever looks at a household or a home is right within the part. Each part is read
again, derived with what pass 1 knows of it (`OfWhole`), judged as a small district would be, and dropped.

What adds up (`part.Sum`): findings, tallies, counts of files and grids, marks of homes, keys of people. Only then it is
known which rules fail nearly everywhere, and the score is told. Nothing is copied to the disk.

Hashes have 64 bits. Numbers, names and places are compared as they stand before anything is said of them; phones,
household numbers, copies of rows and the house a resident meets are told by the hash alone. That two different ones
are taken for one has a chance of about n² / 2⁶⁵: for ten million, 1 in 370,000.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import polars as pl

from gridaudit.derive import (
    Circumstances,
    HouseSide,
    count,
    derive_occupancy,
    derive_residents,
    houses_facts,
)
from gridaudit.derive.complete import complete
from gridaudit.derive.homes import HouseIndex
from gridaudit.derive.houses.facts import FIRST_LOOK as HOUSES
from gridaudit.derive.houses.facts import add_row_facts, narrow
from gridaudit.derive.keys import hashed
from gridaudit.derive.whole.glance import FIRST_LOOK as RESIDENTS
from gridaudit.derive.whole.glance import glance
from gridaudit.derive.whole.survey import Survey, surveyed
from gridaudit.judge import Compiled, judge_rows
from gridaudit.normalise import SheetInfo
from gridaudit.parts.compact import decoded
from gridaudit.parts.part import InParts, Sum, people_of
from gridaudit.parts.repeats import compared, nearly_repeated
from gridaudit.parts.rows import Rows
from gridaudit.parts.split import Split, split
from gridaudit.score import base_of
from gridaudit.text import Lang

__all__ = ["InParts", "Input", "Rows", "audit_in_parts", "look"]


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


class _Compared(NamedTuple):
    """What was told of rows whose number another row has, or nearly has."""

    repeated: pl.DataFrame
    nearly: pl.Series


class _Part(NamedTuple):
    """A part with its facts, and the rows of the whole table that it has."""

    residents: pl.DataFrame
    houses: pl.DataFrame | None
    at: pl.Series


def look(given: Input) -> Surveyed:
    """Look at every row once: houses first, for residents meet them."""
    houses, index, gaps = _look_at_houses(given) if given.houses.is_there else (None, None, None)
    codes, as_of = given.circumstances.area_codes, given.circumstances.as_of
    seen = [glance(piece, index, houses, codes=codes, as_of=as_of) for piece in given.residents.look(RESIDENTS)]
    return Surveyed(surveyed(seen, given.roster, houses), houses, gaps)


def _look_at_houses(given: Input) -> tuple[pl.DataFrame, HouseIndex, pl.DataFrame]:
    """The facts of houses that look at other houses, the index by which residents meet them, and the gaps."""
    keys = pl.concat((narrow(piece, given.circumstances.as_of) for piece in given.houses.look(HOUSES)), rechunk=True)
    facts, gaps = houses_facts(keys, given.compounds, given.roster, given.circumstances)
    index = HouseIndex(keys.select("home", "code_key", "by_text", "by_room", "by_floor").hstack(facts), by_hash=True)
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
    seen = look(given)
    infos = sheets()
    told = _Compared(
        compared(given.residents, seen.people, HouseSide(seen.houses, given.roster), size),
        nearly_repeated(given.residents, seen.people, given.circumstances, size),
    )
    parts = split(seen.people.rows["key"], None if seen.houses is None else hashed(seen.houses["home"]), size)
    there = (("residents", True), ("houses", seen.houses is not None), ("grids", given.roster is not None))
    tables = frozenset(name for name, is_there in there if is_there)

    def judged(part: _Part) -> InParts:
        said = {
            table: judge_rows(frame, table, infos, compiled, tables=tables, lang=lang)
            for table, frame in (("residents", part.residents), ("houses", part.houses))
            if frame is not None
        }
        keys = people_of(part.residents, part.at, secret)
        return InParts(said, count(part.residents, part.houses), base_of(part.residents, part.houses), keys)

    together = Sum()
    for number in range(parts.n_parts):
        # A part and what the rules say of it have no name here: they are gone before the next one is read.
        together.add(judged(_derived(given, seen, told, parts, number)))
    gaps = seen.gaps
    del seen, told, parts
    return together.total()._replace(gaps=gaps)


def _derived(given: Input, seen: Surveyed, told: _Compared, parts: Split, number: int) -> _Part:
    """Read a part again and give it its facts."""
    at = (parts.residents == number).arg_true()
    own_at = None if parts.houses is None else (parts.houses == number).arg_true()
    house_no = _within(seen.people.rows["house_no"].gather(at), own_at)
    of_whole = seen.people.of_rows(at, house_no=house_no, repeated=told.repeated, nearly=told.nearly)
    own = None if seen.houses is None or own_at is None else _houses(given, seen.houses, own_at)
    residents = derive_residents(given.residents.take(at), own, given.roster, given.circumstances, of_whole)
    return _Part(residents, None if own is None else derive_occupancy(own, residents), at)


def _houses(given: Input, facts: pl.DataFrame, at: pl.Series) -> pl.DataFrame:
    """The houses of a part with the facts that need no residents, and their place among all (`_at`)."""
    houses = add_row_facts(complete(given.houses.take(at), "houses"), given.circumstances.as_of)
    return houses.with_columns(*decoded(facts.drop("home")[at]).get_columns(), at.alias("_at"))


def _within(house_no: pl.Series, houses: pl.Series | None) -> pl.Series:
    """Rows of all houses as rows of the houses of a part."""
    if houses is None:
        return house_no
    met = house_no.is_not_null().arg_true()
    return house_no.scatter(met, houses.search_sorted(house_no.gather(met)))
