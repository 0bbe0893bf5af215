"""Families V 不规范 and T 超期: words of no list, wrong shapes, dates too late or too old."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cells import day_text, mobile
from gridaudit.sample.defects.row_defects import ADULT, FOLLOWER, HOME, PRESENT, RowDefect
from gridaudit.sample.families import AS_OF

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

UNKNOWN_WORDS = (
    ("V101", "residents", PRESENT, "性别", "男女"),
    ("V102", "residents", PRESENT, "民族", "本地族"),
    ("V103", "residents", ADULT, "婚姻状况", "已婚未婚"),
    ("V104", "residents", ADULT, "文化程度", "读过几年书"),
    ("V105", "residents", ADULT, "政治面貌", "进步青年"),
    ("V106", "residents", FOLLOWER, "与户主关系", "一家人"),
    ("V107", "residents", PRESENT, "人口类型", "串门的"),
    ("V201", "houses", HOME, "居住状态", "偶尔来住"),
    ("V202", "houses", HOME, "房屋用途", "堆杂物"),
    ("V203", "houses", HOME, "有无物业", "说不清"),
    ("V204", "houses", HOME, "建筑面积", "5"),
)


def wrong_values(draws: Draws) -> list[RowDefect]:
    """The defects of family V."""
    digit = draws.between("V109", 1, 9).cast(pl.String)
    month = pl.format("{}年13月", pl.col("birth").dt.year())
    return [
        *(RowDefect(code, table, rows, {heading: pl.lit(word)}) for code, table, rows, heading, word in UNKNOWN_WORDS),
        RowDefect("V108", "residents", ADULT, {"联系电话": mobile(draws, "V108").str.head(10)}),
        RowDefect("V109", "residents", PRESENT, {"姓名": pl.col("姓名") + digit}),
        RowDefect("V110", "residents", ADULT, {"出生日期": month}),
    ]


def wrong_times(draws: Draws) -> list[RowDefect]:
    """The defects of family T, in both tables."""
    later = pl.lit(AS_OF) + pl.duration(days=draws.between("T101", 30, 300))
    last = pl.lit(AS_OF) - pl.duration(days=draws.between("T102", 500, 900))
    first = last - pl.duration(days=draws.between("T102 first", 0, 60))
    old = {"采集日期": day_text(first), "更新时间": day_text(last)}
    defects = []
    for table, rows in (("residents", ADULT), ("houses", HOME)):
        defects.append(RowDefect("T101", table, rows, {"更新时间": day_text(later)}))
        defects.append(RowDefect("T102", table, rows, old))
    return defects
