"""Family L 逻辑矛盾 of one person, of a household as a whole, and of a home with its people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cells import day_text, mobile
from gridaudit.sample.defects.coverage import HEADCOUNT, move_in
from gridaudit.sample.defects.kin import CHILD, HEAD, ONE_CHILD, PAIR, SPOUSE, family_of, homes_for
from gridaudit.sample.defects.planter import INVOLVED
from gridaudit.sample.families import AS_OF

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridaudit.sample.defects.planter import Planter

# How many move in: more than twelve in a household, more than eight in a dwelling.
CROWDS = {"L122": 11, "L157": 7}
SHARING = 4


def plant_contradictions(planter: Planter) -> None:
    """Plant L116, L120 to L122, L131 to L139 and L151 to L159."""
    _cells_of_people(planter)
    _gone_heads(planter)
    _children_alone(planter)
    _crowds(planter)
    _dead_among_the_living(planter)
    _shared_phones(planter)
    _homes_with_people(planter)
    _buildings(planter)


def _died(planter: Planter, code: str) -> pl.Expr:
    return day_text(pl.lit(AS_OF) - pl.duration(days=planter.draws.between(code, 30, 300)))


def _cells_of_people(planter: Planter) -> None:
    """One cell of one person."""
    age, settled = pl.col("age"), pl.col("settled")
    owned = planter.tables["houses"].filter(occupancy="自住")["row"]
    alone = (pl.col("n_members") == 1) & pl.col("home").is_in(owned.implode()) & settled & pl.col("has_id")
    cells: list[tuple[str, pl.Expr, Mapping[str, str]]] = [
        ("L116", alone & age.is_between(30, 58), {"婚姻状况": "已婚"}),
        ("L132", ONE_CHILD & CHILD & age.is_between(5, 13), {"婚姻状况": "已婚"}),
        ("L133", ONE_CHILD & CHILD & age.is_between(16, 19), {"婚姻状况": "已婚"}),
        ("L134", ONE_CHILD & CHILD & age.is_between(5, 11), {"文化程度": "大学本科"}),
        ("L135", ONE_CHILD & CHILD & age.is_between(7, 14), {"职业": "公务员"}),
        ("L136", ONE_CHILD & HEAD & age.is_between(30, 55), {"关爱对象": "空巢老人"}),
        ("L137", PAIR & HEAD & (age >= 62), {"关爱对象": "独居老人"}),
        ("L138", alone & (age >= 61), {"关爱对象": ""}),
    ]
    for code, eligible, changes in cells:
        rows = homes_for(planter, code, eligible)
        if rows.height:
            planter.edit("residents", rows.select("row", **{name: pl.lit(text) for name, text in changes.items()}))
            planter.mark(code, "residents", rows)


def _fewer(planter: Planter, rows: pl.DataFrame, less: int) -> None:
    """One person less in the head-count of these homes."""
    houses = planter.tables["houses"].filter(pl.col("row").is_in(rows["home"].implode()))
    planter.edit("houses", houses.select("row", (pl.col("n_residents") - less).cast(pl.String).alias(HEADCOUNT)))


def _gone_heads(planter: Planter) -> None:
    """L120: the head died, the family's relations stay as they were."""
    rows = homes_for(planter, "L120", (PAIR | ONE_CHILD) & SPOUSE)
    heads = family_of(planter, rows, HEAD)
    if rows.height:
        planter.edit("residents", heads.select("row", 人口状态=pl.lit("死亡"), 死亡日期=_died(planter, "L120")))
        planter.mark("L120", "residents", rows)
        planter.mark("L120", "residents", heads, INVOLVED)
        _fewer(planter, rows, 1)


def _children_alone(planter: Planter) -> None:
    """L121: a child recorded as the only one in the home."""
    rows = homes_for(planter, "L121", (pl.col("family") == "mother_child") & CHILD & (pl.col("age") < 15))
    if rows.height:
        planter.removed["residents"].append(family_of(planter, rows, HEAD)["row"])
        planter.edit("residents", rows.select("row", 与户主关系=pl.lit("户主")))
        planter.mark("L121", "residents", rows)
        _fewer(planter, rows, 1)


def _crowds(planter: Planter) -> None:
    """L122: more than twelve under one household number. L157: more than eight in one dwelling."""
    for code, family, relation in (("L122", PAIR, "其他亲属"), ("L157", pl.col("family") == "two_tenants", "非亲属")):
        rows = homes_for(planter, code, family & HEAD)
        if rows.is_empty():
            continue
        hosts = planter.tables["houses"].filter(pl.col("row").is_in(rows["home"].implode()))
        many = pl.concat([hosts] * CROWDS[code])
        people = move_in(planter, many, pl.col("房屋编码"))
        numbers = hosts.select("row", 户号="house_household")
        people = people.drop("户号").join(numbers, left_on="place", right_on="row", how="left", maintain_order="left")
        people = people.with_columns(与户主关系=pl.lit(relation), 关爱对象=pl.lit(""))
        planter.added["residents"][-1] = people
        _fewer(planter, rows, -CROWDS[code])
        planter.mark(code, "residents", people, INVOLVED)
        if code == "L122":
            planter.mark(code, "residents", rows)
        else:
            planter.mark(code, "houses", hosts)


