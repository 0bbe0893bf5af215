"""D107: the same person with a mistyped number. Two right numbers are two people."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from gridaudit.derive.residents.near_doubles import characters_apart

RIGHT = {"name": "王小明", "id_no": "430299199003071239", "birth_date": "1990-03-07"}


@pytest.fixture(scope="module")
def told(facts_of):
    def fact(*rows):
        frame = facts_of(residents=[RIGHT, *(RIGHT | row for row in rows)]).residents
        return frame["id_nearly_repeated"].to_list()

    return fact


@pytest.mark.parametrize(
    "number",
    [
        "430299199003071238",  # the check digit
        "430299199003072139",  # neighbours exchanged
        "43029919900307123",  # the last one left out
        "3029919900307123 9",  # the first one left out
        "4302991990030711239",  # one typed twice
        "430299199013071239",  # the month
        "43029919900307O239",  # a letter
        "１30299199003071239",  # full width, unknown province
    ],
)
def test_a_wrong_number_near_a_right_one(told, number):
    assert told({"id_no": number}) == [False, True]


@pytest.mark.parametrize(
    "row",
    [
        {"id_no": "430299199003071255"},  # right itself
        {"id_no": "430299199003075138"},  # three apart
        {"id_no": "430299199003071238", "name": "王晓明"},
        {"id_no": "430299199003071238", "name": None},
        {"id_no": "430299199004071239", "birth_date": "1990-04-07"},  # born on another day, as the column says too
        {"id_no": "430299199003071238", "status": "迁出"},
        {"id_no": None},
        {"id_no": "E12345678", "id_type": "护照"},
    ],
)
def test_others_are_left_alone(told, row):
    assert told(row) == [False, False]


def test_the_date_in_the_number_serves_where_the_column_is_blank(told):
    assert told({"id_no": "430299199003071238", "birth_date": None}) == [False, True]
    assert told({"id_no": "430299199013071239", "birth_date": None}) == [False, False]


def test_the_right_record_must_be_there_and_present(facts_of):
    rows = [RIGHT | {"status": "死亡"}, RIGHT | {"id_no": "430299199003071238"}]
    assert facts_of(residents=rows).residents["id_nearly_repeated"].to_list() == [False, False]


def test_the_wrong_number_is_not_reproached_twice(findings_of):
    rows = findings_of(residents=[RIGHT, RIGHT | {"id_no": "430299199003071238"}]).rows
    assert rows.filter(pl.col("family").is_in(["I", "D"])).select("rule", "row").rows() == [("D107", 3)]


def mistyped(random, number):
    kind, at = random.randrange(4), random.randrange(14, 18)
    if kind == 0:
        return number[:at] + str(random.randrange(10)) + number[at + 1 :]
    if kind == 1:
        return number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
    return number[:at] + number[at + 1 :] if kind == 2 else number[:at] + "7" + number[at:]


def test_planted_doubles_are_found_and_nobody_else(facts_of, make_id):
    """3,000 people of few names and birth days, 200 of them again with a mistyped number."""
    random = Random(7)
    born = [f"19{random.randrange(40, 99)}0{random.randrange(1, 10)}15" for _ in range(40)]
    people = [
        {
            "name": random.choice("王李张刘") + random.choice("伟芳娜敏静") + random.choice("明华丽强"),
            "id_no": make_id(born=random.choice(born), order=f"{random.randrange(1000):03}"),
            "house_id": f"H{number}",
        }
        for number in range(3000)
    ]
    doubles, right = [], {(row["name"], row["id_no"]) for row in people}
    for row in people[:200]:
        typed = mistyped(random, row["id_no"])
        is_right = len(typed) == 18 and typed == make_id(born=typed[6:14], order=typed[14:17])
        if not is_right:
            doubles.append(row | {"id_no": typed, "house_id": f"X{len(doubles)}", "birth_date": row["id_no"][6:14]})
    frame = facts_of(residents=people + doubles).residents
    found = frame["id_nearly_repeated"].arg_true().to_list()
    assert len(right) > 2900
    assert len(doubles) > 150
    assert found == list(range(3000, 3000 + len(doubles)))


def edits(one, other):
    """Characters apart, told slowly."""
    if len(one) == len(other) == 18:
        return sum(a != b for a, b in zip(one, other, strict=True))
    short, long = sorted([one, other], key=len)
    left_out = [long[:at] + long[at + 1 :] for at in range(len(long))]
    return 1 if len(long) - len(short) == 1 and short in left_out else 3


def test_characters_apart_agrees_with_the_slow_way():
    random = Random(3)
    pairs = []
    for _ in range(2000):
        one = "".join(random.choice("12") for _ in range(18))
        other = one if random.random() < 0.5 else "".join(random.choice("12") for _ in range(18))
        at = random.randrange(18)
        other = random.choice([other, other[:at] + other[at + 1 :], other[:at] + "1" + other[at:], other[:at] + "3"])
        pairs.append((one, other))
    frame = pl.DataFrame(pairs, schema=["one", "other"], orient="row")
    told = frame.select(characters_apart(pl.col("one"), pl.col("other"))).to_series().to_list()
    assert [min(number, 3) for number in told] == [min(edits(*pair), 3) for pair in pairs]
