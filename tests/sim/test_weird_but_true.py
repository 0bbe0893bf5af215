"""Homes that look odd and are right: nobody is accused, alone or all together."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest

HOMES = tomllib.loads((Path(__file__).parents[1] / "data" / "weird-but-true.toml").read_text("utf-8"))["home"]
GRID = {"street": "樟树街道", "community": "长亭社区", "grid": "430299001001001"}
HOUSE = {"use": "住宅", "occupancy": "自住", "managed": "有", "area_m2": "120", **GRID}
PERSON = {"id_type": "居民身份证", "ethnic": "汉族", "pop_type": "户籍人口", "status": "在住", **GRID}


def tables_of(number, home, make_id):
    """The rows of a home: houses and residents."""
    codes = {"A": f"H{number:03}A", "B": f"H{number:03}B"}
    people = []
    for place, (name, relation, sex, born, *more) in enumerate(home["people"]):
        own = dict(more[0]) if more else {}
        order = f"{number * 4 % 900 + place * 2 + (sex == '男'):03}"
        area = own.pop("area", "430299")
        row = PERSON | {
            "name": name, "relation": relation, "sex": sex, "birth_date": born,
            "id_no": make_id(area=area, born=born.replace("-", ""), order=order),
            "phone": f"199{number:04}{place:04}", "household_no": f"6{number:07}",
            "house_id": codes[own.pop("home", "A")],
        }  # fmt: skip
        people.append({key: value or None for key, value in (row | own).items()})
    first = {"house_id": codes["A"], "address": f"长亭路{number}号", "owner_name": home["people"][0][0]}
    houses = [HOUSE | first | home.get("house", {})]
    if "second" in home:
        houses.append(HOUSE | {"house_id": codes["B"], "address": f"长亭路{number}号之二"} | home["second"])
    return [{key: value or None for key, value in house.items()} for house in houses], people


def said(findings, levels):
    """Codes by the number of the home."""
    rows = findings.rows.filter(pl.col("level").is_in(levels), pl.col("house").is_not_null())
    result = defaultdict(list)
    for house, code in rows.select("house", "rule").sort("house", "rule").rows():
        result[int(house[1:4])].append(code)
    return {number: sorted(set(codes)) for number, codes in result.items()}


def test_there_are_many():
    assert len(HOMES) >= 60
    assert len({home["zh"] for home in HOMES}) == len(HOMES) == len({home["en"] for home in HOMES})


@pytest.mark.parametrize("number", range(len(HOMES)), ids=[home["en"] for home in HOMES])
def test_a_home_by_itself(number, findings_of, make_id):
    home = HOMES[number]
    houses, residents = tables_of(number, home, make_id)
    findings = findings_of(houses=houses, residents=residents)
    assert said(findings, ["error", "warning"]).get(number, []) == home.get("right", [])
    assert said(findings, ["info"]).get(number, []) == home.get("info", [])
    assert findings.rows.filter(pl.col("house").is_null(), pl.col("level") != "info").rows() == []


def test_all_together(findings_of, make_id):
    tables = [tables_of(number, home, make_id) for number, home in enumerate(HOMES)]
    findings = findings_of(
        houses=[house for houses, _ in tables for house in houses],
        residents=[person for _, people in tables for person in people],
    )
    right = {number: home["right"] for number, home in enumerate(HOMES) if home.get("right")}
    assert said(findings, ["error", "warning"]) == right
    assert findings.rows.filter(pl.col("house").is_null(), pl.col("level") != "info").rows() == []
