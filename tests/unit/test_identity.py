"""The ID number: right numbers are never called wrong, and one cause gives one finding."""

from __future__ import annotations

import pytest

BASE = {"name": "王小明", "house_id": "0101"}


@pytest.fixture(scope="module")
def serious(findings_of):
    """Codes of the errors and warnings about identity, duplicates and values, sorted."""

    def judged(*residents, families="IDV", **tables):
        rows = findings_of(residents=[BASE | resident for resident in residents], **tables).rows
        rows = rows.filter(rows["level"].is_in(["error", "warning"]) & rows["family"].is_in(list(families)))
        return sorted(rows["rule"].to_list())

    return judged


@pytest.mark.parametrize("year", range(1920, 2026, 5))
def test_lusong_before_and_after_its_code_existed(serious, make_id, year):
    assert serious({"id_no": make_id("430203", f"{year}0612")}) == []


@pytest.mark.parametrize(
    ("area", "born"),
    [
        ("430281", "19600101"),
        ("430212", "19700630"),
        ("430219", "19500101"),
        ("430222", "19900101"),
        ("432123", "19950101"),
        ("430221", "20210101"),
        ("330113", "19851103"),
        ("330114", "20220105"),
        ("653132", "20260301"),
        ("659013", "19900101"),
        ("500157", "19700101"),
        ("332522", "19950101"),
        ("342401", "20010101"),
        ("622821", "20020101"),
        ("440401", "19580101"),
        ("321119", "19730101"),
        ("441282", "19900101"),
        ("430299", "20000229"),
        ("430200", "19800101"),
        ("430201", "19800101"),
        ("110105", "19491231"),
        ("710000", "19900101"),
        ("810000", "19620418"),
        ("820000", "19711102"),
        ("830000", "19900101"),
        ("830000", "20240101"),
    ],
)
def test_true_codes_whatever_the_year_of_birth(serious, make_id, area, born):
    assert serious({"id_no": make_id(area, born)}) == []


@pytest.mark.parametrize("born", ["20260901", "19060901", "19050902", "20250228"])
def test_the_oldest_and_the_youngest(serious, make_id, born):
    assert serious({"id_no": make_id(born=born)}) == []


@pytest.mark.parametrize("id_type", [None, "永久居留证", "外国人永久居留身份证", "其他", "身份证"])
def test_the_foreigners_card_of_2023(serious, id_type):
    assert serious({"id_no": "943840190807142315", "id_type": id_type}) == []


@pytest.mark.parametrize("id_type", ["港澳居民居住证", "台湾居民居住证", "港澳台居民居住证", None])
def test_residence_permits(serious, make_id, id_type):
    numbers = [make_id(area, "19700101") for area in ("810000", "820000", "830000")]
    assert serious(*({"id_no": number, "id_type": id_type, "house_id": number} for number in numbers)) == []


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("43029919850714103X", []),
        ("43029919850714103x", ["I112"]),
        ("43029919850714103Ｘ", ["I112"]),
        ("43029919850714103×", ["I112"]),
        ("43029919850714103Х", ["I112"]),
        ("４３０２９９１９８５０７１４１０３Ｘ", ["I112"]),
        ("\u00a043029919850714103X", ["I112"]),
        ("430299198507 14103X\t", ["I112"]),
        ("'43029919850714103X", ["I112"]),
        ("\ufeff43029919850714103X\u200b", ["I112"]),
        ("430299 19850714 103X", ["I112"]),
    ],
)
def test_what_had_to_be_cleaned_is_only_information(findings_of, cell, says):
    rows = findings_of(residents=[BASE | {"id_no": cell, "sex": "男", "birth_date": "1985-07-14"}]).rows
    assert rows.filter(rows["family"] == "I")["rule"].to_list() == says


@pytest.mark.parametrize("name", ["买买提·吾斯曼", "𠮷小䶮", "欧阳娜娜", "王〇", "阿卜杜热合曼·阿卜力米提"])
def test_names_of_people(serious, make_id, name):
    assert serious({"name": name, "id_no": make_id()}) == []


def test_a_newborn_without_number(serious):
    assert serious({"id_no": None, "birth_date": "2026-08-20", "sex": "女", "age": "0"}, families="ID") == []


