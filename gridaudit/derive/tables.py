"""Tables with their facts: what they are, which columns they need, and what they depend on besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.counts import Counts
from gridaudit.derive.lattice.gaps import Answers
from gridaudit.normalise import SheetInfo

# Columns the facts read, besides those that rules name.
NEEDED: Mapping[str, frozenset[str]] = {
    "residents": frozenset(
        "name id_no id_type other_id sex birth_date age phone pop_type status moved_out deceased cancelled "
        "moved_out_on deceased_on house_id live_address compound building unit room household_no street "
        "community grid grid_name collector collected_on updated_on relation head_id_no head_name marital work "
        "key_group".split()
    ),
    "houses": frozenset(
        "house_id address compound building unit floor room area_m2 use occupancy rented managed property_company "
        "street community grid grid_name collector collected_on updated_on owner_name owner_id_no owner_phone".split()
    ),
    "grids": frozenset(schema.columns("grids")),
    "compounds": frozenset(schema.columns("compounds")),
    "dispositions": frozenset(schema.columns("dispositions")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the facts depend on besides the tables; `area_codes` is what `load_area_codes` gives.

    `gap_answers`: per tier of the room lattice, how many gaps turned out to be homes and how many are no rooms.
    """

    as_of: date
    area_codes: pl.DataFrame
    managed: float = 0.4
    unmanaged: float = 1.0
    unknown: float = 1.0
    gap_answers: Answers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The tables with their facts; `files` has one row per sheet. None for a table that is not there.

    Of a large input `residents` and `houses` are None as well, for their parts come and go; `counts` speaks of them.
    `gaps`: what the room lattice of the houses lacks, `grid_figures`: how grids compare; none without houses.
    `known_homes`, `known_people`: what became of those of an earlier round, and `round`, its name; none without a
    baseline.
    """

    residents: pl.DataFrame | None
    houses: pl.DataFrame | None
    grids: pl.DataFrame | None
    files: pl.DataFrame
    sheets: tuple[SheetInfo, ...]
    counts: Counts
    gaps: pl.DataFrame | None = None
    grid_figures: pl.DataFrame | None = None
    known_homes: pl.DataFrame | None = None
    known_people: pl.DataFrame | None = None
    round: str = ""

    @property
    def there(self) -> frozenset[str]:
        """Names of the tables that are there, in parts or whole."""
        held = {"residents": self.counts.residents, "houses": self.counts.houses, "grids": self.grids}
        return frozenset(name for name, frame in held.items() if frame is not None)

    def get(self, table: str) -> pl.DataFrame | None:
        """Return a table by its name."""
        frame: pl.DataFrame | None = getattr(self, table)
        return frame


class HouseSide(NamedTuple):
    """Houses with the facts that need no residents, the roster, and the gaps of the room lattice."""

    houses: pl.DataFrame | None
    roster: pl.DataFrame | None
    gaps: pl.DataFrame | None = None
