"""Family D 重复: people and houses recorded twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cells import day_text, mobile
from gridaudit.sample.defects.coverage import HEADCOUNT, PLACE
from gridaudit.sample.defects.numbers import NUMBER, mistyped
from gridaudit.sample.defects.planter import INVOLVED
from gridaudit.sample.defects.row_defects import ADULT, LIVED_IN, PRESENT, VACANT
from gridaudit.sample.families import AS_OF
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.defects.planter import Planter

SECOND_CODE = 900_000
SETTLED_DAYS = 10
SETTLED = pl.col("updated") <= pl.lit(AS_OF) - pl.duration(days=SETTLED_DAYS)


def plant_doubles(planter: Planter) -> None:
    """Plant D101 to D108."""
    _twice_in_house(planter)
    _twice_elsewhere(planter, "D102")
    _twice_elsewhere(planter, "D107")
    _shared_numbers(planter)
    _codes_twice(planter)
    _addresses_twice(planter)
    _spelled_anew(planter)
    _copies(planter)


def _older(planter: Planter, people: pl.DataFrame) -> pl.DataFrame:
    """The same people as an earlier visit recorded them: other phone, earlier dates."""
    before = pl.col("updated") - pl.duration(days=planter.draws.between("D older", 20, 90))
    first = pl.min_horizontal(before, pl.col("collected"))
    return people.with_columns(
        联系电话=mobile(planter.draws, "D phone"),
        采集日期=day_text(first),
        更新时间=day_text(before),
    ).drop("row", "free")


def _one_more(planter: Planter, homes: pl.DataFrame) -> None:
    count = (pl.col("n_residents") + 1).cast(pl.String)
    planter.edit("houses", homes.select("row", count.alias(HEADCOUNT)))
    planter.take("houses", homes)


def _twice_in_house(planter: Planter) -> None:
    """D101: an older record of somebody in the same home."""
    free = planter.candidates("houses", LIVED_IN).get_column("row").implode()
    follower = pl.col("relation").is_in(["子", "女", "非亲属"])
    eligible = PRESENT & pl.col("has_id") & follower & pl.col("home").is_in(free)
    # Born well before the older record can have been made.
    eligible = eligible & (pl.col("age") >= 2)
    people = planter.choose("D101", "residents", eligible, one_per="home")
    houses = planter.shuffled["houses"]
    _one_more(planter, houses.filter(pl.col("row").is_in(people.get_column("home").implode())))
    planter.mark("D101", "residents", planter.add("residents", _older(planter, people)))
    planter.mark("D101", "residents", people, INVOLVED)


def _twice_elsewhere(planter: Planter, code: str) -> None:
    """D102: an older record of somebody in another home; D107: one with a mistyped number."""
    people = planter.choose(code, "residents", ADULT, one_per="home")
    planter.take("houses", people, "home")
    hosts = planter.candidates("houses", LIVED_IN & (pl.col("n_residents") > 0))
    hosts = hosts.head(people.height)
    _one_more(planter, hosts)
    people = people.head(hosts.height)
    where = hosts.select(*PLACE, "房屋编码", 户号="house_household", place="row")
    if code == "D107":
        people = people.with_columns(mistyped(planter.draws, pl.col(NUMBER)).alias(NUMBER))
    older = _older(planter, people).drop(*PLACE, "房屋编码", "户号", "place").hstack(where)
    older = older.with_columns(与户主关系=pl.lit("非亲属"), 关爱对象=pl.lit(""))
    planter.mark(code, "residents", planter.add("residents", older))
    planter.mark(code, "residents", people, INVOLVED)


def _shared_numbers(planter: Planter) -> None:
    """D103: two people on their own, of quite different names, with one number."""
    # Another's number brings another sex and age: nobody whose care depends on them.
    alone = ADULT & (pl.col("n_members") == 1) & pl.col("age").is_between(24, 58) & (pl.col("关爱对象") == "")
    people = planter.candidates("residents", alone)
    count = planter.how_many("D103", people.height)
    people = people.head(4 * count + 8).with_columns(
        letters=pl.col("姓名").str.split(""), pair=pl.int_range(pl.len()) // 2
    )
    first = people.filter(pl.col("pair").is_first_distinct())
    second = people.filter(~pl.col("pair").is_first_distinct())
    pairs = second.join(first, on="pair", suffix="_other", maintain_order="left")
    shared = pl.col("letters").list.set_intersection("letters_other").list.len()
    pairs = pairs.filter(shared == 0).head(count)
    cells = ("身份证号码", "性别", "出生日期", "年龄")
    planter.edit("residents", pairs.select("row", **{name: f"{name}_other" for name in cells}))
    for column in ("row", "row_other"):
        planter.take("residents", pairs, column)
        planter.mark("D103", "residents", pairs, column=column)


def _codes_twice(planter: Planter) -> None:
    """D104: a vacant home under the code of the next one, which was updated earlier."""
    homes = planter.candidates("houses", VACANT).sort("row")
    count = planter.how_many("D104", homes.height)
    homes = homes.with_columns(pair=pl.int_range(pl.len()) // 2).sort("pair", "updated")
    pairs = homes.group_by("pair", maintain_order=True).agg(
        pl.col("row").last(),
        pl.col("房屋编码").first(),
        earlier=pl.col("row").first(),
        tie=pl.col("updated").first() == pl.col("updated").last(),
        far=pl.col("网格编码").first() != pl.col("网格编码").last(),
    )
    pairs = pairs.filter(~pl.col("tie")).sort("far", planter.draws.bits("D104")).head(count)
    planter.take("houses", pairs)
    planter.take("houses", pairs, "earlier")
    planter.edit("houses", pairs.select("row", "房屋编码"))
    planter.mark("D104", "houses", pairs)
    planter.mark("D104", "houses", pairs, INVOLVED, "earlier")


def _addresses_twice(planter: Planter) -> None:
    """D105: a vacant home registered again under another code."""
    homes = planter.choose("D105", "houses", VACANT & SETTLED)
    _again(planter, "D105", homes, SECOND_CODE)


def _spelled_anew(planter: Planter) -> None:
    """D108: the same with the address in another spelling."""
    homes = planter.choose("D108", "houses", VACANT & SETTLED & ~pl.col("room").str.contains("-"))
    spelled = homes.with_columns(pl.col("楼栋", "房屋地址").str.replace("栋", "幢", literal=True))
    _again(planter, "D108", spelled, SECOND_CODE + 50_000)


def _again(planter: Planter, rule: str, homes: pl.DataFrame, first_code: int) -> None:
    code = pl.col("网格编码") + padded(pl.int_range(pl.len()) + first_code, 6)
    after = pl.col("updated") + pl.duration(days=SETTLED_DAYS // 2)
    again = homes.with_columns(房屋编码=code, 更新时间=day_text(after)).drop("row", "free")
    planter.mark(rule, "houses", planter.add("houses", again))
    planter.mark(rule, "houses", homes, INVOLVED)


def _copies(planter: Planter) -> None:
    """D106: whole rows copied to the end of the file."""
    eligible = {"residents": PRESENT, "houses": pl.lit(value=True)}
    for table, rows in eligible.items():
        pairs = planter.copy(table, planter.choose("D106", table, rows))
        planter.mark("D106", table, pairs)
        planter.mark("D106", table, pairs, INVOLVED, "original")
