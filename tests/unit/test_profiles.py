"""Layouts of twelve platforms: recognised, mapped, their codes read; and profiles of one's own."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from gridaudit import schema
from gridaudit.derive import Circumstances, derive, load_area_codes
from gridaudit.errors import ConfigError
from gridaudit.normalise import Layouts, find_heading, normalise
from gridaudit.normalise.header import heading_form, map_columns
from gridaudit.normalise.layout import known_headings
from gridaudit.rulebook import builtin_folder
from gridaudit.schema.profile import builtin_profiles, load_profile

LAYOUTS = tomllib.loads(Path(__file__).with_name("layouts.toml").read_text("utf-8"))["layout"]
OF_CASE = {layout["case"]: layout for layout in LAYOUTS}
PLAIN = {True: "是", False: "否", None: ""}
HEAD = '[profile]\nzh = "自己的"\nen = "own"\nsource = "own"\n'


@pytest.fixture
def workbook(tmp_path):
    """Write sheets of cells into a workbook."""

    def build(**sheets):
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        path = tmp_path / "导出.xlsx"
        book.save(path)
        return path

    return build


@pytest.fixture(scope="module")
def derived(extra_codes):
    codes = load_area_codes(builtin_folder(), extra_codes)
    return lambda tables: derive(tables, Circumstances(as_of=date(2026, 9, 1), area_codes=codes))


def read(sheets, **layouts):
    return normalise(sorted(sheets.values(), key=lambda sheet: sheet.order), layouts=Layouts(**layouts))


def plain(series):
    return [
        PLAIN.get(value, str(value)) if value is None or isinstance(value, bool) else str(value) for value in series
    ]


def notes_of(tables):
    return [(note.key, note.params["name"]) for note in tables.sheets[0].notes if "name" in note.params]


@pytest.mark.parametrize("layout", LAYOUTS, ids=OF_CASE)
def test_a_layout_is_recognised_mapped_and_read(workbook, read_all, layout):
    sheets, _ = read_all(workbook(表1=layout["rows"]))
    (sheet,) = sheets.values()
    heading = find_heading(sheet)
    mapping = {name: heading.texts[indexes[0]] for name, indexes in heading.mapping.items()}
    assert heading.table == layout["table"]
    assert heading.layout is not None
    assert (heading.layout.profile.name, heading.layout.is_certain) == (layout["profile"], layout["certain"])
    assert {name: mapping.get(name) for name in layout["mapping"]} == layout["mapping"]
    assert set(layout.get("absent", ())) & set(mapping) == set()
    frame = read(sheets).get(layout["table"])
    assert {name: plain(frame[name]) for name in layout["values"]} == layout["values"]


def test_every_profile_is_covered():
    told = {(layout["profile"], layout["table"]) for layout in LAYOUTS}
    tables = {(name, table) for name, profile in builtin_profiles().items() for table in profile.tables}
    assert tables == told
    assert {case.split()[0] for case in OF_CASE} == {*(f"Y{number}" for number in range(1, 11)), "RuoYi,"}


@pytest.mark.parametrize("table", schema.SHEET_TABLES)
def test_a_signature_belongs_to_one_layout(table):
    layouts = {name: profile.tables[table] for name, profile in builtin_profiles().items() if table in profile.tables}
    counts = Counter(form for layout in layouts.values() for form in known_headings(layout, heading_form))
    shared = [
        (name, text) for name, layout in layouts.items() for text in layout.signature if counts[heading_form(text)] != 1
    ]
    assert shared == []


@pytest.mark.parametrize("name", builtin_profiles())
def test_a_heading_of_a_profile_means_one_thing(name):
    for table, layout in builtin_profiles()[name].tables.items():
        forms = [heading_form(text) for texts in (*layout.columns.values(), layout.others) for text in texts]
        assert [form for form, n in Counter(forms).items() if n > 1] == [], table


def test_a_plain_file_has_no_profile(sheet_of):
    headings = ["姓名", "性别", "身份证号码", "联系电话", "民族", "与户主关系", "婚姻状况", "房屋编码", "网格编码"]
    assert find_heading(sheet_of([headings])).layout is None


def test_codes_of_a_layout_that_is_not_certain_stay_undeclared(sheet_of):
    """Headings of the RuoYi layout without its bookkeeping columns: 1 may be a man."""
    rows = [["姓名", "性别", "身份证号", "创建时间"], ["王小明", "1", "430299199003071239", "2026-01-01"]]
    tables = normalise([sheet_of(rows)])
    assert tables.residents.select("sex", "sex_undeclared").row(0) == (None, True)


def test_a_declared_profile_needs_no_signature(sheet_of):
    rows = [["姓名", "性别", "身份证号"], ["王小明", "0", "430299199003071239"]]
    layouts = Layouts(profiles={"residents": load_profile("ruoyi")})
    tables = normalise([sheet_of(rows)], layouts=layouts)
    assert tables.residents["sex"].to_list() == ["男"]
    assert notes_of(tables) == [("layout_codes", "ruoyi")]


def test_codes_declared_by_the_config(sheet_of):
    rows = [["姓名", "婚姻状况", "文化程度"], ["王小明", "10", "20"], ["唐小雨", "20", "初中"]]
    layouts = Layouts(codes={"residents": {"marital": {"10": "已婚", "20": "未婚"}}})
    tables = normalise([sheet_of(rows)], layouts=layouts)
    assert tables.residents["marital"].to_list() == ["已婚", "未婚"]
    assert tables.residents["education"].to_list() == [None, "初中"]
    assert tables.residents["education_undeclared"].to_list() == [True, False]


def test_one_contested_code_leaves_the_column_unread(sheet_of):
    """20 is 本科 in one system and 专科 in another; the 63 beside it is of the same coding, whichever that is."""
    rows = [["姓名", "文化程度"], ["甲乙", "20"], ["丙丁", "63"], ["戊己", "63-高中"]]
    assert normalise([sheet_of(rows)]).residents["education"].to_list() == [None, None, "普通高中"]
    assert normalise([sheet_of([rows[0], rows[2]])]).residents["education"].to_list() == ["普通高中"]


def test_columns_of_bare_codes_are_named_once(sheet_of):
    rows = [["姓名", "文化程度", "婚姻状况", "性别"], *([f"甲{index}", "20", "已婚", "1"] for index in "乙丙丁")]
    (info,) = normalise([sheet_of(rows)]).sheets
    assert [(note.key, note.params["columns_en"]) for note in info.notes] == [("undeclared_codes", "education")]


def test_code_and_label_in_one_cell(sheet_of):
    rows = [["姓名", "文化程度", "社区"], ["王小明", "20-大学专科", "430299001001-杏花社区"]]
    assert normalise([sheet_of(rows)]).residents["education"].to_list() == ["大学专科"]


def test_a_code_sheet_beside_is_not_read(workbook, read_all):
    people = OF_CASE["Y3 import template"]["rows"]
    codes = [
        ["代码", "名称"],
        *([f"4302990010{index:02}", f"4302990010{index:02}-杏花{index}社区"] for index in range(30)),
    ]
    tables = read(read_all(workbook(导入模板=people, 代码=codes))[0])
    assert [(info.sheet, info.n_rows) for info in tables.sheets] == [("导入模板", 2)]
    assert [(note.key, note.params["sheet"]) for note in tables.skipped] == [("not_a_table", "代码")]


@pytest.mark.parametrize(
    "headings",
    [
        ["小区编码", "小区名称", "楼栋名称", "层数", "单元数", "楼栋户数", "楼栋人数", "楼栋长"],
        ["楼栋编码", "小区名称", "楼栋名称", "详细地址", "层数", "单元数", "楼栋户数"],
        ["公民身份号码", "姓名", "性别", "小区名称", "楼栋名称", "单元数", "楼栋户数"],
    ],
)
def test_a_list_of_buildings_is_not_taken_for_homes_or_people(sheet_of, headings):
    heading = find_heading(sheet_of([headings]))
    assert (heading.table, heading.of_buildings) == (None, True)


def test_a_list_of_buildings_is_named(sheet_of):
    buildings = [["小区名称", "详细地址", "层数", "楼栋户数"], ["樟树园", "芦苇路1号", "6", "24"]]
    people = [["姓名", "身份证号"], ["王小明", "1"]]
    tables = normalise([sheet_of(people), sheet_of(buildings, name="楼栋", order=1)])
    assert tables.houses is None
    assert [(note.key, note.params["sheet"]) for note in tables.skipped] == [("buildings", "楼栋")]


def test_homes_that_tell_of_their_building_stay_homes(sheet_of):
    headings = ["房屋编码", "楼栋", "单元", "房号", "总层数", "单元数", "居住状态"]
    assert find_heading(sheet_of([headings])).table == "houses"


def test_a_number_of_homes_is_no_household_number(sheet_of):
    heading = find_heading(sheet_of([["姓名", "身份证号", "户数"]]))
    assert (heading.table, sorted(heading.mapping)) == ("residents", ["id_no", "name"])


def test_a_profile_of_ones_own(tmp_path, sheet_of):
    (tmp_path / "own.toml").write_text(
        HEAD
        + '[residents.columns]\nname = "称呼"\nid_no = ["证"]\n[residents.codes.sex]\n"男" = [7]\n"未知" = ["8"]\n',
        "utf-8",
    )
    profile = load_profile("own.toml", base=tmp_path)
    rows = [["称呼", "证", "性别"], ["王小明", "430299199003071239", "7"], ["唐小雨", "430299199105122345", "8"]]
    tables = normalise([sheet_of(rows)], layouts=Layouts(profiles={"residents": profile}))
    assert tables.residents.select("name", "sex", "sex_text").rows() == [("王小明", "男", "7"), ("唐小雨", None, None)]


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("[residents", "E232", "TOML"),
        ('[residents.columns]\nname = "a"\n', "E232", "profile"),
        (HEAD + "[people]\n", "E232", "people"),
        (HEAD + "[residents]\nheadings = []\n", "E232", "residents.headings"),
        (HEAD + '[residents.columns]\nnmae = "a"\n', "E232", "residents.nmae"),
        (HEAD + '[residents.codes.sex]\n"先生" = ["1"]\n', "E232", "residents.codes.sex.先生"),
        (HEAD + '[residents.codes.sex]\n"男" = "1"\n', "E232", "residents.codes.sex.男"),
        (HEAD + '[residents.codes.name]\n"男" = ["1"]\n', "E232", "residents.codes.name"),
    ],
)
def test_a_profile_that_cannot_be_used(tmp_path, text, code, key):
    (tmp_path / "own.toml").write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=code) as caught:
        load_profile("own.toml", base=tmp_path)
    assert caught.value.params["key"] == key


@pytest.mark.parametrize("name", ["ruoyee", "nowhere.toml"])
def test_no_such_profile_names_those_there_are(tmp_path, name):
    with pytest.raises(ConfigError, match="E231") as caught:
        load_profile(name, base=tmp_path)
    assert "ruoyi" in caught.value.near


def people(code_of_men, n=60):
    """Men and women of one coding, 0 and 1, as rows of a sheet; a man's number has an odd order."""
    digits = [f"430299{1950 + index}0307{index:02}{index % 2}" for index in range(n)]
    ids = [number + mod_11_2.calc_check_digit(number) for number in digits]
    return [["甲乙", code_of_men if index % 2 else str(1 - int(code_of_men)), ids[index]] for index in range(n)]


