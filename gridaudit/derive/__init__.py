"""Tables → tables with facts: columns that SQL cannot say, each made by a pure function frame → frame.

Row facts (identity, person) look at one row; keyed facts (homes, duplicates, coverage) look at narrow columns gathered
by a key and are joined back.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.area_codes import load_area_codes
from gridaudit.derive.coefficients import add_coefficients
from gridaudit.derive.counts import Counts, count, files_frame
from gridaudit.derive.coverage import add_grid_facts, add_occupants
from gridaudit.derive.duplicates import add_copies, add_house_duplicates, add_person_duplicates
from gridaudit.derive.homes import LINK_COLUMNS, add_house_keys, link_residents
from gridaudit.derive.identity import add_identity
from gridaudit.derive.known import Known
from gridaudit.derive.person import add_person
from gridaudit.derive.places import AREA, add_places, roster_frame
from gridaudit.normalise import SheetInfo, Tables

__all__ = [
    "NEEDED", "Circumstances", "Counts", "Facts", "HouseSide", "Known", "derive", "derive_houses", "derive_rows",
    "gathered", "load_area_codes",
]  # fmt: skip

# Columns the facts read, besides those that rules name.
NEEDED: Mapping[str, frozenset[str]] = {
    "residents": frozenset(
        "name id_no id_type other_id sex birth_date age phone pop_type status moved_out deceased cancelled "
        "moved_out_on deceased_on house_id live_address compound building unit room household_no street "
        "community grid grid_name collector collected_on updated_on".split()
    ),
    "houses": frozenset(
        "house_id address compound building unit room use occupancy rented managed property_company street "
        "community grid grid_name collector collected_on updated_on".split()
    ),
    "grids": frozenset(schema.columns("grids")),
    "compounds": frozenset(schema.columns("compounds")),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the facts depend on besides the tables; `area_codes` is what `load_area_codes` gives."""

    as_of: date
    area_codes: pl.DataFrame
    managed: float = 0.4
    unmanaged: float = 1.0
    unknown: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The tables with their facts; `files` has one row per sheet. None for a table that is not there.

    Of a large input `residents` and `houses` are None as well, for their parts come and go; `counts` speaks of them.
    """

    residents: pl.DataFrame | None
    houses: pl.DataFrame | None
    grids: pl.DataFrame | None
    files: pl.DataFrame
    sheets: tuple[SheetInfo, ...]
    counts: Counts

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
    """Houses with the facts that need no residents, and the roster."""

    houses: pl.DataFrame | None
    roster: pl.DataFrame | None


def derive_houses(tables: Tables, circumstances: Circumstances) -> HouseSide:
    """Add the facts of houses that need no residents: keys, places, duplicates, coefficients."""
    roster = roster_frame(_complete(tables.grids, "grids"))
    houses = _complete(tables.houses, "houses")
    if houses is None:
        return HouseSide(None, roster)
    houses = add_places(add_house_keys(add_copies(houses)), roster)
    houses = add_coefficients(
        add_house_duplicates(houses),
        _complete(tables.compounds, "compounds"),
        managed=circumstances.managed,
        unmanaged=circumstances.unmanaged,
        unknown=circumstances.unknown,
    )
    as_of = circumstances.as_of
    return HouseSide(houses.with_columns(as_of=pl.lit(as_of), days_since_update=_days_since(as_of)), roster)


def derive(tables: Tables, circumstances: Circumstances, house_side: HouseSide | None = None) -> Facts:
    """Add every fact to every table.

    Args:
        tables: The normalised tables.
        circumstances: What the facts depend on besides.
        house_side: What `derive_houses` gave for the same tables, when it was done ahead.
    """
    houses, roster = house_side or derive_houses(tables, circumstances)
    residents, houses = derive_rows(tables.residents, houses, roster, circumstances)
    facts = gathered(count(residents, houses), roster, tables.sheets, circumstances)
    return replace(facts, residents=residents, houses=houses)


def derive_rows(
    residents: pl.DataFrame | None, houses: pl.DataFrame | None, roster: pl.DataFrame | None,
    circumstances: Circumstances, known: Known | None = None,
) -> tuple[pl.DataFrame | None, pl.DataFrame | None]:  # fmt: skip
    """Add every fact to residents, and those facts to houses that need residents.

    Args:
        residents: The normalised table, or a part of it with everybody of the homes in it.
        houses: With the facts of `derive_houses`: all of them, or those of the homes in the part.
        roster: What `roster_frame` gives.
        circumstances: What the facts depend on besides.
        known: What only the whole table can tell, when this is a part.
    """
    residents = _complete(residents, "residents")
    if residents is not None:
        residents = _derive_residents(residents, houses, roster, circumstances, known)
    if houses is not None:
        houses = add_occupants(houses, residents)
    return residents, houses


def gathered(
    counts: Counts, roster: pl.DataFrame | None, sheets: tuple[SheetInfo, ...], circumstances: Circumstances
) -> Facts:
    """Return the facts of grids and files, which need no more of the rows than counts."""
    if roster is not None:
        roster = add_grid_facts(roster, counts.homes).with_columns(
            as_of=pl.lit(circumstances.as_of), area_street="street", area_community="community", area_grid="grid"
        )
    files = files_frame(sheets, counts)
    return Facts(residents=None, houses=None, grids=roster, files=files, sheets=sheets, counts=counts)


def _derive_residents(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, circumstances: Circumstances,
    known: Known | None,
) -> pl.DataFrame:  # fmt: skip
    """Link residents to homes in one thread while the other looks at their own rows."""
    as_of = circumstances.as_of
    with ThreadPoolExecutor(1) as beside:
        linked = beside.submit(_linked, residents.select(LINK_COLUMNS), houses, roster, known)
        residents = add_copies(residents) if known is None else residents.with_columns(known.is_copy.alias("is_copy"))
        residents = add_identity(residents, codes=circumstances.area_codes, as_of=as_of)
        residents = add_person(residents, as_of=as_of, known=known and known.habits)
    residents = pl.concat([residents, linked.result()], how="horizontal")
    return add_person_duplicates(residents, known and known.repeated)


def _complete(frame: pl.DataFrame | None, table: str) -> pl.DataFrame | None:
    """Add the columns that no sheet has, null throughout."""
    if frame is None:
        return None
    dtypes = dict(schema.normalised_dtypes(table))
    if table == "residents":
        dtypes |= {"id_no_raw": pl.String(), "id_number_cell": pl.Boolean()}
    if table in {"residents", "houses"}:
        dtypes["copy_hash"] = pl.UInt64()
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in dtypes.items() if name not in frame.columns]
    return frame.with_columns(missing)


def _days_since(as_of: date) -> pl.Expr:
    return (pl.lit(as_of) - pl.coalesce("updated_on", "collected_on")).dt.total_days().cast(pl.Int32)


def _linked(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, known: Known | None
) -> pl.DataFrame:
    """Return the home of each resident and its area: the home's, else the row's own."""
    links = link_residents(residents, houses, known and known.meeting)
    places = known and known.places
    columns = (*AREA, "grid_on_roster")
    if houses is None:
        placed = add_places(residents, roster, places).select(columns)
        return pl.concat([links, placed], how="horizontal").drop("house_no")
    house_no = links["house_no"]
    links = links.with_columns(houses[name].gather(house_no).alias(name) for name in AREA)
    own = links["area_grid"].is_null().arg_true()
    placed = add_places(residents[own], roster, places)
    on_roster = pl.Series("grid_on_roster", [None], dtype=pl.Boolean).new_from_index(0, links.height)
    links = links.with_columns(on_roster)
    return links.with_columns(links[name].scatter(own, placed[name]).alias(name) for name in columns).drop("house_no")
