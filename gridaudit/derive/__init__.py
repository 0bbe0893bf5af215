"""Tables → tables with facts: columns that SQL cannot say, each made by a pure function frame → frame.

Row facts (identity, person) look at one row; keyed facts (homes, duplicates, coverage) look at narrow columns gathered
by a key and are joined back.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.area_codes import load_area_codes
from gridaudit.derive.coefficients import add_coefficients
from gridaudit.derive.coverage import add_grid_facts, add_occupants
from gridaudit.derive.duplicates import add_copies, add_house_duplicates, add_person_duplicates
from gridaudit.derive.gaps import Answers, find_gaps
from gridaudit.derive.homes import LINK_COLUMNS, add_house_keys, link_residents
from gridaudit.derive.household import add_household
from gridaudit.derive.identity import add_identity
from gridaudit.derive.lattice import build_lattice
from gridaudit.derive.near_doubles import add_near_doubles
from gridaudit.derive.owners import add_owner_facts
from gridaudit.derive.person import add_person
from gridaudit.derive.phones import add_phone_facts
from gridaudit.derive.places import AREA, FACTS, add_places, roster_frame
from gridaudit.derive.rooms import add_management_agreement, add_room_facts
from gridaudit.derive.shown import show_collectors
from gridaudit.derive.similar import count_kinds, grid_figures
from gridaudit.derive.spellings import add_spellings
from gridaudit.normalise import SheetInfo, Tables

__all__ = ["NEEDED", "Circumstances", "Facts", "HouseSide", "derive", "derive_houses", "load_area_codes"]

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


_FILE_COUNTS = ("n_left_out", "n_filled_down")


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

    `gaps`: what the room lattice of the houses lacks, `grid_figures`: how grids compare; none without houses.
    `known_homes`, `known_people`: what became of those of an earlier round, and `round`, its name; none without a
    baseline.
    """

    residents: pl.DataFrame | None
    houses: pl.DataFrame | None
    grids: pl.DataFrame | None
    files: pl.DataFrame
    sheets: tuple[SheetInfo, ...]
    gaps: pl.DataFrame | None = None
    grid_figures: pl.DataFrame | None = None
    known_homes: pl.DataFrame | None = None
    known_people: pl.DataFrame | None = None
    round: str = ""

    def get(self, table: str) -> pl.DataFrame | None:
        """Return a table by its name."""
        frame: pl.DataFrame | None = getattr(self, table)
        return frame


class HouseSide(NamedTuple):
    """Houses with the facts that need no residents, the roster, and the gaps of the room lattice."""

    houses: pl.DataFrame | None
    roster: pl.DataFrame | None
    gaps: pl.DataFrame | None = None


def derive_houses(tables: Tables, circumstances: Circumstances) -> HouseSide:
    """Add the facts of houses that need no residents: keys, places, duplicates, coefficients, lattice."""
    roster = roster_frame(_complete(tables.grids, "grids"))
    houses = _complete(tables.houses, "houses")
    if houses is None:
        return HouseSide(None, roster)
    houses = show_collectors(add_places(add_house_keys(add_copies(houses)), roster), roster)
    houses = add_coefficients(
        add_house_duplicates(houses),
        _complete(tables.compounds, "compounds"),
        as_of=circumstances.as_of,
        managed=circumstances.managed,
        unmanaged=circumstances.unmanaged,
        unknown=circumstances.unknown,
    )
    lattice = build_lattice(houses)
    houses = add_management_agreement(add_room_facts(houses))
    as_of = circumstances.as_of
    houses = add_spellings(houses, lattice.rooms)
    houses = houses.with_columns(lattice.in_lattice, as_of=pl.lit(as_of), days_since_update=_days_since(as_of))
    return HouseSide(houses, roster, find_gaps(lattice, circumstances.gap_answers))


def derive(tables: Tables, circumstances: Circumstances, house_side: HouseSide | None = None) -> Facts:
    """Add every fact to every table.

    Args:
        tables: The normalised tables.
        circumstances: What the facts depend on besides.
        house_side: What `derive_houses` gave for the same tables, when it was done ahead.
    """
    houses, roster, gaps = house_side or derive_houses(tables, circumstances)
    residents = _complete(tables.residents, "residents")
    if residents is not None:
        residents = _derive_residents(residents, houses, roster, circumstances)
    if houses is not None:
        houses = add_owner_facts(add_occupants(houses, residents), residents)
    if roster is not None:
        roster = add_grid_facts(roster, _homes(houses, residents)).with_columns(
            as_of=pl.lit(circumstances.as_of), area_street="street", area_community="community", area_grid="grid"
        )
    files = _files(tables.sheets, residents, houses)
    figures = grid_figures(count_kinds(houses))
    return Facts(
        residents=residents, houses=houses, grids=roster, files=files, sheets=tables.sheets, gaps=gaps,
        grid_figures=figures,
    )  # fmt: skip


