"""The same thing recorded twice: people by valid ID number, houses by code and address, rows copied whole.

Keyed facts on narrow columns: suspects first, then the exact comparison among them. Which record is the later one is
told by `updated_on`, then by the home, never by the order in the file.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.away import away, says_away

# Rows with a valid number that count: what is compared by number.
JUDGED = pl.col("id_valid") & pl.col("present") & ~pl.col("is_copy")

# Characters of a name that are compared, from either end.
_COMPARED = 12
REPEATS = ("id_repeated_in_house", "id_repeated_elsewhere", "id_shared_by_names")


def add_copies(frame: pl.DataFrame, of_whole: pl.Series | None = None) -> pl.DataFrame:
    """Add `is_copy`: true for every copy of a whole row but the first.

    Args:
        frame: With `copy_hash`.
        of_whole: Which rows are copies when they are a part of the table.
    """
    copies = pl.col("copy_hash").is_not_null() & ~pl.col("copy_hash").is_first_distinct()
    return frame.with_columns(is_copy=copies if of_whole is None else of_whole)


def add_person_duplicates(residents: pl.DataFrame, of_whole: pl.DataFrame | None = None) -> pl.DataFrame:
    """Add `id_repeated_in_house`, `id_repeated_elsewhere` and `id_shared_by_names`.

    Args:
        residents: With `id_valid`, `id_no`, `present`, `is_copy`, `home`, `area_grid`, `status`, `pop_type`.
        of_whole: What `compare_people` said of these rows when they are a part of the table.

    Returns:
        The three facts; null where the row has no valid number or is not judged. The first two are true on the
        older record of a pair, the third on both.
    """
    residents = residents.with_row_index("_index")
    repeated = of_whole
    if repeated is None:
        candidates = residents.lazy().filter(JUDGED).select("_index", "id_no")
        suspects = candidates.filter(pl.col("id_no").hash().is_duplicated()).select("_index")
        repeated = compare_people(people_to_compare(suspects.join(residents.lazy(), on="_index")).collect())
    residents = residents.join(repeated, on="_index", how="left", maintain_order="left").drop("_index")
    clean = pl.when(JUDGED).then(pl.lit(value=False))
    return residents.with_columns(pl.coalesce(name, clean).alias(name) for name in REPEATS)


def people_to_compare(residents: pl.LazyFrame) -> pl.LazyFrame:
    """Return what `compare_people` looks at: `_index`, the number, name, place, date, phone and who is away."""
    return residents.select(
        "_index", "id_no", "phone",
        name=pl.col("name").str.replace_all(r"[\s\u3000]", ""), place=pl.coalesce("home", "area_grid"),
        seen_on=pl.coalesce("updated_on", "collected_on"), away=away(), says_away=says_away(),
    )  # fmt: skip


def compare_people(suspects: pl.DataFrame) -> pl.DataFrame:
    """Compare every pair of records that share a number; returns the three facts per `_index`.

    Who is away from one place and recorded in the other rightly stands twice: where the book is, and at home.

    Args:
        suspects: What `people_to_compare` gives; `_index` tells the order of the rows.
    """
    pairs = suspects.join(suspects, on="id_no", suffix="_2").filter(pl.col("_index") != pl.col("_index_2"))
    same_place = (pl.col("place") == pl.col("place_2")).fill_null(value=False)
    same_person = _nearly_equal(pl.col("name"), pl.col("name_2"))
    order = [pl.col(name).fill_null("") for name in ("place", "name", "phone")]
    other = [pl.col(f"{name}_2").fill_null("") for name in ("place", "name", "phone")]
    mine, theirs = pl.concat_str(order, separator="\x1f"), pl.concat_str(other, separator="\x1f")
    seen, seen_2 = (pl.col(name).cast(pl.Int32).fill_null(-1_000_000) for name in ("seen_on", "seen_on_2"))
    older = (seen < seen_2) | (
        (seen == seen_2) & ((mine > theirs) | ((mine == theirs) & (pl.col("_index") > pl.col("_index_2"))))
    )
    both_placed = pl.col("place").is_not_null() & pl.col("place_2").is_not_null()
    at_both = (pl.col("away") == pl.col("away_2")) & (pl.col("says_away") == pl.col("says_away_2"))
    return pairs.group_by("_index").agg(
        id_repeated_in_house=(same_place & same_person & older).any(),
        id_repeated_elsewhere=(~same_place & both_placed & same_person & older & at_both).any(),
        id_shared_by_names=(~same_person).any(),
    )


def _nearly_equal(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """Equal, or one character apart (a typing error, not another person); a blank name is nobody else's."""
    long, other_long = one.str.len_chars(), other.str.len_chars()
    same_length = (long == other_long) & (_differing(one, other) <= 1) & (long > 1)
    longer = (long.cast(pl.Int32) - other_long.cast(pl.Int32)).abs() == 1
    before, behind = (
        pl.sum_horizontal((one_end == other_end).cast(pl.Int32) for one_end, other_end in ends)
        for ends in (
            [(one.str.head(length), other.str.head(length)) for length in range(1, _COMPARED)],
            [(one.str.tail(length), other.str.tail(length)) for length in range(1, _COMPARED)],
        )
    )
    one_more = before + behind >= pl.min_horizontal(long, other_long)
    return (same_length | (longer & one_more)).fill_null(value=True)


