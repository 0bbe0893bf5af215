"""The cells of the houses' workbook, and how many people live in each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from gridaudit.sample.cases import case, either
from gridaudit.sample.cells import mobile, text_cell, visit_dates
from gridaudit.sample.words import surnames, text

if TYPE_CHECKING:
    from gridaudit.sample.draws import Draws

HEADINGS = (
    "房屋编码",
    "街道",
    "社区",
    "网格编码",
    "网格名称",
    "小区名称",
    "楼栋",
    "单元",
    "楼层",
    "房号",
    "房屋地址",
    "房屋用途",
    "居住状态",
    "有无物业",
    "建筑面积",
    "房主姓名",
    "房主联系电话",
    "居住人数",
    "采集人",
    "采集日期",
    "更新时间",
)


def house_cells(draws: Draws, homes: pl.DataFrame, residents: pl.DataFrame) -> pl.DataFrame:
    """Homes with their cells and n_residents, the present people in them."""
    heads = residents.filter(pl.col("relation") == "户主", pl.col("home").is_not_null())
    heads = heads.select("home", head="姓名", head_phone="联系电话", house_household="户号")
    counts = residents.filter("present").group_by("home").agg(n_residents=pl.len())
    homes = homes.join(heads, left_on="row", right_on="home", how="left", maintain_order="left")
    homes = homes.join(counts, left_on="row", right_on="home", how="left", maintain_order="left")
    homes = homes.with_columns(visit_dates(draws, "houses")).with_columns(
        pl.col("n_residents").fill_null(0).cast(pl.Int64),
        own=pl.col("occupancy") == "自住",
        managed=pl.col("kind") == "managed",
    )
    letters = list(text("given", "male"))
    other = draws.pick("owner", surnames()) + draws.pick("owner given", letters)
    kind = pl.col("kind")
    tenths = case(
        (kind == "shop", draws.between("shop area", 180, 800)),
        (kind == "village", draws.between("village area", 1000, 2600)),
        # Flats above each other are alike.
        default=draws.between("area", 480, 1420, "stack") * pl.col("flats") + draws.between("area within", 0, 19),
    )
    use = either(kind == "shop", "商用", "住宅")
    no_phone = pl.col("head_phone").is_null() | (pl.col("head_phone") == "无")
    has_own = pl.col("own") & ~no_phone
    owner_phone = either(has_own, pl.col("head_phone"), mobile(draws, "owner phone"))
    homes = homes.with_columns(
        text_cell("房屋编码", pl.col("house")),
        text_cell("街道", pl.col("street")),
        text_cell("社区", pl.col("community")),
        text_cell("网格编码", pl.col("grid")),
        text_cell("网格名称", pl.col("grid_name")),
        text_cell("小区名称", pl.col("compound")),
        text_cell("楼栋", pl.col("building")),
        text_cell("单元", pl.col("unit")),
        text_cell("楼层", pl.col("floor")),
        text_cell("房号", pl.col("room")),
        text_cell("房屋地址", pl.col("address")),
        text_cell("房屋用途", use),
        text_cell("居住状态", pl.col("occupancy")),
        text_cell("有无物业", either("managed", "有", "无")),
        text_cell("建筑面积", pl.format("{}.{}", tenths // 10, tenths % 10)),
        text_cell("房主姓名", either("own", pl.col("head"), other)),
        text_cell("房主联系电话", owner_phone),
        text_cell("居住人数", pl.col("n_residents").cast(pl.String)),
        text_cell("采集人", pl.col("collector")),
        text_cell("采集日期", pl.col("collected").dt.strftime("%Y-%m-%d")),
        text_cell("更新时间", pl.col("updated").dt.strftime("%Y-%m-%d")),
    )
    helpers = ["row", "kind", "occupancy", "building", "compound", "unit", "floor", "room", "collected", "updated"]
    helpers += ["shows", "shows_floor", "shows_unit"]
    more = ["n_residents", "house_household", pl.col("row").alias("place")]
    return homes.select(*helpers, *more, *HEADINGS)