@pytest.mark.parametrize(
    ("profile", "is_reversed", "men"), [("ruoyi", False, "男"), ("gbt31000", True, None), (None, True, "男")]
)
def test_the_declared_coding_of_the_sex_is_held_against_the_numbers(sheet_of, derived, profile, is_reversed, men):
    """0 is a man here: right for RuoYi, nothing in GB, where 1 would be one; told by the numbers without a profile."""
    rows = [["姓名", "性别", "身份证号"], *people("0")]
    profiles = {"residents": load_profile(profile)} if profile else {}
    facts = derived(normalise([sheet_of(rows)], layouts=Layouts(profiles=profiles)))
    assert facts.files["sex_coding_reversed"].to_list() == [is_reversed]
    assert facts.residents.filter(facts.residents["id_sex"] == "男")["sex"].unique().to_list() == [men]


@given(st.sampled_from(sorted(builtin_profiles())), st.data())
def test_a_declared_layout_never_reads_what_it_leaves_unread(name, data):
    profile = builtin_profiles()[name]
    table = data.draw(st.sampled_from(sorted(profile.tables)))
    layout = profile.tables[table]
    every = [text for texts in (*layout.columns.values(), layout.others) for text in texts]
    texts = tuple(data.draw(st.lists(st.sampled_from(every), unique=True)))
    mapping = map_columns(texts, table, {}, layout)
    used = [index for indexes in mapping.values() for index in indexes]
    assert len(used) == len(set(used))
    assert {texts[index] for index in used} & set(layout.others) == set()
    for column, indexes in mapping.items():
        assert {texts[index] for index in indexes} <= set(layout.columns[column])
