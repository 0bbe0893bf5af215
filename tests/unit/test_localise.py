"""Which cell to look at first, seen in the findings."""

from __future__ import annotations

import polars as pl
import pytest

HOME = {"house_id": "H1", "household_no": "600000001"}
HEAD = {"name": "王建国", "relation": "户主", "sex": "男", "birth_date": "1980-05-01", **HOME}
SON = {"name": "王小明", "relation": "子", "sex": "男", "birth_date": "2008-06-01", **HOME}


@pytest.fixture
def said(findings_of):
    """What the findings of families I and L say: rule, row, field, message."""

    def build(*residents, lang="zh"):
        rows = findings_of(residents=list(residents), lang=lang).rows
        shown = rows.filter(pl.col("family").is_in(["I", "L"]), pl.col("level") != "info")
        return shown.select("rule", "row", "field", "message").rows()

    return build


def test_one_contradiction_says_what_its_rule_says(said):
    assert said(HEAD, SON | {"relation": "女"}) == [("L114", 3, "relation", "性别与称谓矛盾")]


def test_a_wrong_sex_against_number_and_relation(said, make_id):
    person = SON | {"sex": "女", "id_no": make_id(born="20080601", order="123")}
    assert said(HEAD, person) == [
        ("I110", 3, "sex", "性别与身份证号不一致；先看：性别"),
        ("L114", 3, "sex", "性别与称谓矛盾；先看：性别"),
    ]


def test_somebody_elses_number(said, make_id):
    """Born 1951 and male by the number, a girl of 2008 by every other cell."""
    person = SON | {"relation": "女", "sex": "女", "age": "18", "id_no": make_id(born="19510601", order="123")}
    found = said(HEAD, person, lang="en")
    assert [(rule, field) for rule, _, field, _ in found] == [
        ("I109", "id_no"), ("I110", "id_no"), ("I115", "id_no"), ("L105", "id_no"),
    ]  # fmt: skip
    assert found[0][3] == "The birth date differs from the ID number; look first at: ID number"


def test_a_wrong_birth_date_of_the_head_is_found_among_the_children(said):
    children = [SON | {"name": f"王{n}", "birth_date": f"20{n}-06-01"} for n in (11, 14, 17)]
    found = said(HEAD | {"birth_date": "2008-05-01"}, *children)
    assert {(rule, field) for rule, _, field, _ in found} == {("L104", "relation")}
    assert {message.partition("；")[2] for *_, message in found} == {"先看：出生日期（第2行）"}


def test_ties_show_both(said, make_id):
    person = HEAD | {"age": "46", "id_no": make_id(born="19700501")}
    assert [(rule, message.partition("；")[2]) for rule, _, _, message in said(person)] == [
        ("I109", "先看：出生日期或身份证号"), ("I115", "先看：年龄或身份证号"),
    ]  # fmt: skip


def test_a_son_recorded_as_the_spouse(said):
    found = said(HEAD, SON | {"relation": "配偶", "birth_date": "2015-06-01", "marital": "已婚"})
    assert [(rule, field) for rule, _, field, _ in found] == [
        ("L110", "relation"), ("L112", "relation"), ("L132", "birth_date"),
    ]  # fmt: skip


def test_masks_follow_the_cell(findings_of, make_id):
    person = SON | {"relation": "女", "sex": "女", "age": "18", "id_no": make_id(born="19510601", order="123")}
    rows = findings_of(residents=[HEAD, person]).rows.filter(pl.col("rule") == "I110")
    assert rows.select("field", "column", "masked").rows() == [("id_no", "id_no", "4***************30")]


def test_order_of_rows_does_not_matter(findings_of, make_id):
    wrong = SON | {"sex": "女", "id_no": make_id(born="20080601", order="123")}
    people = [HEAD, wrong, SON | {"name": "王二", "birth_date": "1990-06-01"}]
    seen = [
        sorted(findings_of(residents=order).rows.select("rule", "key", "field").rows())
        for order in (people, people[::-1])
    ]
    assert seen[0] == seen[1]
