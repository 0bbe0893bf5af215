"""Birth dates and surnames inside a household: births too close, one date throughout, surnames that all differ."""

from __future__ import annotations

import polars as pl

from gridaudit.derive.households.relation import Part
from gridaudit.derive.residents.person import MONTH_ONLY

_MANY = 3


def birth_facts(people: pl.DataFrame, residents: pl.DataFrame) -> list[pl.Series]:
    """Return `days_since_sibling`, `n_same_birth_date` and `children_share_surname`, row by row.

    Args:
        people: The narrow frame joined with its households, with `at`, the row.
        residents: The table, for names and the text of birth dates.
    """
    return [
        _spread(people, _since_sibling(people, residents), "days_since_sibling", pl.Int32()),
        _spread(people, _same_birth_date(people), "n_same_birth_date", pl.UInt32()),
        _spread(people, _surnames(people, residents["name"]), "children_share_surname", pl.Boolean()),
    ]


def _spread(people: pl.DataFrame, found: pl.DataFrame, name: str, dtype: pl.DataType) -> pl.Series:
    """Put the values found (`at`, `value`) on their rows, null on all others."""
    empty = pl.Series(name, [None], dtype=dtype).new_from_index(0, people.height)
    return empty.scatter(found["at"], found["value"].cast(dtype))


def _since_sibling(people: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Days from the birth of the next older child of the head, on the younger one's row; 0 for twins.

    Nothing is said where no mother is on record, or where half-brothers and half-sisters are likely: another surname,
    or a parent married before.
    """
    child = pl.col("here") & (pl.col("part") == Part.CHILD) & (pl.col("children") > 1)
    related = pl.col("first_marriage") & pl.col("mother_born").is_not_null() & pl.col("born").is_not_null()
    children = people.lazy().filter(child & related).select("at", "household", "born").collect()
    children = children.sort("household", "born", "at")
    own = residents.select("name", "birth_date_text", "id_birth_date")[children["at"]]
    # A month alone stands for its first day.
    by_month = (own["id_birth_date"].is_null() & own["birth_date_text"].str.contains(MONTH_ONLY)).fill_null(value=False)
    children = children.with_columns(own["name"].str.head(1).alias("surname")).filter(~by_month)
    same = (pl.col("household") == pl.col("household").shift()) & (pl.col("surname") == pl.col("surname").shift())
    return children.select("at", value=pl.when(same).then(pl.col("born").diff())).drop_nulls()


def _same_birth_date(people: pl.DataFrame) -> pl.DataFrame:
    """How many share the birth date of the head, on the head's row; 1 unless three or more do.

    Triplets are right: the date counts only where people of more than one generation share it.
    """
    many = pl.col("here") & (pl.col("n") >= _MANY) & pl.col("one_head")
    heads = people.lazy().filter(many & (pl.col("part") == Part.HEAD)).select("at", "household").collect()
    others = people.lazy().filter(many & (pl.col("part") != Part.HEAD) & (pl.col("born") == pl.col("head_born")))
    shared = (
        others.select("household", generation=_generation(pl.col("part")))
        .group_by("household")
        .agg(n=pl.len() + 1, is_mixed=(pl.col("generation") != 0).any())
        .filter((pl.col("n") >= _MANY) & pl.col("is_mixed"))
        .collect()
    )
    found = heads.join(shared, on="household", how="inner").select("at", value=pl.col("n").cast(pl.UInt32))
    return pl.concat([heads.select("at", value=pl.lit(1, dtype=pl.UInt32)), found])


def _generation(part: pl.Expr) -> pl.Expr:
    """0 for the head's own."""
    return (
        pl.when(part.is_in([Part.HEAD, Part.SELF, Part.RELATIVE])).then(0)
        .when(part.is_in([Part.CHILD, Part.STEP_CHILD])).then(1)
        .otherwise(part.cast(pl.Int32) + 1)
    )  # fmt: skip


def _surnames(people: pl.DataFrame, names: pl.Series) -> pl.DataFrame:
    """Whether any two of three or more children of the head share a surname, on the head's row."""
    several = (pl.col("children") >= _MANY) & pl.col("one_head") & pl.col("here")
    asked = people.lazy().filter(several & pl.col("part").is_in([Part.HEAD, Part.CHILD]))
    rows = asked.select("at", "household", "part").collect()
    rows = rows.with_columns(names.gather(rows["at"]).str.head(1).alias("surname"))
    shared = rows.filter(pl.col("part") == Part.CHILD).group_by("household").agg(
        value=pl.col("surname").n_unique() < pl.len(), is_named=pl.col("surname").null_count() == 0
    )  # fmt: skip
    heads = rows.filter(pl.col("part") == Part.HEAD)
    return heads.join(shared.filter("is_named"), on="household", how="inner").select("at", "value")
