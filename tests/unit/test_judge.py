"""Facts + rules → findings: three outcomes, one cause one finding, and nothing that says who it is."""

from __future__ import annotations

import pytest

from gridaudit.config import Config
from gridaudit.judge import judge
from gridaudit.pipeline import prepare_rules

GRID = {"street": "樟树街道", "community": "长亭社区", "grid": "G1"}
PERSON = {"name": "王小明", "id_no": "430299199003071239", "sex": "男", "birth_date": "1990-03-07", "house_id": "0001"}


def codes(findings, *families):
    rows = findings.rows
    return sorted(rows.filter(rows["family"].is_in(families))["rule"].to_list()) if families else sorted(rows["rule"])


def rule_rows(findings, code):
    return findings.rows.filter(findings.rows["rule"] == code)


def test_pass_fail_and_not_evaluable(findings_of):
    others = ({"name": "唐小雨", "id_no": "430299199003071235"}, {"name": "李大海", "id_no": "43029919900307123"})
    residents = [PERSON, *(PERSON | other for other in others)]
    findings = findings_of(residents=residents)
    tally = findings.tallies.filter(findings.tallies["rule"] == "I103").row(0, named=True)
    assert (tally["n_rows"], tally["n_checked"], tally["n_failed"]) == (3, 2, 1)
    assert rule_rows(findings, "I103")["row"].to_list() == [3]


def test_a_missing_column_is_said_once_and_fails_nobody(findings_of):
    findings = findings_of(residents=[PERSON] * 3)
    assert findings.not_evaluated["F105"] == ("phone",)
    assert findings.not_evaluated["C101"] == ("houses",)
    assert rule_rows(findings, "W104").height == 1
    assert "F105" in rule_rows(findings, "W104")["message"][0]
    assert not {"F105", "F109", "V103"} & set(codes(findings))


def test_an_empty_column_is_evaluated(findings_of):
    findings = findings_of(residents=[PERSON | {"phone": None}])
    assert "F105" not in findings.not_evaluated
    assert rule_rows(findings, "F105").height == 1


def test_a_number_cell_stops_the_chain(findings_of):
    findings = findings_of(residents=[PERSON | {"id_no": "4.30299E+17", "sex": "女", "birth_date": "1980-01-01"}])
    assert codes(findings, "I", "D") == ["I113"]


@pytest.mark.parametrize(("n_numbers", "n_people", "said"), [(3, 3, 1), (3, 20, 1), (2, 2, 0), (3, 200, 0)])
def test_a_habit_of_the_id_column_is_said_once(findings_of, n_numbers, n_people, said):
    numbers = [PERSON | {"id_no": f"4.3029919{number:04}E+17", "house_id": str(number)} for number in range(n_numbers)]
    others = [PERSON | {"id_no": "430299199003071235", "house_id": f"1{n}"} for n in range(n_people - n_numbers)]
    findings = findings_of(residents=[*numbers, *others])
    assert rule_rows(findings, "W101").height == said
    assert rule_rows(findings, "I113").height == n_numbers
    assert not rule_rows(findings, "I113")["loss"].is_in(["major", "minor"]).any()


@pytest.mark.parametrize(
    ("settings", "n_numbers", "systematic"),
    [
        ({}, 95, True),
        ({}, 94, False),
        ({"W107": {"percent": 90}}, 90, True),
        ({"W107": {"percent": 90}}, 89, False),
        ({"W107": {"enabled": False}}, 95, False),
    ],
)
def test_an_id_column_of_numbers_is_systematic_as_w107_says(facts_of, settings, n_numbers, systematic):
    numbers = [PERSON | {"id_no": f"4.3029919{number:04}E+17", "house_id": str(number)} for number in range(n_numbers)]
    others = [PERSON | {"id_no": "430299199003071235", "house_id": f"1{n}"} for n in range(100 - n_numbers)]
    rules = prepare_rules(Config(rules=settings), with_cases=False)
    findings = judge(facts_of(residents=[*numbers, *others]), rules, lang="zh", secret=b"of the test")
    assert rule_rows(findings, "W107").height == 0
    assert rule_rows(findings, "I113")["systematic"].to_list() == [systematic] * n_numbers


def district(n_homes, *, code="{:04}", resident_code="{:04}", **columns):
    homes = [
        GRID | {"house_id": code.format(n), "address": f"甲{n}号", "occupancy": "自住"} for n in range(1, n_homes + 1)
    ]
    people = [
        PERSON | GRID | {"name": "王小明", "house_id": resident_code.format(n)} | columns for n in range(1, n_homes + 1)
    ]
    return homes, [person | {"id_no": None} for person in people]


@pytest.mark.parametrize(("n_homes", "said"), [(120, True), (99, False)])
def test_codes_that_never_meet_are_the_file_not_the_people(findings_of, n_homes, said):
    houses, residents = district(n_homes, code="H{:04}", resident_code="{:04}")
    findings = findings_of(houses=houses, residents=residents)
    for code in ("C101", "C102"):
        assert rule_rows(findings, code).height == n_homes
        assert rule_rows(findings, code)["systematic"].to_list() == [said] * n_homes
    messages = rule_rows(findings, "W107")["message"].to_list()
    assert any("C101" in text and "5" in text for text in messages) == said
    assert not any("C102" in text for text in messages), "its cause is the one that C101 gives"


