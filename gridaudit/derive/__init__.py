"""Tables → tables with facts: columns that SQL cannot say, each made by a pure function frame → frame.

Row facts (identity, person) look at one row; keyed facts (homes, duplicates, households) look at narrow columns
gathered by a key and are joined back. Below stand `keys`, `away`, `shown`, `places`, `homes`, `duplicates`: how records
meet. On them rest `residents`, `households`, `lattice`, `houses` and `grids`; `rounds` compares with an earlier round,
`whole` looks over a table too large to hold. This file says in which order, and what runs beside what.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import polars as pl

from gridaudit.derive.complete import complete
from gridaudit.derive.counts import Counts, added_counts, count, files_frame
from gridaudit.derive.duplicates import add_copies, add_person_duplicates
from gridaudit.derive.grids.roster import add_grid_facts
from gridaudit.derive.grids.similar import grid_figures
from gridaudit.derive.homes import LINK_COLUMNS
from gridaudit.derive.households.facts import add_household
from gridaudit.derive.houses.facts import Keyed, add_row_facts, keyed_facts
from gridaudit.derive.houses.occupants import add_occupants
from gridaudit.derive.houses.owners import add_owner_facts
from gridaudit.derive.links import linked_places
from gridaudit.derive.of_whole import OfWhole
from gridaudit.derive.places import roster_frame
from gridaudit.derive.residents.area_codes import load_area_codes
from gridaudit.derive.residents.identity import add_identity
from gridaudit.derive.residents.near_doubles import add_near_doubles
from gridaudit.derive.residents.person import add_person
from gridaudit.derive.residents.phones import phone_facts
from gridaudit.derive.shown import show_collectors
from gridaudit.derive.tables import NEEDED, Circumstances, Facts, HouseSide
from gridaudit.normalise import SheetInfo, Tables

__all__ = [
    "NEEDED", "Circumstances", "Counts", "Facts", "HouseSide", "OfWhole", "added_counts", "count", "derive",
    "derive_houses", "derive_occupancy", "derive_residents", "gathered", "houses_facts", "load_area_codes", "roster_of",
]  # fmt: skip


def roster_of(tables: Tables) -> pl.DataFrame | None:
    """Return the roster, one row per grid; None without one."""
    return roster_frame(complete(tables.grids, "grids"))


def derive_houses(tables: Tables, circumstances: Circumstances) -> HouseSide:
    """Add the facts of houses that need no residents: keys, places, duplicates, coefficients, lattice."""
    roster = roster_of(tables)
    if tables.houses is None:
        return HouseSide(None, roster)
    houses = add_row_facts(complete(tables.houses, "houses"), circumstances.as_of)
    keyed = houses_facts(houses, tables.compounds, roster, circumstances)
    return HouseSide(houses.with_columns(keyed.rows.get_columns()), roster, keyed.gaps)


def houses_facts(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, roster: pl.DataFrame | None, circumstances: Circumstances
) -> Keyed:
    """Return what houses tell of each other, from their own facts or the narrow ones."""
    coefficients = {name: getattr(circumstances, name) for name in ("managed", "unmanaged", "unknown")}
    return keyed_facts(
        houses, complete(compounds, "compounds"), roster, as_of=circumstances.as_of, coefficients=coefficients,
        answers=circumstances.gap_answers,
    )  # fmt: skip


def derive(tables: Tables, circumstances: Circumstances, house_side: HouseSide | None = None) -> Facts:
    """Add every fact to every table.

    Args:
        tables: The normalised tables.
        circumstances: What the facts depend on besides.
        house_side: What `derive_houses` gave for the same tables, when it was done ahead.
    """
    houses, roster, gaps = house_side or derive_houses(tables, circumstances)
    residents = tables.residents
    if residents is None:
        houses = None if houses is None else derive_occupancy(houses, None)
        counts = count(None, houses)
    else:
        linked = _linked(residents, houses, roster, circumstances)
        with ThreadPoolExecutor(1) as beside:
            seen = beside.submit(_seen_from_homes, houses, linked)
            residents = add_household(linked, houses)
            houses, counts = seen.result()
    facts = gathered(counts, roster, tables.sheets, circumstances, gaps)
    return replace(facts, residents=residents, houses=houses)


def _seen_from_homes(houses: pl.DataFrame | None, residents: pl.DataFrame) -> tuple[pl.DataFrame | None, Counts]:
    houses = None if houses is None else derive_occupancy(houses, residents)
    return houses, count(residents, houses)


def derive_residents(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, circumstances: Circumstances,
    of_whole: OfWhole | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Add every fact to residents.

    Args:
        residents: The normalised table, or a part of it with everybody of the homes in it.
        houses: With the facts of `derive_houses`: all of them, or those of the homes in the part.
        roster: What `roster_frame` gives.
        circumstances: What the facts depend on besides.
        of_whole: What only the whole table can tell, when this is a part.
    """
    linked = _linked(residents, houses, roster, circumstances, of_whole)
    return add_household(linked, houses, of_whole and of_whole.split)


def _linked(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, circumstances: Circumstances,
    of_whole: OfWhole | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Residents with the facts of their own rows, their homes, phones, and who is recorded twice.

    One thread links them to homes while the other looks at their own rows.
    """
    as_of = circumstances.as_of
    residents = complete(residents, "residents")
    with ThreadPoolExecutor(1) as beside:
        links = beside.submit(linked_places, residents.select(LINK_COLUMNS), houses, roster, of_whole)
        residents = add_copies(residents, of_whole and of_whole.is_copy)
        residents = add_identity(residents, codes=circumstances.area_codes, as_of=as_of)
        residents = add_person(residents, as_of=as_of, of_whole=of_whole and of_whole.habits)
        residents = show_collectors(residents, roster, of_whole and of_whole.words)
        residents = add_near_doubles(residents, of_whole and of_whole.nearly)
        residents = pl.concat([residents, links.result()], how="horizontal")
        phones = beside.submit(phone_facts, residents, roster, of_whole and of_whole.phones)
        residents = add_person_duplicates(residents, of_whole and of_whole.repeated)
        return pl.concat([residents, phones.result()], how="horizontal")


def derive_occupancy(houses: pl.DataFrame, residents: pl.DataFrame | None) -> pl.DataFrame:
    """Add the facts of houses that need residents: all of them, or of a part the houses of its homes.

    Args:
        houses: With the facts of `derive_houses`.
        residents: What `derive_residents` gave; None when there is no table of them.
    """
    return add_owner_facts(add_occupants(houses, residents), residents)


def gathered(
    counts: Counts, roster: pl.DataFrame | None, sheets: tuple[SheetInfo, ...], circumstances: Circumstances,
    gaps: pl.DataFrame | None,
) -> Facts:  # fmt: skip
    """Return the facts of grids and files, which need no more of the rows than counts, and the gaps."""
    if roster is not None:
        roster = add_grid_facts(roster, counts.homes).with_columns(
            as_of=pl.lit(circumstances.as_of), area_street="street", area_community="community", area_grid="grid"
        )
    return Facts(
        residents=None, houses=None, grids=roster, files=files_frame(sheets, counts), sheets=sheets, counts=counts,
        gaps=gaps, grid_figures=grid_figures(counts.kinds),
    )  # fmt: skip
