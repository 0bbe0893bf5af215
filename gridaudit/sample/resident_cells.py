"""The cells of the residents' workbook: every heading, filled as a collector would.

The typed columns they came from stay beside the cells: headings are Chinese, typed columns
English. A blank cell is an empty text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample import habits
from gridaudit.sample.cases import either
from gridaudit.sample.cells import text_cell, visit_dates
from gridaudit.sample.places import padded

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

HEADINGS = (
    "序号",
    "姓名",
    "证件类型",
    "身份证号码",
    "性别",
    "出生日期",
    "年龄",
    "民族",
    "联系电话",
    "与户主关系",
    "户号",
    "人口类型",
    "户籍地址",
    "婚姻状况",
    "文化程度",
    "政治面貌",
    "职业",
    "工作单位",
    "关爱对象",
    "房屋编码",
    "街道",
    "社区",
    "网格编码",
    "人口状态",
    "死亡日期",
    "采集人",
    "采集日期",
    "更新时间",
)


def resident_cells(draws: Draws, people: pl.DataFrame, homes: pl.DataFrame) -> pl.DataFrame:
    """People with their cells; 序号 and, for the reserve, the columns of the home stay blank."""
    where = homes.select("street", "community", "grid", "collector", "house", "address", home="row")
    people = people.join(where, on="home", how="left", maintain_order="left")
    birth, collected, updated = pl.col("birth"), pl.col("collected"), pl.col("updated")
    people = people.with_columns(visit_dates(draws, "residents")).with_columns(
        collected=pl.max_horizontal("collected", "birth")
    )
    people = people.with_columns(updated=pl.max_horizontal("collected", "updated"))
    migrant_share = either(pl.col("tenure") == "出租", pl.lit(0.75), pl.lit(0.08))
    migrant = (draws.share("migrant", "household") < migrant_share) | habits.FROM_ABROAD
    sex = either("male", "男", "女")
    people = people.with_columns(migrant=migrant).with_columns(
        text_cell("序号", pl.lit("")),
        text_cell("姓名", pl.col("name")),
        text_cell("证件类型", pl.col("paper")),
        text_cell("身份证号码", pl.col("number")),
        text_cell("性别", sex),
        text_cell("出生日期", birth.dt.strftime("%Y-%m-%d")),
        text_cell("年龄", pl.col("age").cast(pl.String)),
        text_cell("民族", pl.col("ethnic")),
        text_cell("联系电话", habits.phone(draws)),
        text_cell("与户主关系", pl.col("relation")),
        text_cell("户号", padded(pl.col("household") + 600_000_000, 9)),
        text_cell("人口类型", either("migrant", "流动人口", "户籍人口")),
        text_cell("户籍地址", habits.hukou(draws)),
        text_cell("婚姻状况", habits.marital(draws)),
        text_cell("文化程度", habits.education(draws)),
        text_cell("政治面貌", habits.politics(draws)),
        text_cell("职业", habits.work(draws)),
        text_cell("工作单位", habits.employer(draws)),
        text_cell("关爱对象", habits.care(draws)),
        text_cell("房屋编码", pl.col("house")),
        text_cell("街道", pl.col("street")),
        text_cell("社区", pl.col("community")),
        text_cell("网格编码", pl.col("grid")),
        text_cell("人口状态", pl.col("status")),
        text_cell("死亡日期", habits.died_on(draws)),
        text_cell("采集人", pl.col("collector")),
        text_cell("采集日期", collected.dt.strftime("%Y-%m-%d")),
        text_cell("更新时间", updated.dt.strftime("%Y-%m-%d")),
        as_number=pl.lit(value=False),
    )
    helpers = ["row", "home", "household", "family", "role", "relation", "male", "birth", "age", "has_id"]
    more = ["present", "migrant", "n_members", "collected", "updated", "as_number", "paper"]
    return people.select(*helpers, *more, pl.col("home").alias("place"), *HEADINGS)
