"""Family F 信息缺项: blank cells."""

from __future__ import annotations

import polars as pl

from gridaudit.sample.defects.row_defects import (
    ADULT,
    FOLLOWER,
    HOME,
    PRESENT,
    VACANT,
    RowDefect,
)
from gridaudit.sample.papers import RESIDENT

# Foreigners, and people of Hong Kong, Macau and Taiwan, are asked for no ethnic group.
OF_CHINA = PRESENT & (pl.col("paper") == RESIDENT)
# F107 needs somebody new: see coverage.py.
BLANKS = (
    ("F101", "residents", PRESENT, ("姓名",)),
    ("F102", "residents", ADULT, ("身份证号码",)),
    ("F103", "residents", PRESENT, ("性别",)),
    ("F104", "residents", ADULT, ("出生日期",)),
    ("F105", "residents", ADULT, ("联系电话",)),
    ("F106", "residents", PRESENT, ("网格编码",)),
    ("F109", "residents", OF_CHINA, ("民族",)),
    ("F110", "residents", FOLLOWER, ("与户主关系",)),
    ("F111", "residents", PRESENT, ("人口类型",)),
    ("F112", "residents", PRESENT & pl.col("migrant"), ("户籍地址",)),
    ("F201", "houses", HOME, ("网格编码", "网格名称")),
    ("F202", "houses", HOME, ("有无物业",)),
    ("F203", "houses", HOME, ("房屋用途",)),
    ("F204", "houses", HOME, ("居住状态",)),
    ("F206", "houses", HOME & ~pl.col("beside_omitted"), ("房屋地址", "楼栋", "单元", "楼层", "房号")),
    ("F207", "houses", HOME, ("房主姓名",)),
)
# Of these there are few eligible rows: they are planted before all others.
RARE_BLANKS = (
    ("F108", "residents", PRESENT & (pl.col("paper") == "护照"), ("证件类型",)),
    ("F205", "houses", VACANT, ("房屋编码",)),
)


def blank_cells(*, rare: bool) -> list[RowDefect]:
    """The defects of the family."""
    return [
        RowDefect(code, table, eligible, dict.fromkeys(headings, pl.lit("")))
        for code, table, eligible, headings in (RARE_BLANKS if rare else BLANKS)
    ]