def _differing(one: pl.Expr, other: pl.Expr) -> pl.Expr:
    """How many of the first characters differ, place by place."""
    return pl.sum_horizontal((one.str.slice(at, 1) != other.str.slice(at, 1)).cast(pl.Int32) for at in range(_COMPARED))


# What tells the order of records of one house: the first counts.
RANK = (
    pl.coalesce("updated_on", "collected_on").alias("seen_on"),
    *(pl.col(name) for name in ("home", "area_street", "area_community", "area_grid", "address", "room")),
    pl.col("copy_hash"),
)


def add_house_duplicates(houses: pl.DataFrame) -> pl.DataFrame:
    """Add `code_repeated`, `address_repeated` (true on every record but the one that counts) and its `other_grid`.

    The record updated first counts, the later ones are repeats; equal dates are ordered by home, place and content. A
    row whose code is already a repeat is not blamed for its address as well.
    """
    rows = houses.select("code_key", "address_key").with_row_index("_index").filter(~houses["is_copy"])
    by_code = later(rows, "code_key", houses)
    rest = rows.filter(~pl.col("_index").is_in(by_code["_index"].implode()))
    by_address = later(rest, "address_key", houses)
    index = pl.int_range(pl.len(), dtype=pl.UInt32)
    grids = pl.Series("other_grid", [None], dtype=pl.String).new_from_index(0, houses.height)
    for found in (by_code, by_address):
        grids = grids.scatter(found["_index"], found["other_grid"]) if found.height else grids
    return houses.with_columns(
        grids,
        code_repeated=pl.when(pl.col("code_key").is_not_null()).then(index.is_in(by_code["_index"].implode())),
        address_repeated=pl.when(pl.col("address_key").is_not_null()).then(index.is_in(by_address["_index"].implode())),
    )


def later(rows: pl.DataFrame, key: str, houses: pl.DataFrame) -> pl.DataFrame:
    """Return the records that are not the first of their key.

    Args:
        rows: `_index`, the row of `houses`, and the key.
        key: Name of the key; rows without it are nobody's repeat.
        houses: With the columns that `RANK` reads.

    Returns:
        `_index` and `other_grid`, where the first one stands: its grid, else its community.
    """
    suspects = rows.select("_index", key).filter(pl.col(key).is_not_null() & pl.col(key).is_duplicated())
    columns = [name for expression in RANK for name in expression.meta.root_names()]
    ranks = houses.select(columns)[suspects["_index"]]
    ranks = ranks.with_columns(pl.col(pl.Categorical).cast(pl.String)).select(RANK)
    ordered = pl.concat([suspects, ranks], how="horizontal").sort(ranks.columns, nulls_last=True, maintain_order=True)
    first = pl.coalesce("area_grid", "area_community", pl.lit("-")).first().over(key)
    ordered = ordered.with_columns(other_grid=first)
    return ordered.filter(~pl.col(key).is_first_distinct()).select("_index", "other_grid")
