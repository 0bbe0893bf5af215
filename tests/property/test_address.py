"""Whatever way an address is written, the same room is read; and rows do not disturb each other."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from gridaudit.derive.lattice.address import PARTS, parse_addresses

CHINESE = ["", *"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十"]
buildings, units = st.integers(1, 20), st.integers(1, 9)
floors, positions = st.integers(1, 40), st.integers(1, 20)
WAYS = (
    "明珠花园{b}栋{u}单元{f}{p:02}室", "明珠花园{b}幢{u}单元{f}{p:02}", "明珠花园{b}号楼{u}单元{f}{p:02}号",
    "明珠花园{b}#{u}单元{f}{p:02}", "明珠花园{b}-{u}-{f}{p:02}", "明珠花园{b}-{u}-{f}{p:02}号",
    "明珠花园{c}栋{d}单元{f}{p:02}室", "明珠花园{b}栋{u}单元{f:02}{p:02}室",
    "桂花街道杏花社区明珠花园第{b}栋{u}单元{f}楼{p}号", " 明珠花园 {b} 栋 {u} 单元 {f}{p:02} 室",
)  # fmt: skip
homes = st.tuples(buildings, units, floors, positions, st.sampled_from(WAYS))
cells = st.dictionaries(
    st.sampled_from(PARTS), st.none() | st.text("0123456789栋单元室号楼层组村负一ABx-/ ", max_size=12)
)


def frame(rows):
    return pl.DataFrame([{name: row.get(name) for name in PARTS} for row in rows], dict.fromkeys(PARTS, pl.String))


@given(st.lists(homes, min_size=1, max_size=20))
def test_what_is_written_is_read(written):
    texts = [
        way.format(b=building, u=unit, f=floor, p=position, c=CHINESE[building], d=CHINESE[unit])
        for building, unit, floor, position, way in written
    ]
    read = parse_addresses(frame([{"address": text} for text in texts]))
    found = read.select("place", "building_no", "unit_no", "floor_no", "position", "is_lattice_like").rows()
    assert found == [("明珠花园", str(home[0]), str(home[1]), home[2], home[3], True) for home in written]


@given(st.lists(homes, min_size=1, max_size=20))
def test_columns_and_texts_say_the_same(written):
    rows = [
        {"compound": "明珠花园", "building": f"{b}栋", "unit": f"{u}单元", "floor": str(f), "room": f"{f}{p:02}"}
        for b, u, f, p, _ in written
    ]
    read = parse_addresses(frame(rows)).select("building_no", "unit_no", "floor_no", "position").rows()
    assert read == [(str(b), str(u), f, p) for b, u, f, p, _ in written]


@given(st.lists(cells, min_size=1, max_size=8))
def test_anything_can_be_read_and_rows_do_not_disturb_each_other(rows):
    together = parse_addresses(frame(rows))
    assert together.height == len(rows)
    assert together.rows() == [parse_addresses(frame([row])).row(0) for row in rows]
    assert not together.filter("is_lattice_like", pl.col("position").is_null() | pl.col("floor_no").is_null()).height