def _dead_among_the_living(planter: Planter) -> None:
    """L131: a date of death beside a status of living here."""
    rows = homes_for(planter, "L131", ONE_CHILD & CHILD & (pl.col("age") >= 18))
    if rows.height:
        planter.edit("residents", rows.select("row", 死亡日期=_died(planter, "L131")))
        planter.mark("L131", "residents", rows)
        _fewer(planter, rows, 1)


def _shared_phones(planter: Planter) -> None:
    """L139: one phone in four homes."""
    rows = homes_for(planter, "L139", ONE_CHILD & HEAD, at_once=SHARING)
    if rows.height:
        rows = rows.with_columns(group=pl.int_range(pl.len()) // SHARING)
        planter.edit("residents", rows.select("row", 联系电话=mobile(planter.draws, "L139").first().over("group")))
        planter.mark("L139", "residents", rows)


def _homes_with_people(planter: Planter) -> None:
    """One cell of a home that its people contradict."""
    houses = planter.tables["houses"]
    own, let = (houses.filter(occupancy=word)["row"].implode() for word in ("自住", "出租"))
    in_own, in_let = pl.col("home").is_in(own), pl.col("home").is_in(let)
    more = pl.col("family").is_in(["two_children", "twins", "three_children"])
    stranger = {"房主姓名": pl.lit("诸葛明"), "房主联系电话": mobile(planter.draws, "L155")}
    cells: list[tuple[str, pl.Expr, Mapping[str, pl.Expr]]] = [
        ("L152", more & HEAD, {"建筑面积": pl.lit("8.5")}),
        ("L154", (ONE_CHILD | PAIR) & HEAD & in_let, {"房主姓名": pl.col("姓名")}),
        ("L155", (ONE_CHILD | PAIR) & HEAD & in_own, stranger),
        ("L156", ONE_CHILD & CHILD & (pl.col("age") < 14), {"房屋用途": pl.lit("商用")}),
    ]
    for code, eligible, changes in cells:
        rows = homes_for(planter, code, eligible)
        if rows.height:
            planter.edit("houses", rows.select(row="home", **changes))
            planter.mark(code, "houses", rows, column="home")
    rows = homes_for(planter, "L158", PAIR & HEAD)
    if rows.height:
        people = pl.concat([rows, family_of(planter, rows, SPOUSE)])
        planter.edit("residents", people.select("row", 人口状态=pl.lit("外出")))
        planter.mark("L158", "residents", people, INVOLVED)
        planter.mark("L158", "houses", rows, column="home")


def _buildings(planter: Planter) -> None:
    """L151: a floor four too high. L153: one home of a building says otherwise. L159: another community."""
    houses = planter.tables["houses"].with_columns(
        size=pl.len().over("社区", "compound", "building"), estate=pl.concat_str("社区", "compound", separator="|")
    )
    tall = houses.filter(pl.col("building").is_not_null() & (pl.col("size") >= 6)).select("row", "estate")
    in_tall = pl.col("row").is_in(tall["row"].implode())
    planter.shuffled["houses"] = planter.shuffled["houses"].join(
        houses.select("row", "estate"), on="row", how="left", maintain_order="left"
    )
    floors = planter.choose("L151", "houses", in_tall, one_per="estate")
    higher = (pl.col("楼层").cast(pl.Int32) + SHARING).cast(pl.String)
    said = planter.choose("L153", "houses", in_tall, one_per="estate")
    other = pl.when(pl.col("有无物业") == "有").then(pl.lit("无")).otherwise(pl.lit("有"))
    units = planter.tables["grids"]["community"].unique(maintain_order=True)
    elsewhere = pl.col("社区").replace_strict(units, pl.concat([units[1:], units[:1]]), return_dtype=pl.String)
    moved = planter.choose("L159", "houses", pl.col("compound").is_null() & (pl.col("occupancy") != "经营"))
    edits = (
        ("L151", floors, {"楼层": higher}),
        ("L153", said, {"有无物业": other}),
        ("L159", moved, {"社区": elsewhere}),
    )
    for code, rows, changes in edits:
        if rows.height:
            planter.edit("houses", rows.select("row", **changes))
            planter.mark(code, "houses", rows)
