"""What the word for a relation says: the part somebody plays in the household, and the sex of the word itself.

The words are data (`schema/relations.toml`); a bare code of an undeclared coding has no label and so no part.
"""

from __future__ import annotations

from enum import IntEnum, auto
from functools import cache

import polars as pl

from gridaudit import schema


class Part(IntEnum):
    """Parts in a household, seen from its head. NONE: blank, not understood, or an undeclared code."""

    NONE = 0
    HEAD = auto()
    SELF = auto()
    SPOUSE = auto()
    CHILD = auto()
    STEP_CHILD = auto()
    CHILD_IN_LAW = auto()
    GRANDCHILD = auto()
    DESCENDANT = auto()
    PARENT = auto()
    PARENT_IN_LAW = auto()
    GRANDPARENT = auto()
    RELATIVE = auto()
    NON_RELATIVE = auto()


KIN = range(Part.SPOUSE, Part.NON_RELATIVE)


@cache
def _tables() -> tuple[pl.Enum, pl.Series, pl.Series]:
    """The labels, and for each its part and its sex (true for men)."""
    labels = schema.code_list("relation").labels
    data = schema.relations()
    part = {label: Part[name.upper()] for name, members in data["part"].items() for label in members}
    male = {label: sex == "男" for sex, members in data["sex"].items() for label in members}
    return (
        pl.Enum(labels),
        pl.Series([int(part[label]) for label in labels], dtype=pl.UInt8),
        pl.Series([male.get(label) for label in labels], dtype=pl.Boolean),
    )


def parts(relation: pl.Series) -> pl.DataFrame:
    """Return `part` (UInt8, never null) and `word_male` (null where the word leaves the sex open).

    Args:
        relation: Labels of the code list `relation`, or null.
    """
    labels, part, male = _tables()
    index = relation.cast(labels).to_physical()
    return pl.DataFrame(
        [part.gather(index).fill_null(int(Part.NONE)).alias("part"), male.gather(index).alias("word_male")]
    )
