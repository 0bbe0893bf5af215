"""Homes and people of an earlier round: met, recognised, explained, gone. From files as from what a run keeps."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from gridaudit.derive.rounds.baseline import compare
from gridaudit.derive.rounds.kept import to_keep
from gridaudit.judge import INTERNAL, SHOWN
from gridaudit.score import baseline_of, records
from gridaudit.score.frame import base_of, home_frame

SECRET = b"a secret of the tests"
PLACE = {"street": "东街", "community": "甲社区", "grid": "G1"}
NOTHING = pl.DataFrame(schema={**SHOWN, **INTERNAL})


def frame_of(facts):
    return home_frame(base_of(facts.residents, facts.houses), facts, NOTHING, unknown=1.0)


def home(code, address="甲路1号", **cells):
    return PLACE | {"house_id": code, "address": address, "use": "住宅", "occupancy": "自住"} | cells


@pytest.fixture(params=["run", "files"])
def outcomes(request, facts_of):
    """What became of the homes and the people of a round: outcomes by house code, and by name in order."""

    def build(before, after, dispositions=None):
        facts = facts_of(**before)
        kept = to_keep(facts.residents, facts.houses, SECRET)
        frame = frame_of(facts).with_columns(lost=pl.lit(0, dtype=pl.Int64))
        names = kept.people.select("person", "name", "id_no")
        earlier = baseline_of("earlier", records(frame, kept), names=names if request.param == "files" else None)
        now = facts_of(**after)
        ended = pl.DataFrame({"house_id": dispositions or []}, schema={"house_id": pl.String})
        found = compare(
            earlier, to_keep(now.residents, now.houses, SECRET), houses=now.houses, dispositions=ended, secret=SECRET
        )
        people = [] if found.people is None else sorted(found.people["outcome"].to_list(), key=str)
        return dict(found.homes.select("house_id", "outcome").rows()), people

    return build


@pytest.fixture
def person(make_id):
    def build(number, name="王小明", code="H1", **cells):
        id_no = make_id(born=f"19{40 + number}0307", order=f"{100 + number}")
        return PLACE | {"house_id": code, "name": name, "id_no": id_no} | cells

    return build


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "met"),
        ({"house_id": "H2"}, "met"),
        ({"name": "王晓明"}, "met"),
        ({"status": "死亡"}, "explained"),
        ({"status": "迁出"}, "explained"),
        ({"moved_out_on": "2026-07-01"}, "explained"),
        ({"moved_out_on": "2027-07-01"}, "met"),
    ],
)
def test_somebody_with_the_same_number(outcomes, person, change, outcome):
    houses = [home("H1"), home("H2", "甲路2号")]
    one, other = person(1), person(2, "唐小雨", "H2")
    before = {"houses": houses, "residents": [one, other]}
    assert outcomes(before, {"houses": houses, "residents": [one | change, other]}) == (
        {"H1": "met", "H2": "met"},
        sorted(["met", outcome]),
    )


@pytest.mark.parametrize("name", ["王小明", "汪小名"])
@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda n: n[:8] + str((int(n[8]) + 1) % 10) + n[9:], id="one in the birth date"),
        pytest.param(lambda n: n[:14] + n[15] + n[14] + n[16:], id="neighbours exchanged"),
        pytest.param(lambda n: n[:2] + "9" + n[3:], id="one in the area code"),
        pytest.param(lambda n: n[:9] + n[10:], id="one left out"),
        pytest.param(lambda n: n[:8] + str((int(n[8]) + 3) % 10) + str((int(n[9]) + 3) % 10) + n[10:], id="two"),
    ],
)
def test_a_number_corrected_within_two_characters(outcomes, person, wrong, name):
    """Whether or not the name was corrected with it."""
    houses = [home("H1"), home("H2", "甲路2号")]
    right, other = person(1), person(2, "唐小雨", "H2")
    mistyped = right | {"id_no": wrong(right["id_no"]), "name": name}
    before = {"houses": houses, "residents": [mistyped, other]}
    assert outcomes(before, {"houses": houses, "residents": [right, other]})[1] == ["corrected", "met"]


def test_a_number_corrected_and_moved_is_met_by_name_and_birth_date(outcomes, person):
    houses = [home("H1"), home("H2", "甲路2号")]
    right, other = person(1), person(2, "唐小雨", "H2")
    mistyped = right | {"id_no": right["id_no"][:-1] + ("1" if right["id_no"][-1] != "1" else "2")}
    before = {"houses": houses, "residents": [mistyped, other]}
    assert outcomes(before, {"houses": houses, "residents": [right | {"house_id": "H2"}, other]})[1] == [
        "corrected", "met",
    ]  # fmt: skip


def test_another_person_in_the_home_is_no_correction(outcomes, person):
    houses = [home("H1")]
    before = {"houses": houses, "residents": [person(1), person(2, "唐小雨")]}
    after = {"houses": houses, "residents": [person(2, "唐小雨"), person(33, "李大海")]}
    assert outcomes(before, after)[1] == ["gone", "met"]


def test_of_two_namesakes_one_may_be_gone(outcomes, person):
    houses = [home("H1")]
    before = {"houses": houses, "residents": [person(1), person(2)]}
    wrong = person(1)["id_no"][:-1] + ("1" if person(1)["id_no"][-1] != "1" else "2")
    assert outcomes(before, {"houses": houses, "residents": [person(1, id_no=wrong)]})[1] == ["corrected", "gone"]


def test_a_home_under_another_code_or_spelling_is_met_by_its_address(outcomes, person):
    houses = [home("H1", "樟树园2栋1单元301室"), home("H2", "樟树园2栋1单元302室")]
    renamed = [home("X9", "樟树园2幢01单元0301"), houses[1]]
    before = {"houses": houses, "residents": [person(1)]}
    after = {"houses": renamed, "residents": [person(1, code="X9")]}
    assert outcomes(before, after) == ({"H1": "corrected", "H2": "met"}, ["met"])


def test_what_explains_a_home_and_what_does_not(outcomes, person):
    houses = [home(f"H{n}", f"甲路{n}号", **({"occupancy": "拆除"} if n == 2 else {})) for n in range(1, 6)]
    people = [person(n, f"甲{n}", f"H{n}") for n in (1, 3, 4, 5)]
    before = {"houses": houses, "residents": people}
    after = {"houses": houses[:1], "residents": [people[0], people[2]]}
    homes, gone = outcomes(before, after, ["h3"])
    assert homes == {"H1": "met", "H2": "explained", "H3": "explained", "H4": "named", "H5": "gone"}
    assert gone == ["gone", "met", "met", "with home"]


def test_a_home_only_the_dead_still_name_is_gone(outcomes, person):
    houses = [home("H1"), home("H2", "甲路2号")]
    before = {"houses": houses, "residents": [person(1), person(2, "唐小雨", "H2")]}
    after = {"houses": houses[:1], "residents": [person(1), person(2, "唐小雨", "H2", status="死亡")]}
    assert outcomes(before, after) == ({"H1": "met", "H2": "gone"}, ["explained", "met"])


def test_a_street_whose_codes_were_rewritten_is_no_street_of_missed_homes(facts_of):
    houses = [home(f"H{n}", f"甲路{n}号") for n in range(120)]
    renamed = [house | {"house_id": f"X{n}", "address": f"乙路{n}号"} for n, house in enumerate(houses)]
    before, now, deleted = (facts_of(houses=rows) for rows in (houses, renamed, houses[:1]))
    kept = to_keep(None, before.houses, SECRET)
    frame = frame_of(before).with_columns(lost=pl.lit(0, dtype=pl.Int64))
    earlier = baseline_of("earlier", records(frame, kept))
    for facts, n_homes in ((now, 120), (deleted, 120)):
        found = compare(
            earlier, to_keep(None, facts.houses, SECRET), houses=facts.houses, dispositions=None, secret=SECRET
        )
        held = replace(facts, known_homes=found.homes, known_people=found.people, round="earlier")
        assert frame_of(held).height == n_homes


def test_a_kept_run_holds_no_name_number_or_address(facts_of, person):
    facts = facts_of(houses=[home("H1", "樟树园2栋1单元301室")], residents=[person(1), person(2, id_no="43029919")])
    kept = to_keep(facts.residents, facts.houses, SECRET)
    frame = frame_of(facts).with_columns(lost=pl.lit(0, dtype=pl.Int64))
    cells = {str(cell) for row in records(frame, kept).rows() for cell in row}
    assert not {cell for cell in cells if "王" in cell or "樟树园" in cell or cell.startswith("430299")}
    assert "H1" in cells
    other = to_keep(facts.residents, facts.houses, b"another secret")
    for name in ("person", "called", "born", "ends", "named", "home_key"):
        assert not set(kept.people[name].drop_nulls()) & set(other.people[name].drop_nulls())


def mistyped(number, at):
    return number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]


RECODED = [
    pytest.param({"id_no": None}, {"id_no": None}, id="neither number nor birth date"),
    pytest.param({"id_no": "43029919410307101"}, {"id_no": "43029919410307101", "name": "王晓明"}, id="wrong number"),
    pytest.param(
        {"id_no": "430299194103181014", "birth_date": "1941-03-18"}, {"birth_date": "1941-03-07"},
        id="number and birth date corrected",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("earlier", "now"), RECODED)
def test_people_of_a_home_with_a_new_code_are_looked_for_in_it(outcomes, person, earlier, now):
    """The home itself is met by its address."""
    houses = [home("H1"), home("H2", "甲路2号")]
    renamed = [home("X9"), houses[1]]
    other = person(2, "唐小雨", "H2")
    before = {"houses": houses, "residents": [person(1) | earlier, other]}
    after = {"houses": renamed, "residents": [person(1, code="X9") | now, other]}
    assert outcomes(before, after) == ({"H1": "corrected", "H2": "met"}, ["corrected", "met"])
    assert outcomes(before, after | {"residents": [other]})[1] == ["gone", "met"]


def test_who_is_gone_from_a_home_with_a_new_code_is_looked_for_in_the_next_round_too(facts_of, person):
    def kept_of(facts, gone=None):
        kept = to_keep(facts.residents, facts.houses, SECRET)._replace(gone=gone)
        return kept, baseline_of("r", records(frame_of(facts).with_columns(lost=pl.lit(0, dtype=pl.Int64)), kept))

    def held(earlier, kept, facts):
        return compare(earlier, kept, houses=facts.houses, dispositions=None, secret=SECRET)

    unnumbered, other = person(1, id_no=None), person(2, "唐小雨", "X9")
    _, first = kept_of(facts_of(houses=[home("H1")], residents=[unnumbered, other | {"house_id": "H1"}]))
    facts = facts_of(houses=[home("X9")], residents=[other])
    gone = held(first, kept_of(facts)[0], facts).gone
    _, second = kept_of(facts, gone)
    for residents, outcome in (([other], "gone"), ([other, unnumbered | {"house_id": "X9"}], "corrected")):
        third = facts_of(houses=[home("X9")], residents=residents)
        people = held(second, kept_of(third)[0], third).people.sort("outcome")
        assert people.select("outcome", "house_id").rows() == sorted([(outcome, "X9"), ("met", "X9")])


@pytest.mark.parametrize("at", [0, 8, 13, 16])
def test_a_right_number_mistyped_now_and_another_name(outcomes, person, at):
    houses = [home("H1")]
    right, other = person(1, "朱静娟"), person(2, "唐小雨")
    after = [right | {"id_no": mistyped(right["id_no"], at), "name": "朱文娟"}, other]
    before = {"houses": houses, "residents": [right, other]}
    assert outcomes(before, {"houses": houses, "residents": after})[1] == ["corrected", "met"]


@pytest.mark.parametrize("without", ["name", "id_no"])
@pytest.mark.parametrize("in_earlier", [True, False])
def test_a_round_without_names_or_numbers_accuses_nobody_whom_a_stranger_may_be(outcomes, person, without, in_earlier):
    houses = [home("H1"), home("H2", "甲路2号")]
    first = [person(1), person(2, "唐小雨", "H2")]
    second = [person(33, "李大海"), person(34, "孙长河")]
    rounds = [first, second]
    lacking = 0 if in_earlier else 1
    rounds[lacking] = [{name: cell for name, cell in row.items() if name != without} for row in rounds[lacking]]
    after = {"houses": houses, "residents": rounds[1]}
    assert outcomes({"houses": houses, "residents": rounds[0]}, after)[1] == [None, "gone"]


VILLAGE = "南坪镇桐山村1组5号"
STREET = [home(f"H{n}", f"桐山村{n}组{n}号") for n in range(120)]


@pytest.mark.parametrize(
    "spelling",
    ["样县南坪镇桐山村1组5号", "湖南省样市样县南坪镇桐山村1组5号", "桐山村1组5号", "南坪镇桐山村1村民小组5号",
     "南坪镇桐山村一组5号", "南坪镇桐山村第1组5号", "南坪镇桐山村1组5"],
)  # fmt: skip
def test_a_home_with_another_code_and_spelling_is_met_by_its_people(outcomes, person, spelling):
    child = person(2, "王小雨", id_no=None)
    before = {"houses": [home("H1", VILLAGE)], "residents": [person(1), child]}
    after = {"houses": [home("X9", spelling)], "residents": [person(1, code="X9"), child | {"house_id": "X9"}]}
    assert outcomes(before, after) == ({"H1": "corrected"}, ["corrected", "met"])


@pytest.mark.parametrize(
    ("now", "people"),
    [
        pytest.param({1: "X9"}, ["met", "with home"], id="one of them is gone"),
        pytest.param({1: "X9", 2: "X8"}, ["met", "met"], id="in two homes"),
        pytest.param({1: "H5", 2: "H5"}, ["met", "met"], id="in a home that was known"),
        pytest.param({}, ["with home", "with home"], id="with all of them"),
    ],
)
def test_a_home_whose_people_do_not_stand_together_in_a_new_one_is_gone(outcomes, person, now, people):
    known = home("H5", "甲路5号")
    third = person(5, "唐小雨", "H5")
    before = {"houses": [home("H1", VILLAGE), known], "residents": [person(1), person(2), third]}
    new = [home("X9", "南坪镇桐山村九号"), home("X8", "南坪镇桐山村八号")]
    here = [person(number, code=code) for number, code in now.items()]
    homes, found = outcomes(before, {"houses": [known, *new], "residents": [*here, third]})
    assert homes == {"H1": "gone", "H5": "met"}
    assert found == sorted([*people, "met"])


def test_a_new_home_stands_for_one_home_of_the_earlier_round(outcomes, person):
    houses = [home("H1", VILLAGE), home("H2", "南坪镇桐山村1组6号")]
    before = {"houses": houses, "residents": [person(1), person(2), person(3, code="H2")]}
    after = {"houses": [home("X9", "南坪镇桐山村九号")], "residents": [person(n, code="X9") for n in (1, 2, 3)]}
    assert outcomes(before, after) == ({"H1": "corrected", "H2": "gone"}, ["met", "met", "met"])


@pytest.fixture
def held(facts_of):
    """Hold a street, all of whose codes and addresses were rewritten, without its first homes, against itself."""

    def build(n_deleted, *, residents=()):
        renamed = [house | {"house_id": f"X{n}", "address": f"新桐山村{n}组{n}号"} for n, house in enumerate(STREET)]
        people = [row | {"house_id": row["house_id"].replace("H", "X")} for row in residents]
        left = {house["house_id"] for house in renamed[n_deleted:]}
        here = [row for row in people if row["house_id"] in left]
        before = facts_of(houses=STREET, **({"residents": residents} if residents else {}))
        now = facts_of(houses=renamed[n_deleted:], **({"residents": here} if residents else {}))
        kept = to_keep(before.residents, before.houses, SECRET)
        earlier = baseline_of("r", records(frame_of(before).with_columns(lost=pl.lit(0, dtype=pl.Int64)), kept))
        found = compare(
            earlier, to_keep(now.residents, now.houses, SECRET), houses=now.houses, dispositions=None, secret=SECRET
        )
        facts = replace(now, known_homes=found.homes, known_people=found.people, round="earlier")
        return found.homes["outcome"].value_counts().sort("outcome").rows(), frame_of(facts)

    return build


@pytest.mark.parametrize("n_deleted", [0, 1, 12, 48])
def test_homes_deleted_from_a_street_with_new_codes_stay_in_the_frame(held, n_deleted):
    """Nothing tells which, so the outcome is W107 for the street; their number counts."""
    outcomes, frame = held(n_deleted)
    assert outcomes == [("gone", 120)]
    assert (frame.height, frame.filter(~pl.col("recorded")).height) == (120, n_deleted)


def test_people_tell_which_homes_of_such_a_street_are_gone(held, make_id):
    """Of 120 homes 100 are lived in; ten of these are deleted with their people."""
    people = [
        PLACE | {"house_id": f"H{n}", "name": "王小明", "id_no": make_id(born="19600307", order=f"{100 + n}")}
        for n in range(100)
    ]
    outcomes, frame = held(10, residents=people)
    assert outcomes == [("corrected", 90), ("gone", 10), ("replaced", 20)]
    assert (frame.height, frame.filter(~pl.col("recorded")).height) == (120, 10)


@pytest.mark.parametrize(
    ("was", "now", "outcome"),
    [
        ("430299001002185", "430299001-002185", "corrected"),
        ("430299001-002185", "430299001_002185", "corrected"),
        ("430299001002185", "430299001002186", "gone"),
        ("11-101", "1-1101", "gone"),
    ],
)
def test_a_long_code_with_other_dashes_is_the_same_home(outcomes, person, was, now, outcome):
    other = home("H5", "甲路5号")
    before = {"houses": [home(was, VILLAGE), other], "residents": [person(5, code="H5")]}
    after = {"houses": [home(now, "南坪镇桐山村九号"), other], "residents": [person(5, code="H5")]}
    assert outcomes(before, after)[0] == {was: outcome, "H5": "met"}
