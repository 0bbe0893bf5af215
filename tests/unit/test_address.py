"""Addresses taken apart: building, unit, floor and position, from columns and from texts."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit.derive.lattice.address import PARTS, parse_addresses


def parsed(**cells):
    frame = pl.DataFrame({name: [cells.get(name)] for name in PARTS}, schema=dict.fromkeys(PARTS, pl.String))
    return parse_addresses(frame).row(0, named=True)


def place_of(row):
    return row["building_no"], row["unit_no"], row["floor_no"], row["position"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("佳和国小区24号楼2单元602", ("24", "2", 6, 2)),
        ("新安中里5-1-101号", ("5", "1", 1, 1)),
        ("雅豪苑6栋3单元301号", ("6", "3", 3, 1)),
        ("3栋2单元501室", ("3", "2", 5, 1)),
        ("3幢2单元501", ("3", "2", 5, 1)),
        ("３栋２单元５０１室", ("3", "2", 5, 1)),
        ("3#1203", ("3", None, 12, 3)),
        ("A座1203室", ("A", None, 12, 3)),
        ("甲栋501", ("甲", None, 5, 1)),
        ("十二栋二单元0501", ("12", "2", 5, 1)),
        ("二十三栋101", ("23", None, 1, 1)),
        ("5-1-101", ("5", "1", 1, 1)),
        ("3-501", ("3", None, 5, 1)),
        ("3栋12A03", ("3", None, 13, 3)),
        ("3栋3A02室", ("3", None, 4, 2)),
        ("3栋负一楼03", ("3", None, -1, 3)),
        ("3栋B101", ("3", None, -1, 1)),
        ("3栋2单元5楼2号", ("3", "2", 5, 2)),
        ("3栋501-1", ("3", None, 5, 1)),
        ("3栋502A室", ("3", None, 5, 2)),
        ("中山路12号501室", (None, None, 5, 1)),
        ("兴业大厦1203", (None, None, 12, 3)),
        ("三栋二单元五〇一", ("3", "2", 5, 1)),
        ("3栋2单元五零一室", ("3", "2", 5, 1)),
        ("3栋2单元一二〇三室", ("3", "2", 12, 3)),
        ("3栋2单元5O1", ("3", "2", 5, 1)),
        ("3幢东单元301", ("3", "东", 3, 1)),
        ("3幢东门301", ("3", "东", 3, 1)),
        ("3栋西头301", ("3", "西", 3, 1)),
        ("3号楼2门501", ("3", "2", 5, 1)),
        ("3栋2号门501", ("3", "2", 5, 1)),
        ("3栋2梯501", ("3", "2", 5, 1)),
        ("3栋2号楼梯501", ("3", "2", 5, 1)),
        ("3栋2单501", ("3", "2", 5, 1)),
        ("3栋2单元501室(出租)", ("3", "2", 5, 1)),
        ("3栋2单元501室（张宅）", ("3", "2", 5, 1)),
        ("3栋2单元501室内", ("3", "2", 5, 1)),
        ("3栋2单元501室-1", ("3", "2", 5, 1)),
        ("3栋2单元5楼左", ("3", "2", 5, 1)),
        ("3栋2单元五楼右边", ("3", "2", 5, 2)),
        ("3栋2单元5楼西户", ("3", "2", 5, 2)),
        ("3栋2单元5-1", ("3", "2", 5, 1)),
        ("3栋2单元5-01室", ("3", "2", 5, 1)),
        ("3栋2门5-1", ("3", "2", 5, 1)),
        ("3栋2单元5F-02", ("3", "2", 5, 2)),
        ("3栋2单元5B", ("3", "2", 5, 2)),
        ("3栋2单元5楼B", ("3", "2", 5, 2)),
        ("3/2/501", ("3", "2", 5, 1)),
        ("3.2.501室", ("3", "2", 5, 1)),
        ("3、2、501", ("3", "2", 5, 1)),
        ("3栋A202", ("3", "A", 2, 2)),
        ("3栋B502", ("3", "B", 5, 2)),
        ("3栋2单元负一楼101室", ("3", "2", -1, 1)),
        ("3栋2单元地下室101", ("3", "2", -1, 1)),
    ],
)
def test_texts_that_name_a_room(address, expected):
    row = parsed(address=address, compound="明珠花园")
    assert place_of(row) == expected
    assert row["is_lattice_like"]


@pytest.mark.parametrize(
    "address",
    [
        "桐山村5组12号", "桐山村5组123号", "某某路12号", "某某路301号", "建设路1205号", "滨江路103号门面", "门面3",
        "3栋", "3栋顶楼", "临江村", "3栋500", "", None, "桐山村5组12号(出租)", "桐山村五组一二三号", "中山路三〇二号",
        "中山路12号东头", "中山路西门302", "中山路2门301", "东门301号", "中山路3楼左", "桐山村东头", "3栋A5",
        "3-5B", "桐山村5组3B", "3栋2单元51", "2栋2单元东户", "2栋2单元501室(502室打通)",
    ],
)  # fmt: skip
def test_texts_that_name_none(address):
    assert not parsed(address=address)["is_lattice_like"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"building": "3栋", "unit": "2单元", "floor": "5", "room": "501"}, ("3", "2", 5, 1)),
        ({"building": "03", "unit": "无", "floor": "5层", "room": "02"}, ("3", None, 5, 2)),
        ({"building": "十二栋", "unit": "二单元", "room": "0501室"}, ("12", "2", 5, 1)),
        ({"building": "3栋2单元", "room": "501"}, ("3", "2", 5, 1)),
        ({"compound": "明珠花园", "room": "3-2-501"}, ("3", "2", 5, 1)),
        ({"building": "3", "room": "2-501"}, ("3", "2", 5, 1)),
        ({"building": "综合楼", "room": "301"}, ("综合", None, 3, 1)),
        ({"building": "3", "floor": "-1", "room": "02"}, ("3", None, -1, 2)),
        ({"building": "3.0", "unit": "2.0", "floor": "5.0", "room": "502.0"}, ("3", "2", 5, 2)),
        ({"building": "3", "unit": "2", "floor": "5", "room": "左"}, ("3", "2", 5, 1)),
        ({"building": "3", "unit": "2", "floor": "5", "room": "西户"}, ("3", "2", 5, 2)),
        ({"building": "3", "unit": "2", "floor": "5", "room": "B"}, ("3", "2", 5, 2)),
        ({"building": "3", "unit": "2", "floor": "5", "room": "5B"}, ("3", "2", 5, 2)),
        ({"building": "3", "unit": "2", "room": "5楼右"}, ("3", "2", 5, 2)),
        ({"building": "3", "unit": "2", "room": "5-01"}, ("3", "2", 5, 1)),
        ({"building": "3", "unit": "2号门", "room": "三〇二室"}, ("3", "2", 3, 2)),
        ({"building": "3", "unit": "东头", "room": "302(出租)"}, ("3", "东", 3, 2)),
        ({"building": "3", "room": "A202"}, ("3", "A", 2, 2)),
        ({"building": "3", "floor": "2", "room": "B202"}, ("3", "B", 2, 2)),
        ({"building": "3", "room": "B202"}, ("3", None, -2, 2)),
        ({"building": "3", "floor": "-1", "room": "101"}, ("3", None, -1, 1)),
        # The number of the room decides: the column may count the floors that are there.
        ({"building": "3", "floor": "4", "room": "501"}, ("3", None, 5, 1)),
        # Columns win over the text, which fills what they leave open.
        ({"building": "3栋", "room": "501", "address": "明珠花园3栋2单元502室"}, ("3", "2", 5, 1)),
        ({"building": "3栋", "room": "501", "address": "明珠花园4栋2单元502室"}, ("3", None, 5, 1)),
    ],
)
def test_columns(cells, expected):
    assert place_of(parsed(**cells)) == expected


def test_of_a_room_that_cannot_be_read_the_building_is_told():
    row = parsed(address="望江街道港口社区明珠花园3幢2单元张宅")
    assert (row["place"], row["building_no"], row["position"]) == ("明珠花园", "3", None)
    # A room in its own column is not put into a building whose text says more than was understood.
    assert not parsed(room="501", address="明珠花园3幢2单元张宅")["is_lattice_like"]


def test_a_wing_alone_names_no_building():
    assert not parsed(room="A202", address="中山路12号")["is_lattice_like"]


def test_a_number_alone_is_no_room_of_a_building():
    assert not parsed(room="501")["is_lattice_like"]


@pytest.mark.parametrize(
    ("room", "last"),
    [
        ("601-602", (6, 2)), ("601/602", (6, 2)), ("601、602室", (6, 2)), ("601+602", (6, 2)), ("601-02", (6, 2)),
        ("601/701", (7, 1)), ("601", (6, 1)), ("601-1", (6, 1)), ("601-801", (6, 1)), ("602-601", (6, 2)),
    ],
)  # fmt: skip
def test_one_home_on_several_positions(room, last):
    row = parsed(building="3", room=room)
    assert (row["last_floor"], row["last_position"]) == last


def test_the_place_is_the_compound_or_what_goes_before_the_building():
    assert parsed(address="望江街道港口社区明珠花园3幢2单元601")["place"] == "明珠花园"
    assert parsed(compound="明珠小区", building="3", room="601")["place"] == "明珠"
    assert parsed(address="中山路12号501室")["place"] == "中山路12号"
