"""A large table of residents audited in parts, each of them some homes with everybody in them.

First every row is looked at once, and what only the whole can tell is noted (`derive.survey`). Then part after part is
read again, derived and judged as a small district would be. Nothing is copied to the disk, and the result is that of
the audit in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import polars as pl

from gridaudit.derive import Circumstances, Counts, HouseSide, added_counts, count, derive_occupancy, derive_residents
from gridaudit.derive.homes import HouseIndex
from gridaudit.derive.survey import FIRST_LOOK, Survey, glance, surveyed
from gridaudit.judge import Compiled, RowVerdicts, added_verdicts, judge_rows
from gridaudit.normalise import SheetInfo
from gridaudit.parts.repeats import compared
from gridaudit.parts.rows import Rows
from gridaudit.parts.split import split
from gridaudit.score import IS_COUNTED, Base, added_bases, base_of, people
from gridaudit.text import Lang

__all__ = ["InParts", "Rows", "audit_in_parts", "surveyed_rows"]


class InParts(NamedTuple):
    """What the parts gave together."""

    said: Mapping[str, RowVerdicts]
    counts: Counts
    base: Base
    people: pl.DataFrame


class _Part(NamedTuple):
    said: Mapping[str, RowVerdicts]
    counts: Counts
    base: Base
    people: pl.DataFrame


def surveyed_rows(rows: Rows, side: HouseSide, circumstances: Circumstances) -> Survey:
    """Look at every row once.

    Args:
        rows: All rows.
        side: What `derive_houses` gave.
        circumstances: What the facts depend on besides.
    """
    index = None if side.houses is None else HouseIndex(side.houses)
    codes, as_of = circumstances.area_codes, circumstances.as_of
    seen = [glance(piece, index, side.houses, codes=codes, as_of=as_of) for piece in rows.look(FIRST_LOOK)]
    return surveyed(seen, side.roster)


def audit_in_parts(
    rows: Rows, survey: Survey, side: HouseSide, circumstances: Circumstances, *, sheets: tuple[SheetInfo, ...],
    compiled: Compiled, lang: Lang, secret: bytes, size: int,
) -> InParts:  # fmt: skip
    """Derive and judge part after part.

    Args:
        rows: All rows.
        survey: What `surveyed_rows` gave.
        side: What `derive_houses` gave.
        circumstances: What the facts depend on besides.
        sheets: All sheets.
        compiled: The rules.
        lang: Language of the messages.
        secret: For the keys of people.
        size: About how many residents a part has.
    """
    repeated = compared(rows, survey, side, size)
    houses = None if side.houses is None else side.houses.with_row_index("_at")
    parts = split(survey.rows["key"], None if houses is None else _keys(houses), size)
    tables = frozenset(
        name for name, frame in (("residents", rows), ("houses", houses), ("grids", side.roster)) if frame is not None
    )
    done = []
    for number in range(parts.n_parts):
        at = (parts.residents == number).arg_true()
        own = None if houses is None or parts.houses is None else houses.filter(parts.houses == number)
        house_no = _within(survey.rows["house_no"].gather(at), own)
        known = survey.known(at, house_no=house_no, repeated=repeated)
        residents = derive_residents(rows.take(at), own, side.roster, circumstances, known)
        own = None if own is None else derive_occupancy(own, residents)
        frames = {"residents": residents, "houses": own}
        said = {
            table: judge_rows(frame, table, sheets, compiled, tables=tables, lang=lang)
            for table, frame in frames.items()
            if frame is not None
        }
        at = at.filter(residents.select(IS_COUNTED).to_series())
        persons = people(residents, secret).with_columns(at.alias("_at"))
        done.append(_Part(said, count(residents, own), base_of(residents, own), persons))
        del residents, own, frames
    return InParts(
        {table: added_verdicts([part.said[table] for part in done]) for table in done[0].said},
        added_counts([part.counts for part in done]),
        added_bases([part.base for part in done]),
        pl.concat(part.people for part in done).sort("_at").drop("_at"),
    )


def _keys(houses: pl.DataFrame) -> pl.Series:
    return houses.select(pl.when(pl.col("home").is_not_null()).then(pl.col("home").hash())).to_series()


def _within(house_no: pl.Series, houses: pl.DataFrame | None) -> pl.Series:
    """Rows of all houses as rows of the houses of a part."""
    if houses is None:
        return house_no
    met = house_no.is_not_null().arg_true()
    return house_no.scatter(met, houses["_at"].search_sorted(house_no.gather(met)))
