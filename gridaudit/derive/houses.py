"""Facts of houses that need no residents: those of one row, and those that look at other houses.

The latter read few columns, so that they can be had for more houses than memory holds with all their columns.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from gridaudit.derive.coefficients import add_coefficients
from gridaudit.derive.complete import complete
from gridaudit.derive.duplicates import add_copies, add_house_duplicates
from gridaudit.derive.homes import add_house_keys, without_crowds
from gridaudit.derive.keys import hashed
from gridaudit.derive.places import AREA, PLACE_COLUMNS, add_places

# Canonical columns that the facts of houses read.
FIRST_LOOK = frozenset(
    (*PLACE_COLUMNS, "house_id", "address", "compound", "building", "unit", "room", "managed", "property_company",
     "updated_on", "collected_on")
)  # fmt: skip
_KEYED = (
    *("sheet_no", "row", "copy_hash", "home", "code_key", "address_key", "by_text", "by_room", "address", "room"),
    *("compound", "managed", "property_company", "updated_on", "collected_on", *PLACE_COLUMNS),
)


def add_row_facts(houses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Add the keys of a house and what else its own row tells."""
    days = (pl.lit(as_of) - pl.coalesce("updated_on", "collected_on")).dt.total_days().cast(pl.Int32)
    return add_house_keys(houses).with_columns(as_of=pl.lit(as_of), days_since_update=days)


def keyed_facts(
    houses: pl.DataFrame, compounds: pl.DataFrame | None, roster: pl.DataFrame | None, *,
    managed: float, unmanaged: float, unknown: float,
) -> pl.DataFrame:  # fmt: skip
    """Return the facts that look at other houses, row by row.

    Args:
        houses: With the facts of `add_row_facts`, or what `narrow` gives.
        compounds: The compound table.
        roster: What `roster_frame` gives.
        managed: Coefficient of a home with property management.
        unmanaged: Coefficient of one without.
        unknown: What a home counts whose coefficient nobody told.
    """
    copies = add_copies(houses.select("copy_hash")).select("is_copy")
    places = add_places(houses.select(PLACE_COLUMNS), roster).select(*AREA, "grid_on_roster")
    keys = houses.select(
        "home", "code_key", "address_key", "address", "room", "copy_hash", "updated_on", "collected_on"
    )
    repeats = add_house_duplicates(pl.concat([without_crowds(keys), copies, places], how="horizontal"))
    management = add_coefficients(
        houses.select("community", "compound", "managed", "property_company"), compounds,
        managed=managed, unmanaged=unmanaged, unknown=unknown,
    ).select("management_known", "is_managed", "coefficient", "coefficient_known")  # fmt: skip
    repeats = repeats.select("code_repeated", "address_repeated")
    return pl.concat([copies, places, repeats, management], how="horizontal")


def narrow(houses: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return of a piece of the houses what `keyed_facts` and `HouseIndex` read, long keys as hashes.

    Args:
        houses: The columns of `FIRST_LOOK` that the sheet has, with what tells copies of whole rows.
        as_of: The date the data speak of.
    """
    keys = add_row_facts(complete(houses, "houses"), as_of).select(_KEYED)
    return keys.with_columns(hashed(keys[name]).alias(name) for name in ("address_key", "by_text", "by_room"))
