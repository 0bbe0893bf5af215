"""Columns for places, collectors and house codes, and headings: what of them may be shown."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from gridaudit.config import load_config
from gridaudit.derive.keys import even
from gridaudit.derive.rounds.kept import house_code
from gridaudit.judge.mask import masked
from gridaudit.pipeline import audit
from gridaudit.schema.headings import shown_heading, shown_headings

SAMPLES = Path(__file__).parents[2] / "samples"
ROSTER = [
    {"street": "樟树街道", "community": "长亭社区", "grid": "G1", "grid_name": "柳荫", "collector": "王采集"},
    {"street": "樟树街道", "community": "长亭社区", "grid": "G2", "grid_name": "第二网格", "collector": "周采集"},
]


def houses(n, **columns):
    return [{"house_id": f"H{number}", "address": f"a{number}", **columns} for number in range(n)]


@pytest.fixture(scope="module")
def areas_of(facts_of):
    def look(rows, roster=None):
        facts = facts_of(houses=rows, **({"grids": roster} if roster else {}))
        return facts.houses.select("area_street", "area_community", "area_grid").row(0)

    return look


@pytest.mark.parametrize(
    "written",
    [
        *("欧阳密探", "张三", "张三丰", "Zhang San", "阿迪力·买买提", "E87651234", "0731-28001234", "073128001234"),
        *("张三123456", "43029919851123678", "4302991985112367845", "430299198511236784X", "8613876509412"),
        *("13876509412张三", "户88776655号"),
    ],
)
@pytest.mark.parametrize("roster", [None, ROSTER])
def test_a_rare_word_that_is_no_place_is_hidden(areas_of, written, roster):
    shown = areas_of(houses(4, street=written, community=written, grid=written), roster)
    assert not any(set(written[:2]) <= set(word) for word in shown)
    assert all("***" in word for word in shown)


@pytest.mark.parametrize(
    "written",
    [
        *("望江街道", "白沙镇", "杏花社区", "泉塘村", "第一网格", "杏花03网格", "杏花网格03", "三组", "东街", "幸福路"),
        *("机关大院", "南区", "甲", "湖畔小区3栋", "长亭社区居民委员会"),
        *("430299001001001", "43029900100100201234", "G1", "A-03", "0101", "WG", "5060802"),
    ],
)
def test_a_place_is_shown_however_rare(areas_of, written):
    assert areas_of(houses(1, street=written, community=written, grid=written)) == (written,) * 3


def test_a_frequent_word_is_a_place(areas_of):
    assert areas_of(houses(5, street="松风", community="松涛", grid="听雨"))[:3] == ("松风", "松涛", "听雨")
    assert areas_of(houses(4, street="松风", community="松涛", grid="听雨"))[:3] == ("***",) * 3


@pytest.mark.parametrize("written", ["柳荫", " 柳荫 "])
def test_a_word_of_the_roster_is_a_place(areas_of, written):
    assert areas_of(houses(1, street="樟树", community="长亭", grid_name=written), ROSTER)[2] == "G1"


def test_what_a_house_shows_its_residents_show(facts_of):
    homes = houses(5, grid="听雨")
    people = [{"name": "张三", "id_no": None, "house_id": None, "grid": "听雨"}]
    assert facts_of(houses=homes, residents=people).residents["area_grid"].to_list() == ["听雨"]


def test_a_rare_collector_is_shown_only_when_the_roster_lists_it(facts_of):
    rows = [*houses(5, collector="周采集"), *houses(1, collector="欧阳密探"), *houses(1, collector="王采集")]
    shown = facts_of(houses=rows, grids=ROSTER).houses["collector"].unique().to_list()
    assert set(shown) == {"周采集", "王采集", "***"}
    shown = facts_of(houses=rows).houses["collector"].unique().to_list()
    assert set(shown) == {"周采集", "***"}


def test_a_number_in_the_roster_is_hidden(facts_of):
    roster = [{"street": "樟树街道", "community": "长亭社区", "grid": "第一网格 13876509412", "collector": "王采集"}]
    facts = facts_of(houses=houses(1, grid="第一网格 13876509412"), grids=roster)
    assert facts.grids["area_grid"].to_list() == ["第一网格 ***"]
    assert facts.houses["area_grid"].to_list() == ["第一网格 ***"]


def test_no_place_of_the_sample_is_hidden():
    started_at = datetime(2026, 9, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    outcome = audit(
        sorted(SAMPLES.glob("*.xlsx")), config=load_config(SAMPLES / "gridaudit.toml"), as_of=started_at.date(),
        started_at=started_at, run_id="r", secret=b"x",
    )  # fmt: skip
    names = outcome.card.areas.select("street", "community", "grid", "grid_name", "collector")
    assert [name for column in names for name in column.drop_nulls() if "***" in name] == []


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("H1", "H1"),
        ("430299001001002000001", "430299001001002000001"),
        ("FW00000123", "FW00000123"),
        ("430299198511236784", None),
        ("43029919851123678", None),
        ("H_13876509412", None),
        ("430299198511236784A", None),
        ("E87651234", None),
        ("ZhangSan", None),
        ("张三", None),
        ("样例路1号", None),
    ],
)
def test_a_house_code_that_could_be_somebody_is_not_shown(code, shown):
    assert house_code(pl.Series([code])).to_list() == [shown]


@pytest.mark.parametrize(
    "field", ["nobody_knows_this", "address", "work", "religion", "key_group", "household_no", "age"]
)
def test_a_field_of_no_known_kind_is_masked_whole(field):
    cells = pl.Series(["张三", "430299199003071239", "13900000000", None])
    assert masked(cells, field).to_list() == ["***", "***", "***", None]


def test_a_heading_without_its_numbers():
    assert shown_heading("身份证号(430299198511236784)") == "身份证号(***)"
    assert shown_heading("联系电话１３８７６５０９４１２") == "联系电话***"
    assert shown_heading("2026年9月") == "2026年9月"
    assert shown_heading("某" * 40) == "某" * 24 + ".."


@pytest.mark.parametrize(
    ("row", "n_known", "is_hidden"),
    [
        (["居民名字", "证件代号", "电邮"], 0, False),
        (["张三", "男", "湖畔路"], 0, True),
        (["张三", "1990-03-07"], 0, True),
        (["张三", "19900307"], 0, True),
        (["是否党员", "配偶"], 2, True),
        (["是否党员", "配偶"], 12, False),
    ],
)
def test_a_row_that_looks_like_data_is_hidden_whole(row, n_known, is_hidden):
    shown = shown_headings(row, n_known=n_known)
    assert (shown == ["***"] * len(row)) is is_hidden


def test_evening_out_leaves_the_column_it_was_given():
    column = pl.Series("name", ["杏 花", "G1"])
    assert even(column).to_list() == ["杏花", "G1"]
    assert column.to_list() == ["杏 花", "G1"]