def _derive_residents(
    residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None, circumstances: Circumstances
) -> pl.DataFrame:
    """Link residents to homes in one thread while the other looks at their own rows."""
    as_of = circumstances.as_of
    with ThreadPoolExecutor(1) as beside:
        linked = beside.submit(_linked, residents.select(LINK_COLUMNS), houses, roster)
        residents = add_identity(add_copies(residents), codes=circumstances.area_codes, as_of=as_of)
        residents = show_collectors(add_person(residents, as_of=as_of), roster)
    residents = pl.concat([add_near_doubles(residents), linked.result()], how="horizontal")
    return add_phone_facts(add_household(add_person_duplicates(residents), houses), roster)


def _complete(frame: pl.DataFrame | None, table: str) -> pl.DataFrame | None:
    """Add the columns that no sheet has, null throughout."""
    if frame is None:
        return None
    dtypes = dict(schema.normalised_dtypes(table))
    if table == "residents":
        dtypes |= {"id_no_raw": pl.String(), "id_number_cell": pl.Boolean()}
    if table in {"residents", "houses"}:
        dtypes |= {"copy_hash": pl.UInt64(), "out_of_step": pl.Boolean()}
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in dtypes.items() if name not in frame.columns]
    return frame.with_columns(missing)


def _days_since(as_of: date) -> pl.Expr:
    return (pl.lit(as_of) - pl.coalesce("updated_on", "collected_on")).dt.total_days().cast(pl.Int32)


def _linked(residents: pl.DataFrame, houses: pl.DataFrame | None, roster: pl.DataFrame | None) -> pl.DataFrame:
    """Return the home of each resident and its area: the home's, else the row's own."""
    links = link_residents(residents, houses)
    columns = (*AREA, *FACTS)
    if houses is None:
        return pl.concat([links, add_places(residents, roster).select(columns)], how="horizontal")
    house_no = links["house_no"]
    links = links.with_columns(houses[name].gather(house_no).alias(name) for name in AREA)
    own = links["area_grid"].is_null().arg_true()
    placed = add_places(residents[own], roster, counted=residents, known=houses)
    links = links.with_columns(pl.lit(None, dtype=pl.Boolean).alias(name) for name in FACTS)
    return links.with_columns(links[name].scatter(own, placed[name]).alias(name) for name in columns)


def _homes(houses: pl.DataFrame | None, residents: pl.DataFrame | None) -> pl.DataFrame:
    source = houses if houses is not None else residents
    if source is None:
        return pl.DataFrame(schema={"home": pl.String, "area_grid": pl.String})
    return source.select("home", "area_grid").drop_nulls("home")


def _files(sheets: tuple[SheetInfo, ...], residents: pl.DataFrame | None, houses: pl.DataFrame | None) -> pl.DataFrame:
    """One row per sheet with what the rules on files ask."""
    files = pl.DataFrame(
        [
            (sheet.sheet_no, sheet.table, sheet.n_rows, sheet.n_left_out, sheet.n_filled_down)
            for sheet in sheets
        ],
        schema={"sheet_no": pl.UInt16, "kind": pl.String, **dict.fromkeys(("n_rows", *_FILE_COUNTS), pl.UInt32)},
        orient="row",
    )  # fmt: skip
    if residents is not None:
        of_residents = residents.group_by("sheet_no").agg(
            n_id_cells=pl.col("id_no_text").count().cast(pl.UInt32),
            n_id_number_cells=pl.col("id_number_cell").fill_null(value=False).sum().cast(pl.UInt32),
            sex_coding_reversed=pl.col("sex_coding_reversed").first(),
            traditional_age_share=pl.col("age_gap").is_between(1, 2).mean(),
            n_ages=pl.col("age_gap").count().cast(pl.UInt32),
        )
        files = files.join(of_residents, on="sheet_no", how="left", maintain_order="left")
    if houses is not None:
        of_houses = houses.group_by("sheet_no").agg(
            n_coefficient_unknown=(~pl.col("coefficient_known")).sum().cast(pl.UInt32),
            coefficient_unknown_share=(~pl.col("coefficient_known")).mean(),
        )
        files = files.join(of_houses, on="sheet_no", how="left", maintain_order="left")
    share = pl.col("n_id_number_cells") / pl.col("n_id_cells")
    if residents is not None:
        files = files.with_columns(id_number_share=share.fill_nan(None))
    missing = [
        pl.lit(None, dtype=fact.dtype).alias(fact.name)
        for fact in schema.facts("files").values()
        if fact.name not in files.columns
    ]
    return files.with_columns(missing)
