"""Facts of houses that need no residents: those of one row, and those that look at other houses.

The latter read few columns, so that they can be had for more houses than memory holds with all their columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit.derive.complete import complete
from gridaudit.derive.duplicates import add_copies, add_house_duplicates
from gridaudit.derive.homes import add_house_keys, without_crowds
from gridaudit.derive.houses.coefficients import add_coefficients
from gridaudit.derive.houses.rooms import add_management_agreement, add_room_facts
from gridaudit.derive.houses.spellings import add_spellings
from gridaudit.derive.keys import hashed
from gridaudit.derive.lattice.gaps import Answers, find_gaps
from gridaudit.derive.lattice.units import build_lattice
from gridaudit.derive.places import AREA, FACTS, add_places
from gridaudit.derive.shown import PLACES, show_collectors

# Canonical columns that the facts of houses read.
FIRST_LOOK = frozenset(
    (*PLACES, "house_id", "address", "compound", "building", "unit", "floor", "room", "area_m2", "use", "managed",
     "property_company", "collector", "updated_on", "collected_on")
)  # fmt: skip
_KEYED = (
    *("sheet_no", "row", "copy_hash", "home", "code_key", "address_key", "by_text", "by_room", "by_floor", "address"),
    *("building", "unit", "floor", "room", "area_m2", "use", "compound", "managed", "property_company", "collector"),
    *("updated_on", "collected_on", *PLACES),
)
# Of these many houses have the same: a piece holds them as numbers.
_SHARED = (
    *("building", "unit", "floor", "room", "use", "compound", "managed", "property_company", "collector"),
    *PLACES,
)
_MANAGEMENT = ("management_known", "says_managed", "is_managed", "coefficient", "coefficient_known")
_REPEATS = ("code_repeated", "address_repeated", "address_respelled", "other_grid")
_DATES = ("updated_on", "collected_on")
_LAID_OUT = ("sheet_no", "compound", "building", "unit", "floor", "room", "address", "use", "area_m2")


class Keyed(NamedTuple):
    """What houses tell of each other: facts row by row, and the gaps of their room lattice."""

    rows: pl.DataFrame
    gaps: pl.DataFrame


def add_row_facts(houses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add the keys of a house and what else its own row tells."""
    days = (pl.lit(as_of) - pl.coalesce("updated_on", "collected_on")).dt.total_days().cast(pl.Int32)
    return add_house_keys(houses).with_columns(as_of=pl.lit(as_of), days_since_update=days)


def keyed_facts(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, roster: pl.DataFrame | None, *, as_of: date,
    coefficients: Mapping[str, float], answers: Answers | None,
) -> Keyed:  # fmt: skip
    """Return the facts that look at other houses.

    Args:
        houses: With the facts of `add_row_facts`, or what `narrow` gives.
        compounds: The compound table.
        roster: What `roster_frame` gives.
        as_of: The date the data speak of.
        coefficients: What a home counts that is `managed`, `unmanaged`, or of which that is `unknown`.
        answers: Confirmed and refuted gaps by tier.
    """
    copies = add_copies(houses.select("copy_hash")).select("is_copy")
    places = _held(add_places(_texts(houses, *PLACES), roster).select(*AREA, *FACTS), houses)
    collectors = _held(show_collectors(_texts(houses, "collector"), roster), houses)
    # Each step lets go of its columns before the next one: of millions of houses they are gigabytes.
    agreed = _managed(houses, compounds, as_of, coefficients)
    fits = add_room_facts(_texts(houses, "community", "compound", "building", "floor", "room"))["room_fits_floor"]
    repeats = without_crowds(_texts(houses, "home", "code_key", "address_key", "address", "room", "copy_hash", *_DATES))
    repeats = add_house_duplicates(pl.concat([repeats, copies, places], how="horizontal"))
    lattice = build_lattice(pl.concat([_texts(houses, *_LAID_OUT), _texts(places, *AREA)], how="horizontal"))
    # Of millions of houses no address is kept.
    spot = () if pl.Categorical in houses.dtypes else ("spot",)
    repeats = add_spellings(repeats, lattice.rooms, with_spots=bool(spot)).select(*_REPEATS, *spot)
    repeats = _held(repeats, houses)
    facts = [copies, places, repeats, agreed, fits.to_frame(), lattice.in_lattice.to_frame(), collectors]
    return Keyed(pl.concat(facts, how="horizontal"), find_gaps(lattice, answers))


def _managed(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, as_of: date, coefficients: Mapping[str, float]
) -> pl.DataFrame:
    places = _texts(houses, "community", "compound", "building", "managed", "property_company", "home")
    managed = add_coefficients(places, compounds, as_of=as_of, **coefficients)
    return add_management_agreement(managed).select(*_MANAGEMENT, "management_agrees")


def narrow(houses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return of a piece of the houses what `keyed_facts` and `HouseIndex` read, long keys as hashes.

    Args:
        houses: The columns of `FIRST_LOOK` that the sheet has, with what tells copies of whole rows.
        as_of: The date the data speak of.
    """
    keys = add_row_facts(complete(houses, "houses"), as_of).select(_KEYED)
    hashes = [hashed(keys[name]).alias(name) for name in ("address_key", "by_text", "by_room", "by_floor")]
    return keys.with_columns(*hashes, pl.col(_SHARED).cast(pl.Categorical))


def _texts(houses: pl.DataFrame, *columns: str) -> pl.DataFrame:
    """Some columns, as texts again where `narrow` holds them as numbers."""
    return houses.select(columns).with_columns(pl.col(pl.Categorical).cast(pl.String))


def _held(facts: pl.DataFrame, houses: pl.DataFrame) -> pl.DataFrame:
    """Facts with their texts as numbers where those of the houses are."""
    is_narrow = pl.Categorical in houses.dtypes
    return facts.with_columns(pl.col(pl.String).cast(pl.Categorical)) if is_narrow else facts