def test_a_newborn_is_not_asked_for_a_number(serious):
    assert "F102" not in serious({"id_no": None, "birth_date": "2026-08-20"}, families="F")


def test_twins(serious, make_id):
    one = {"name": "王双一", "id_no": make_id(order="123"), "birth_date": "1990-03-07"}
    other = {"name": "王双二", "id_no": make_id(order="125"), "birth_date": "1990-03-07"}
    assert serious(one, other) == []


@pytest.mark.parametrize(
    "gone", [{"status": "死亡"}, {"status": "迁出"}, {"deceased": "是"}, {"moved_out_on": "2026-01-01"}]
)
def test_the_dead_and_those_who_left_are_no_duplicates(serious, make_id, gone):
    assert serious({"id_no": make_id()}, {"id_no": make_id(), "house_id": "0202", **gone}) == []


@pytest.mark.parametrize(
    ("number", "codes"),
    [
        ("43029919900307123", ["I101"]),
        ("4302991990030712399", ["I101"]),
        ("43029919900307123A", ["I102"]),
        ("4302991990O3071239", ["I102"]),
        ("990299199003071239", []),
        ("160299199003071239", ["I106"]),
        ("430299199002301235", ["I104"]),
        ("430299199013011235", ["I104"]),
        ("430299209001011235", ["I105"]),
        ("430299190509011235", ["I105"]),
        ("430299199003071235", ["I103"]),
        ("430299900307123", ["I111"]),
    ],
)
def test_one_cause_one_finding(serious, number, codes):
    if number.startswith("99"):
        codes = ["I106"]  # a leading 9 is followed by a province
    wrong = {"id_no": number, "sex": "女", "birth_date": "1970-01-01", "age": "80"}
    found = serious(wrong, families="I")
    assert found == (codes if codes != ["I111"] else ["I109", "I110", "I111", "I115"])


@pytest.mark.parametrize(
    ("area", "born", "codes"),
    [
        ("230122", "19940101", ["I108"]),
        ("451005", "19900101", ["I107"]),
        ("430298", "19900101", ["I107"]),
        ("432126", "19880101", []),
        ("432126", "19900101", []),
    ],
)
def test_doubts_about_the_code_are_warnings(findings_of, make_id, area, born, codes):
    rows = findings_of(residents=[BASE | {"id_no": make_id(area, born)}]).rows
    found = rows.filter(rows["family"] == "I")
    assert found.select("rule", "level").rows() == [(code, "warning") for code in codes]


def test_sex_birth_date_and_age_against_the_number(serious, make_id):
    wrong = {"id_no": make_id(), "sex": "女", "birth_date": "1990-03-08", "age": "40"}
    assert serious(wrong) == ["I109", "I110", "I115"]


@pytest.mark.parametrize(
    "agreeing", [{"birth_date": "1990-03"}, {"birth_date": "90-03-07"}, {"age": "36"}, {"age": "37"}, {"age": "35"}]
)
def test_less_exact_columns_are_compared_as_far_as_they_go(serious, make_id, agreeing):
    assert serious({"id_no": make_id(), **agreeing}) == []


def test_an_age_as_of_the_day_of_collecting(serious, make_id):
    assert serious({"id_no": make_id(), "age": "30", "collected_on": "2020-06-01"}) == []


@pytest.mark.parametrize(
    ("id_type", "number"),
    [("护照", "E12345678"), ("军官证", "南字第0123456号"), ("台胞证", "12345678"), ("回乡证", "H12345678"),
     ("出生证", "A123456789"),
     ("户口簿", "0123456"), ("外国人永久居留证", "USA110199001011")],
)  # fmt: skip
def test_other_documents_are_judged_by_their_shape(serious, id_type, number):
    assert serious({"id_no": number, "id_type": id_type}) == []


def test_other_documents_of_a_wrong_shape_are_a_warning(serious):
    assert serious({"id_no": "123", "id_type": "护照"}) == ["I114"]


def test_a_passport_without_its_type_is_no_wrong_number(serious):
    assert serious({"id_no": "E12345678"}) == []
    assert "F108" in serious({"id_no": "E12345678", "id_type": None, "sex": "男"}, families="F")
