"""Relatives set against each other: gaps in years, sexes of a couple, the word for a relation against the sex.

A child is set against the elder of the head and the spouse who is listed: both must be too close in age before
anything is said, because one of them may be a step-parent (docs/methods.md, 3). Words that say "adopted or step" are
never weighed, nor is the child of a widowed or divorced head whose spouse is not listed.
"""

from __future__ import annotations

import polars as pl

from gridaudit.derive.households.relation import Part

_YEAR = 365.2425


def kinship_facts() -> list[pl.Expr]:
    """Return the facts of one person against the household, for the narrow frame joined with its households."""
    part, here, born = pl.col("part"), pl.col("here"), pl.col("born")
    child, grandchild = here & (part == Part.CHILD), here & (part == Part.GRANDCHILD)
    parent, grandparent = here & (part == Part.PARENT), here & (part == Part.GRANDPARENT)
    spouse = here & (part == Part.SPOUSE) & pl.col("one_couple")
    of_elder = born - pl.col("elder_born")
    male, head_born = pl.col("male"), pl.col("head_born")
    return [
        _years(pl.when(child).then(of_elder)).alias("child_gap"),
        _years(
            pl.when(grandchild).then(of_elder)
            .when(grandparent).then(head_born - pl.col("grandparent_born"))
        ).alias("grandchild_gap"),
        _years(
            pl.when(child).then(born - pl.col("mother_born")).when(parent & ~male).then(head_born - born)
        ).alias("mother_gap"),
        _years(
            pl.when(child).then(born - pl.col("father_born")).when(parent & male).then(head_born - born)
        ).alias("father_gap"),
        _years(pl.when(spouse).then((born - head_born).abs())).alias("spouse_gap"),
        pl.when(spouse).then(male != pl.col("head_male")).alias("spouses_differ_in_sex"),
        pl.when(here & (part == Part.SPOUSE)).then(pl.lit(value=True)).alias("is_spouse"),
        pl.when(here).then(pl.col("shown_male") == pl.col("word_male")).alias("sex_fits_relation"),
    ]  # fmt: skip


def _years(days: pl.Expr) -> pl.Expr:
    """Days as years to two places, so that an exact birthday counts as reached whatever the leap years between."""
    return (days / _YEAR).round(2)
