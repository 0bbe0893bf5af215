"""One row per household: how many play which part, and the births and sexes that relatives may be set against."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from gridaudit.derive.households.relation import KIN, Part

_ADULT, _CHILD = 18, 16


def households(people: pl.DataFrame) -> pl.DataFrame:
    """Sum people up by household, in one `group_by`.

    Args:
        people: The narrow frame of `households.facts`; rows without a household are left out.

    Returns:
        `household` and what relatives are set against. A birth is null where nothing may be set against it: where not
        exactly one head is meant (living, dead or gone), or one of the couple is of unknown birth.
    """
    part, here, born, male = (pl.col(name) for name in ("part", "here", "born", "male"))
    head = part.is_in([Part.HEAD, Part.SELF])
    spouse = part == Part.SPOUSE
    couple = head | spouse
    adult = (pl.col("age") >= _ADULT).fill_null(value=False)
    kin = part.is_between(KIN[0], KIN[-1])
    counted = {
        "n": here, "heads": here & (part == Part.HEAD), "heads_ever": head, "selfs": part == Part.SELF,
        "spouses": here & spouse, "spouses_ever": spouse, "kin": here & kin,
        "strangers": here & (part == Part.NON_RELATIVE), "unknown": here & (part == Part.NONE),
        "migrants": here & pl.col("is_migrant").fill_null(value=False), "children": here & (part == Part.CHILD),
        "parents": here & (part == Part.PARENT), "grandparents": here & (part == Part.GRANDPARENT),
        "before": couple & pl.col("was_married"), "unborn": couple & born.is_null(),
        "grown": here & (pl.col("age") >= _CHILD).fill_null(value=True), "adult_kin": here & kin & adult,
        "adults_at_home": here & (kin | head) & adult & ~pl.col("away"),
    }  # fmt: skip
    earliest = {
        "elder_born": pl.when(couple).then(born), "head_born": pl.when(head).then(born),
        "head_male": pl.when(head).then(male), "mother_born": pl.when(couple & ~male).then(born),
        "father_born": pl.when(couple & male).then(born),
        "grandparent_born": pl.when(part == Part.GRANDPARENT).then(born),
    }  # fmt: skip
    latest = {
        "last_head_born": pl.when(here & (part == Part.HEAD)).then(born),
        "last_spouse_born": pl.when(here & spouse).then(born),
    }
    return (
        people.lazy()
        .filter(pl.col("household").is_not_null())
        .select("household", **counted, **earliest, **latest)
        .group_by("household")
        .agg(pl.col(*counted).sum(), pl.col(*earliest).min(), pl.col(*latest).max())
        .select("household", "n", "heads", "spouses", "children", "parents", "grandparents", "adult_kin",
                "adults_at_home", *latest, *_allowed(), *_against(earliest))
        .collect()
    )  # fmt: skip


def _allowed() -> list[pl.Expr]:
    """What may be asked of a household at all."""
    heads, ever, selfs = pl.col("heads"), pl.col("heads_ever"), pl.col("selfs")
    kin, spouses = pl.col("kin") > 0, pl.col("spouses")
    known = (pl.col("unknown") == 0) & (pl.col("strangers") == 0)
    return [
        (ever == 1).alias("one_head"),
        ((ever == 1) & (pl.col("spouses_ever") == 1)).alias("one_couple"),
        (pl.col("spouses_ever") > 0).alias("has_spouse"),
        kin.alias("is_family"),
        # Two couples under one number are two families whose home, not whose household, is numbered.
        (kin & (selfs == 0) & (spouses < 2)).alias("one_family"),
        known.alias("only_kin"),
        ((ever == 0) & known & (spouses > 0) & (pl.col("n") > 1) & (pl.col("migrants") == 0)).alias("headless"),
        ((heads == 0) & (selfs == 0) & (ever > 0)).alias("head_gone"),
        (pl.col("grown") == 0).alias("children_only"),
        ((ever == 1) & (pl.col("before") == 0)).alias("first_marriage"),
    ]


def _against(births: Iterable[str]) -> list[pl.Expr]:
    """Births and sexes, null where they may not be set against a relative's.

    The child of somebody who was married before, and whose spouse is not listed, may be a late spouse's.
    """
    one_head = pl.col("heads_ever") == 1
    lone_after = (pl.col("spouses_ever") == 0) & (pl.col("before") > 0)
    elders = pl.when(one_head & (pl.col("unborn") == 0) & ~lone_after).then("elder_born").alias("elder_born")
    return [elders, *(pl.when(one_head).then(name).alias(name) for name in births if name != "elder_born")]
