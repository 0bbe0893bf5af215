"""The sample district: the same every time, clean where it says so, wrong only where planted."""

from __future__ import annotations

import csv
from hashlib import sha256

import polars as pl
import pytest
from openpyxl import load_workbook
from stdnum.iso7064 import mod_11_2

from gridaudit.sample import DEFAULT_RATES, write_sample

RESIDENTS, HOUSES = "实有人口_20260901.xlsx", "实有房屋_20260901.xlsx"


def rows_of(folder, name):
    """Rows of a workbook by the row numbers a person sees, blank cells as empty text."""
    sheet = load_workbook(folder / name).worksheets[0]
    _title, heading, *rows = sheet.iter_rows(values_only=True)
    names = [str(cell).rstrip("*") for cell in heading]
    return {
        number: {name: "" if cell is None else str(cell) for name, cell in zip(names, row, strict=True)}
        for number, row in enumerate(rows, start=3)
    }


def truth_of(folder):
    with (folder / "truth.csv").open(encoding="utf-8-sig", newline="") as file:
        return [{**row, "row": int(row["row"]) if row["row"] else None} for row in csv.DictReader(file)]


def hashes(folder):
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    return write_sample(folder, households=300, seed=3, rates={})


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    return write_sample(folder, households=300, seed=3, rates=DEFAULT_RATES)


def test_same_arguments_give_the_same_bytes(planted, tmp_path):
    again = write_sample(tmp_path, households=300, seed=3, rates=DEFAULT_RATES)
    assert hashes(again.folder) == hashes(planted.folder)
    assert set(again.files) == set(hashes(planted.folder))
    other = write_sample(tmp_path / "other", households=300, seed=4, rates={})
    assert hashes(other.folder) != hashes(planted.folder)


def test_a_clean_district_has_no_defect(clean):
    residents, houses = rows_of(clean.folder, RESIDENTS), rows_of(clean.folder, HOUSES)
    assert (len(houses), len(residents)) == (300, clean.n_residents) == (clean.n_houses, len(residents))
    assert truth_of(clean.folder) == []
    numbers = [row["身份证号码"] for row in residents.values() if row["证件类型"] == "居民身份证"]
    assert all(number.startswith("430299") and mod_11_2.is_valid(number) for number in numbers)
    assert len(set(numbers)) == len(numbers)
    for row in residents.values():
        if row["证件类型"] == "居民身份证":
            number = row["身份证号码"]
            assert row["出生日期"].replace("-", "") == number[6:14]
            assert row["性别"] == ("男" if int(number[16]) % 2 else "女")
    living = pl.Series([r["房屋编码"] for r in residents.values() if r["人口状态"] == "在住"])
    counts = dict(living.value_counts().iter_rows())
    for house in houses.values():
        here = counts.pop(house["房屋编码"], 0)
        assert house["居住人数"] == str(here)
        assert (here > 0) == (house["居住状态"] in {"自住", "出租"})
    assert counts == {}
    assert len({house["房屋地址"] for house in houses.values()}) == len(houses)


def test_every_defect_is_planted_once_a_row(planted):
    truth = truth_of(planted.folder)
    assert set(planted.planted) == set(DEFAULT_RATES)
    places = [(mark["table"], mark["row"] or mark["subject"]) for mark in truth]
    assert len(places) == len(set(places))
    flagged = [mark["rule"] for mark in truth if mark["role"] == "flagged"]
    assert {code: flagged.count(code) for code in set(flagged)} == planted.planted


def test_the_list_points_at_the_defects(planted):
    tables = {
        "residents": rows_of(planted.folder, RESIDENTS),
        "houses": rows_of(planted.folder, HOUSES),
    }
    blank = {"F101": "姓名", "F102": "身份证号码", "F105": "联系电话", "F207": "房主姓名"}
    for mark in truth_of(planted.folder):
        if mark["table"] == "grids":
            continue
        if mark["row"] is None:
            assert mark["rule"] == "C104"
            grid, compound, building, unit, room = mark["subject"].split("/")
            homes = tables["houses"].values()
            assert any(home["网格编码"] == grid and home["小区名称"] == compound for home in homes)
            assert not any(
                (home["小区名称"], home["楼栋"], home["房号"]) == (compound, building, room) for home in homes
            )
            assert unit.endswith("单元")
            continue
        row = tables[mark["table"]][mark["row"]]
        if mark["rule"] in blank:
            assert row[blank[mark["rule"]]] == ""
        if mark["rule"] == "I103":
            assert len(row["身份证号码"]) == 18
            assert not mod_11_2.is_valid(row["身份证号码"])
        if mark["rule"] == "C102":
            codes = {person["房屋编码"] for person in tables["residents"].values()}
            assert row["房屋编码"] not in codes
        if mark["rule"] in {"I107", "I108", "I112"}:
            assert mod_11_2.is_valid(row["身份证号码"].strip().upper())


def test_number_cells_are_planted_as_numbers(planted):
    sheet = load_workbook(planted.folder / RESIDENTS).worksheets[0]
    number_cells = [row for row in range(3, sheet.max_row + 1) if not isinstance(sheet.cell(row, 4).value, str | None)]
    expected = [mark["row"] for mark in truth_of(planted.folder) if mark["rule"] == "I113"]
    assert number_cells == expected


def test_an_unknown_defect_is_refused(tmp_path):
    with pytest.raises(ValueError, match="nearest: I1"):
        write_sample(tmp_path, households=300, seed=1, rates={"I130": 0.1})