def test_one_missing_home_among_many_is_no_system(findings_of):
    houses, residents = district(120)
    findings = findings_of(houses=houses, residents=[*residents, residents[0] | {"house_id": "9999"}])
    assert rule_rows(findings, "C101")["systematic"].to_list() == [False]
    assert "C101" not in "".join(rule_rows(findings, "W107")["message"])


def test_an_empty_column_throughout(findings_of):
    houses, residents = district(120, phone=None)
    findings = findings_of(houses=houses, residents=[row | {"birth_date": "1990-03-07"} for row in residents])
    assert rule_rows(findings, "F105")["systematic"].all()
    assert rule_rows(findings, "F105").height == 120
    assert sum("F105" in text for text in rule_rows(findings, "W107")["message"]) == 1


def test_one_streets_residents_are_missing(findings_of):
    houses, residents = district(120)
    there = [
        row | {"house_id": f"B{n:04}", "address": f"乙{n}号", "street": "石桥街道", "grid": "G2"}
        for n, row in enumerate(houses)
    ]
    findings = findings_of(houses=[*houses, *there], residents=residents)
    missed = rule_rows(findings, "C102")
    assert missed.select("street", "systematic").unique().rows() == [("石桥街道", True)]
    about = [row for row in rule_rows(findings, "W107").iter_rows(named=True) if "C102" in row["message"]]
    assert [row["street"] for row in about] == ["石桥街道"]


def men_and_women(make_id, words):
    """Twenty men and twenty women, their sex written in two words."""
    return [
        {"name": "王小明", "id_no": make_id(order=f"{order:03}"), "sex": words[order % 2], "house_id": str(order)}
        for order in range(100, 140)
    ]


@pytest.mark.parametrize(
    ("words", "is_reversed"),
    [(("女", "男"), False), (("男", "女"), True), (("2", "1"), False), (("1", "0"), True), (("F", "M"), False)],
)
def test_the_coding_of_sex_is_told_by_the_numbers(findings_of, make_id, words, is_reversed):
    findings = findings_of(residents=men_and_women(make_id, words))
    assert codes(findings, "I", "V") == []
    assert rule_rows(findings, "W102").height == is_reversed


def test_codes_that_nothing_speaks_for_are_not_judged(findings_of, make_id):
    findings = findings_of(residents=men_and_women(make_id, ("0", "1"))[:6])
    assert codes(findings, "I", "V", "F") == codes(
        findings_of(residents=men_and_women(make_id, ("女", "男"))[:6]), "I", "V", "F"
    )
    assert rule_rows(findings, "W102").height == 0


@pytest.fixture
def people():
    return [
        PERSON | {"house_id": "1", "id_no": "430299199003071235"},
        PERSON | {"house_id": "2", "name": "唐小雨", "id_no": "43029919850714103X", "sex": "女"},
        PERSON | {"house_id": "3", "name": None},
    ]


def test_keys_do_not_depend_on_the_order_of_rows(findings_of, people):
    forwards, backwards = findings_of(residents=people).rows, findings_of(residents=people[::-1]).rows
    assert sorted(forwards["key"]) == sorted(backwards["key"])
    assert forwards["key"].n_unique() == forwards.height
    assert sorted(forwards.select("rule", "key").rows()) == sorted(backwards.select("rule", "key").rows())


def test_keys_differ_under_another_secret(findings_of, people):
    one, other = findings_of(residents=people), findings_of(residents=people, secret=b"another secret")
    assert not set(one.rows["key"]) & set(other.rows["key"])


def test_findings_have_no_cap(findings_of):
    people = [PERSON | {"house_id": str(number), "id_no": "430299199003071235"} for number in range(3000)]
    assert rule_rows(findings_of(residents=people), "I103").height == 3000


def test_messages_in_both_languages(findings_of, people):
    zh, en = findings_of(residents=people, lang="zh").rows, findings_of(residents=people, lang="en").rows
    assert zh["message"][0] != en["message"][0]
    assert zh.drop("message", "key").equals(en.drop("message", "key"))


def test_keys_do_not_depend_on_the_language(findings_of, people):
    zh, en = findings_of(residents=people, lang="zh").rows, findings_of(residents=people, lang="en").rows
    assert zh["key"].to_list() == en["key"].to_list()


def test_where_a_finding_is(findings_of):
    row = rule_rows(findings_of(residents=[PERSON | GRID | {"id_no": "430299199003071235"}]), "I103").row(0, named=True)
    where = {
        name: row[name]
        for name in ("source", "sheet", "row", "column", "field", "street", "community", "grid", "house")
    }
    assert where == {
        "source": "residents.xlsx", "sheet": "residents", "row": 2, "column": "id_no", "field": "id_no",
        "street": "樟树街道", "community": "长亭社区", "grid": "G1", "house": "0001",
    }  # fmt: skip
