"""The room lattice: which unseen rooms are asked about, by what evidence, and what is said about them."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit.derive.lattice.gaps import TIERS, find_gaps, posterior
from gridaudit.derive.lattice.units import build_lattice
from gridaudit.report.findings_files import records


def rooms(unit, floors, positions=(1, 2), *, without=()):
    every = [f"{floor}{position:02}" for floor in floors for position in positions]
    return [(unit, room) for room in every if room not in without]


def homes_of(places, **more):
    return [
        {
            "house_id": f"H{number}", "community": "长亭社区", "grid": "G1", "compound": "明珠花园", "building": "3栋",
            "unit": unit and f"{unit}单元", "room": room, "address": f"明珠花园3栋{unit or ''}-{room}室", **more,
        }
        for number, (unit, room) in enumerate(places)
    ]  # fmt: skip


def tiers(facts_of, places, extra=()):
    """Tier of every candidate, by unit and room; in_part ones in brackets."""
    gaps = facts_of(houses=[*homes_of(places), *extra]).gaps.filter(pl.col("kind") == "room")
    return {
        (row["unit"], row["room"]): f"({row['tier']})" if row["in_part"] else row["tier"]
        for row in gaps.iter_rows(named=True)
    }


WORKED = [*rooms("1", range(1, 7), without=["402"]), *rooms("2", range(1, 7), without=["301"])]


def test_the_worked_example(facts_of):
    assert tiers(facts_of, WORKED) == {("1", "402"): "A", ("2", "301"): "A"}


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        # A floor people avoid, missing in both units.
        ([*rooms("1", [1, 2, 3, 5, 6]), *rooms("2", [1, 2, 3, 5, 6])], {"G"}),
        # The top floor of one unit, which the other unit has.
        ([*rooms("1", range(1, 7), without=["602"]), *rooms("2", range(1, 7))], {"A"}),
        # No other unit: inside the column it is asked, at the top it is not.
        (rooms("", range(1, 8), without=["502"]), {"B"}),
        (rooms("", range(1, 8), without=["702"]), {"F"}),
        # Missing in both units alike: built so.
        ([*rooms("1", range(1, 8), without=["502"]), *rooms("2", range(1, 8), without=["502"])], {"C"}),
        # A whole floor, with and without another unit that has it.
        ([*rooms("1", [1, 2, 3, 4, 6, 7]), *rooms("2", range(1, 8))], {"D"}),
        (rooms("", [1, 2, 3, 4, 5, 7, 8]), {"E"}),
        # Floor 4, absent alone, is nobody's omission.
        (rooms("", [1, 2, 3, 5, 6, 7]), {"G"}),
        # Three floors of two rooms are too few to speak without another unit.
        (rooms("", range(1, 4), (1, 2, 3), without=["202"]), {"F"}),
        # Two flats recorded as one home.
        ([*rooms("", range(1, 8), without=["501", "502"]), ("", "501-502")], set()),
        # Shops below the lowest floor are not looked for.
        (rooms("", range(2, 8)), set()),
        # Under six rooms or three floors there is no pattern.
        (rooms("", range(1, 3), (1, 2, 3, 4), without=["102"]), set()),
        # Half of the unit is unseen here and there.
        (rooms("1", range(1, 9), without=["102", "201", "302", "401", "502", "601", "702"])
         + rooms("2", range(1, 9)), {"(F)"}),
    ],
)  # fmt: skip
def test_tiers(facts_of, places, expected):
    assert set(tiers(facts_of, places).values()) == expected


def test_another_building_of_the_compound_tells_of_a_design(facts_of):
    """Every tower of the compound lacks 903: a store room."""
    tower = rooms("", range(1, 15), (1, 2, 3), without=["903"])
    others = [home | {"house_id": f"B{home['house_id']}", "building": "4栋"} for home in homes_of(tower)]
    alone, beside = tiers(facts_of, tower), tiers(facts_of, tower, others)
    assert (set(alone.values()), set(beside.values())) == ({"B"}, {"C"})


@pytest.mark.parametrize(
    "row",
    [
        {"compound": "明珠花园一期", "building": "3栋", "unit": "1单元", "room": "402"},
        {"compound": None, "building": "3栋", "unit": "1单元", "room": "402"},
        {"compound": "明珠花园", "building": "3栋", "unit": "1单元", "room": "402", "community": "别处社区"},
        {"compound": "明珠花园", "building": "3栋", "unit": None, "room": "402"},
        {"compound": "明珠花园", "building": "3栋", "unit": "1单元", "room": "四楼右边"},
        {"compound": "明珠花园", "building": None, "unit": None, "room": None, "address": None},
        {"compound": "明珠花园", "building": "3栋", "unit": "1单元", "room": "402", "use": "商铺"},
    ],
)
def test_a_row_that_may_be_the_missing_home_keeps_it_silent(facts_of, row):
    places = [*rooms("1", range(1, 7), without=["402"]), *rooms("2", range(1, 7))]
    extra = {"house_id": "X", "community": "长亭社区", "grid": "G1", **row}
    found = tiers(facts_of, places, [extra])
    assert set(found.values()) <= {"G"}


@pytest.mark.parametrize(
    ("stray", "tier"),
    [("竹影苑", "A"), ("明珠花圆", "G"), ("明珠花园北区", "G"), ("", "G")],
)
def test_a_room_of_another_compound_is_not_the_missing_home(facts_of, stray, tier):
    """竹影苑 is a compound with homes of its own; the other names are ways to write this one."""
    places = [*rooms("1", range(1, 7), without=["402"]), *rooms("2", range(1, 7))]
    whole = [
        home | {"compound": "竹影苑", "building": "2栋", "address": None, "house_id": f"Z{home['house_id']}"}
        for home in homes_of(rooms("1", range(1, 7)))
    ]
    one = {"house_id": "X", "community": "长亭社区", "compound": stray or None}
    one |= {"building": "3栋", "unit": "1单元", "room": "402"}
    found = tiers(facts_of, places, [*whole, one])
    assert found == {("1", "402"): tier}


CORE = ["505", "506", "526", "1005", "1006", "1026"]
WINGS = (*range(1, 11), *range(21, 31))


@pytest.mark.parametrize(
    ("without", "asked"),
    [
        # The lift takes the same three places on floors 5 and 10.
        (CORE, set()),
        # One home missed besides, on one of these floors: it is asked about.
        ([*CORE, "1009"], {"1009"}),
        # Floors that lack different rooms are no layout, nor is one position on two floors.
        (["505", "506", "1007", "1008"], {"505", "506", "1007", "1008"}),
        (["505", "1005"], {"505", "1005"}),
    ],
)
def test_the_same_rooms_absent_together_on_several_floors_are_a_layout(facts_of, without, asked):
    found = tiers(facts_of, rooms("", range(3, 13), WINGS, without=without))
    assert {room for (_, room), tier in found.items() if tier < "F"} == asked


def test_another_unit_that_has_them_tells_against_a_layout(facts_of):
    found = tiers(facts_of, [*rooms("1", range(3, 13), WINGS, without=CORE), *rooms("2", range(3, 13), WINGS)])
    assert found == {("1", room): "A" for room in CORE}


def both(floors):
    return [*rooms("1", floors), *rooms("2", floors)]


@pytest.mark.parametrize(
    ("floors", "sisters", "asked"),
    [
        # Floor 3 is absent in both units; the other buildings have it, or there are none.
        ([1, 2, 4, 5, 6], [range(1, 7)] * 2, {"301", "302"}),
        ([1, 2, 4, 5, 6], [], {"301", "302"}),
        # They lack it too, or half of them do.
        ([1, 2, 4, 5, 6], [[1, 2, 4, 5, 6]] * 2, set()),
        ([1, 2, 4, 5, 6], [range(1, 7), [1, 2, 4, 5, 6]], set()),
        # Floor 2 alone: flats of two floors entered from the ground, unless the other buildings have it.
        ([1, 3, 4, 5, 6], [], set()),
        ([1, 3, 4, 5, 6], [range(1, 7)] * 2, {"201", "202"}),
        # Avoided numbers, two floors of different places, and a tower alone.
        ([1, 2, 3, 5, 6], [range(1, 7)] * 2, set()),
        ([1, 2, 3, 5, 7, 8], [], set()),
        ([1, 2, 4, 5, 7, 8], [], set()),
        ([*range(1, 9), *range(10, 16)], [], set()),
        ([*range(1, 9), *range(10, 16)], [range(1, 16)] * 2, {"901", "902"}),
        # A refuge floor.
        ([*range(1, 15), *range(16, 31)], [range(1, 31)] * 2, set()),
    ],
)
def test_a_floor_absent_in_every_unit_is_asked_where_it_is_no_design(facts_of, floors, sisters, asked):
    others = [
        home | {"building": f"{block}栋", "house_id": f"{block}-{home['house_id']}"}
        for block, their in enumerate(sisters, 5)
        for home in homes_of(both(their))
    ]
    gaps = facts_of(houses=[*homes_of(both(floors)), *others]).gaps
    here = gaps.filter(pl.col("kind") == "room", pl.col("building") == "3", pl.col("tier") < "F")
    assert sorted(here["room"]) == sorted([*asked, *asked])
    assert set(here["tier"]) <= {"E"}


def texts(rooms_of_unit, *, unit="1"):
    return [
        {"house_id": f"{unit}-{number}", "grid": "G1", "address": f"明珠花园3栋{unit}单元{room}"}
        for number, room in enumerate(rooms_of_unit)
    ]


def asked_of(facts_of, houses):
    gaps = facts_of(houses=houses).gaps.filter((pl.col("kind") == "room") & pl.col("tier").is_in(["A", "B", "D", "E"]))
    return gaps.select("unit", "room").rows()


TWO = [f"{floor}0{position}" for floor in range(1, 7) for position in (1, 2)]
BUT_302 = [room for room in TWO if room != "302"]


@pytest.mark.parametrize(
    "spelling",
    [
        "302室(出租)", "302室（张宅）", "302室内", "302室-1", "三〇二室", "3楼右", "3O2", "3-2", "302室张宅", "西户",
        "3楼西边那户", "302(303打通)",
    ],
)  # fmt: skip
def test_a_room_recorded_in_whatever_spelling_is_not_asked_about(facts_of, spelling):
    other = texts(TWO, unit="2")
    assert asked_of(facts_of, [*texts(BUT_302), *other]) == [("1", "302")]
    assert asked_of(facts_of, [*texts([*BUT_302, spelling]), *other]) == []


def test_a_row_of_the_compound_that_cannot_be_read_may_be_the_gap(facts_of):
    unread = {"house_id": "X", "community": "长亭社区", "grid": "G1", "compound": "明珠花园", "room": "门卫旁"}
    # Two gaps, and one home that may be either; then as many homes as gaps.
    assert set(tiers(facts_of, WORKED, [unread]).values()) == {"A"}
    assert set(tiers(facts_of, WORKED, [unread, unread | {"house_id": "Y"}]).values()) == {"G"}


@pytest.mark.parametrize(
    ("write", "label"),
    [
        (lambda floor, at: {"floor": str(floor), "room": f"0{at}"}, "302"),
        (lambda floor, at: {"floor": str(floor), "room": f"{floor}{at}"}, "32"),
        (lambda floor, at: {"floor": f"{floor}.0", "room": f"{floor}0{at}.0"}, "302"),
        (lambda floor, at: {"floor": str(floor), "room": f"{floor}{'AB'[at - 1]}"}, "3B"),
        (lambda floor, at: {"floor": str(floor), "room": "左右"[at - 1]}, "3楼右"),
        (lambda floor, at: {"room": f"{floor}楼{'东西'[at - 1]}户"}, "3楼西"),
        (lambda floor, at: {"room": f"{floor}-0{at}"}, "302"),
    ],
    ids=["place", "two digits", "numbers with .0", "letter", "side", "side in the room", "dash"],
)
def test_a_gap_is_named_as_its_neighbours_are(facts_of, write, label):
    houses = [
        {
            "house_id": f"{unit}{floor}{at}",
            "grid": "G1",
            "compound": "明珠花园",
            "building": "3栋",
            "unit": f"{unit}单元",
        }
        | write(floor, at)
        for unit in (1, 2)
        for floor in range(1, 7)
        for at in (1, 2)
        if (unit, floor, at) != (1, 3, 2)
    ]
    assert asked_of(facts_of, houses) == [("1", label)]


def test_a_prefix_that_is_always_the_building_is_no_unit(facts_of):
    def homes(prefix_of):
        return [
            {"house_id": f"{block}{room}", "grid": "G1", "compound": "明珠花园", "building": f"{block}栋"}
            | {"room": f"{prefix_of(block)}-{room}"}
            for block in "12"
            for room in TWO
            if (block, room) != ("2", "302")
        ]

    gaps = facts_of(houses=homes(lambda block: block)).gaps.filter(kind="room", room="302")
    assert gaps.select("building", "unit").rows() == [("2", None)]
    # Elsewhere it is the unit.
    gaps = facts_of(houses=homes(lambda _: "1")).gaps.filter(kind="room", room="302")
    assert gaps.select("building", "unit").rows() == [("2", "1")]


def test_units_before_the_floor_are_units_though_no_column_names_them(facts_of):
    houses = [
        {"house_id": f"{unit}{room}", "grid": "G1", "compound": "明珠花园", "building": "3栋", "floor": room[0]}
        | {"room": f"{unit}{room}"}
        for unit in "12"
        for room in TWO
        if (unit, room) != ("1", "302")
    ]
    assert asked_of(facts_of, houses) == [("1", "1302")]


def test_buildings_before_the_floor_are_no_units(facts_of):
    houses = [
        {"house_id": f"{block}{room}", "grid": "G1", "compound": "明珠花园", "building": f"{block}栋", "floor": room[0]}
        | {"room": f"{block}{room}"}
        for block in "12"
        for room in TWO
    ]
    assert facts_of(houses=houses).gaps.filter(kind="room", tier="A").height == 0


def test_wings_of_a_building_are_its_units(facts_of):
    rooms_of = [f"{wing}{room}" for wing in "AB" for room in TWO if (wing, room) != ("B", "302")]
    houses = [{"house_id": room, "grid": "G1", "address": f"明珠花园3栋{room}室"} for room in rooms_of]
    assert asked_of(facts_of, houses) == [("B", "302")]


def test_a_flat_twice_as_large_is_two(facts_of):
    places = rooms("", range(1, 8), without=["502"])
    homes = [home | {"area_m2": "171" if home["room"] == "501" else "86"} for home in homes_of(places)]
    gaps = facts_of(houses=homes).gaps.filter(pl.col("kind") == "room")
    assert gaps.select("room", "tier").rows() == [("502", "G")]


def test_rooms_are_named_as_their_building_names_them(facts_of):
    padded = [("", f"{floor:02}{position:02}") for floor in range(1, 8) for position in (1, 2)]
    padded.remove(("", "0502"))
    assert tiers(facts_of, padded) == {(None, "0502"): "B"}
    avoiding = [1, 2, 3, 5, 6, 7]
    lettered = [*rooms("1", avoiding), ("1", "3A01"), *rooms("2", avoiding), ("2", "3A01"), ("2", "3A02")]
    assert tiers(facts_of, lettered) == {("1", "3A02"): "A"}
    unit_first = [(unit, f"{unit}{room}") for unit in "123" for _, room in rooms(unit, range(1, 8))]
    unit_first.remove(("2", "2502"))
    assert tiers(facts_of, unit_first) == {("2", "2502"): "A"}


def test_offices_are_no_homes(facts_of):
    homes = homes_of(WORKED, use="办公")
    assert facts_of(houses=homes).gaps.filter(pl.col("kind") == "room").is_empty()


def test_the_order_of_the_file_does_not_matter(facts_of):
    homes = homes_of(WORKED)
    forwards, backwards = facts_of(houses=homes).gaps, facts_of(houses=homes[::-1]).gaps
    assert forwards.rows() == backwards.rows()


def test_answers_move_the_posterior_the_right_way():
    assert [posterior(tier) >= 0.5 for tier in TIERS] == [True, True, False, True, True, False, False]
    assert posterior("A") == 0.9
    assert posterior("A", confirmed=10) == pytest.approx(19 / 20)
    assert posterior("A", refuted=10) == pytest.approx(9 / 20)
    assert posterior("C", confirmed=5) == pytest.approx(9 / 15)
    assert posterior("B", 200, 100) == pytest.approx(209 / 310)


def test_a_tier_that_answers_refute_is_no_longer_asked(facts_of):
    homes = facts_of(houses=homes_of(WORKED)).houses
    before, after = (find_gaps(build_lattice(homes), answers) for answers in (None, {"A": (2, 20)}))
    assert before.filter(pl.col("kind") == "room")["confidence"].to_list() == [0.9, 0.9]
    assert after.filter(pl.col("kind") == "room")["confidence"].to_list() == [pytest.approx(11 / 32)] * 2


def findings(findings_of, houses, code):
    return list(records(findings_of(houses=houses).rows.filter(pl.col("rule") == code)))


def test_a_gap_is_a_finding_with_its_subject_and_the_reason(findings_of):
    first, second = findings(findings_of, homes_of(WORKED), "C104")
    assert first["subject"] == {"grid": "G1", "compound": "明珠花园", "building": "3", "unit": "1", "room": "402"}
    assert (first["row"], first["table"], first["source"], first["grid"]) == (None, "houses", "houses.xlsx", "G1")
    assert (first["level"], first["house"], first["masked"]) == ("warning", None, None)
    assert "2单元有402，1单元没有，其余各层都有02室" in first["message"]
    assert second["subject"]["room"] == "301"
    assert first["key"] != second["key"]


@pytest.mark.parametrize(
    ("places", "message"),
    [
        (rooms("", range(1, 8), without=["502"]),
         "明珠花园3栋502室疑似漏登(把握90%)：5楼登记了别的户，其余各层都有02室"),
        (rooms("", [1, 2, 3, 4, 5, 7, 8], (1,)) + rooms("", [1, 2, 3, 4, 5, 7], (2,)),
         "明珠花园3栋601室疑似漏登(把握90%)：上下楼层都有登记，6楼一户也没有，其余各层都有01室"),
        ([*rooms("1", [1, 2, 3, 4, 6, 7]), *rooms("2", range(1, 8))],
         "明珠花园3栋1单元501室疑似漏登(把握95%)：2单元有501，1单元5楼一户也没有，其余各层都有01室"),
        ([*rooms("1", range(1, 9), without=["402", "602"]), *rooms("2", range(1, 9), without=["602"])],
         "明珠花园3栋1单元402室疑似漏登(把握90%)：2单元有402，1单元没有，其余7层中6层有02室"),
    ],
)  # fmt: skip
def test_reasons_in_words(findings_of, places, message):
    assert findings(findings_of, homes_of(places), "C104")[0]["message"] == message


def test_skipped_units_and_buildings_are_one_question_each(findings_of):
    units = homes_of([*rooms("1", range(1, 7)), *rooms("3", range(1, 7))])
    (finding,) = findings(findings_of, units, "C112")
    assert finding["message"] == "明珠花园3栋缺号：有1、3单元，没有2单元；若有，按同栋其他单元约12户"
    assert finding["level"] == "info"
    blocks = [
        home | {"building": f"{block}栋", "house_id": f"{block}-{home['house_id']}"}
        for block in (1, 2, 3, 5, 7)
        for home in homes_of(rooms("", range(1, 7)))
    ]
    (finding,) = findings(findings_of, blocks, "C112")
    assert finding["message"] == "明珠花园缺号：6栋没有一户登记；若有，按其他楼栋约12户"
    assert finding["subject"] == {"grid": "G1", "compound": "明珠花园"}


def compound_of(*units_of, floors=6):
    """Homes of a compound: of each building the units it has, and how high they are."""
    return [
        home | {"building": f"{block}栋", "house_id": f"{block}-{home['house_id']}"}
        for block, units in enumerate(units_of, 1)
        for home in homes_of([room for unit in units for room in rooms(unit, range(1, floors + 1))])
    ]


def skipped_of(facts_of, houses):
    gaps = facts_of(houses=houses).gaps.filter(pl.col("kind") == "units", pl.col("skipped").is_not_null())
    return gaps.select("building", "skipped", "n_expected").rows()


@pytest.mark.parametrize(
    ("units_of", "skipped"),
    [
        # The first unit, alone and among others that have it.
        (["23"], [("1", "1", 12)]),
        (["123", "123", "23"], [("3", "1", 12)]),
        # The last one, where three others have it; two tell nothing, nor do others that lack it too.
        (["123", "123", "12", "123"], [("3", "3", 12)]),
        (["123", "12", "123"], []),
        (["123", "123", "12", "123", "12"], []),
        # Two units fewer is another building; where the others differ, so may this one.
        (["123", "1234", "12", "123", "123"], []),
        (["1234", "1234", "12", "1234"], []),
        # Numbered on from building to building; from 3 on.
        (["1", "23", "45"], []),
        (["34"], []),
        (["123", "123"], []),
    ],
)
def test_the_first_and_the_last_unit_are_asked_about(facts_of, units_of, skipped):
    assert skipped_of(facts_of, compound_of(*units_of)) == skipped


def test_the_last_unit_is_that_of_buildings_alike(facts_of):
    higher = [home | {"house_id": f"X{home['house_id']}", "building": "9栋"} for home in compound_of("12", floors=9)]
    assert skipped_of(facts_of, [*compound_of("123", "123", "123"), *higher]) == []


@pytest.mark.parametrize("row", [{"unit": None, "room": "402"}, {"unit": "1单元", "room": "四楼右边"}])
def test_a_home_that_may_be_of_the_first_unit_keeps_it_silent(facts_of, row):
    extra = {"house_id": "X", "community": "长亭社区", "grid": "G1", "compound": "明珠花园", "building": "1栋", **row}
    assert skipped_of(facts_of, [*compound_of("23"), extra]) == []


def test_a_unit_recorded_in_part_is_one_question(findings_of):
    seen = rooms("1", range(1, 9), without=["102", "201", "302", "401", "502", "601", "702"])
    houses = homes_of([*seen, *rooms("2", range(1, 9))])
    (finding,) = findings(findings_of, houses, "C113")
    assert finding["message"] == "明珠花园3栋1单元只登记了9户，按楼型约16户"
    assert findings(findings_of, houses, "C104") == []


def part_of(facts_of, places, extra=()):
    """Units asked about as a whole: unit, rooms recorded, rooms expected; and the rooms asked about one by one."""
    gaps = facts_of(houses=[*homes_of(places), *extra]).gaps
    parts = gaps.filter(pl.col("kind") == "part").select("unit", "n_rooms", "n_expected").rows()
    asked = gaps.filter(pl.col("kind") == "room", ~pl.col("in_part"), pl.col("tier") < "F")
    return parts, asked.select("unit", "room").rows()


WALK_UP = [*rooms("1", range(1, 7)), *rooms("3", range(1, 7))]
TOWER = rooms("1", range(2, 27), (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("places", "parts"),
    [
        # A unit too small for a pattern of its own.
        ([*WALK_UP, ("2", "101"), ("2", "302"), ("2", "601")], [("2", 3, 12)]),
        ([*WALK_UP, ("2", "302")], [("2", 1, 12)]),
        # Half of it; and its upper floors, which both others have.
        ([*WALK_UP, *[("2", room) for room in ("101", "202", "302", "401", "501", "602")]], [("2", 6, 12)]),
        ([*WALK_UP, *rooms("2", range(1, 4))], [("2", 6, 12)]),
        # Three in four of a tower's unit, here and there.
        ([*TOWER, *[("2", room) for at, (_, room) in enumerate(TOWER) if at % 4 != at // 4 % 4]], [("2", 75, 100)]),
    ],
)  # fmt: skip
def test_a_unit_with_clearly_fewer_rooms_than_the_others_is_one_question(facts_of, places, parts):
    assert part_of(facts_of, places) == (parts, [])


def test_between_the_thresholds_a_unit_is_asked_about_room_by_room(facts_of):
    seen = rooms("2", range(1, 7), without=["101", "302", "602"])
    assert part_of(facts_of, [*WALK_UP, *seen]) == ([], [("2", "101"), ("2", "302"), ("2", "602")])


@pytest.mark.parametrize(
    "places",
    [
        # One flat a floor where the others have two; shops on three floors of six; one other unit that is higher.
        [*WALK_UP, *rooms("2", range(1, 7), (1,))],
        [*WALK_UP, *rooms("2", range(4, 7))],
        [*rooms("1", range(1, 7)), *rooms("2", range(1, 4))],
        # Every unit is recorded in part: the building is being sold.
        [(unit, room) for unit in "123" for at, (_, room) in enumerate(rooms(unit, range(1, 9))) if at * int(unit) % 3],
        # The others differ among themselves.
        [*rooms("1", range(1, 7)), *rooms("3", range(1, 13)), *rooms("2", range(1, 4))],
        # One room under a number after the last may be a slip of the pen.
        [*WALK_UP, *rooms("2", range(1, 7)), ("4", "302")],
    ],
)
def test_units_that_may_be_built_smaller_are_not_asked_about(facts_of, places):
    assert part_of(facts_of, places)[0] == []


def test_a_compound_whose_third_units_are_all_lower_was_built_so(facts_of):
    places = [*rooms("1", range(1, 7)), *rooms("2", range(1, 7)), *rooms("3", range(1, 4))]
    others = [home | {"house_id": f"B{home['house_id']}", "building": "4栋"} for home in homes_of(places)]
    assert part_of(facts_of, places)[0] == [("3", 6, 12)]
    assert part_of(facts_of, places, others)[0] == []


@pytest.mark.parametrize("compound", ["明珠花圆", "明珠花园北区", None])
def test_the_rest_of_a_unit_under_another_spelling_keeps_it_silent(facts_of, compound):
    seen = ["101", "202", "302", "401", "501", "602"]
    rest = homes_of(rooms("2", range(1, 7), without=seen), compound=compound, address=None)
    rest = [home | {"house_id": f"R{home['house_id']}"} for home in rest]
    assert part_of(facts_of, [*WALK_UP, *[("2", room) for room in seen]], rest)[0] == []


def test_a_number_of_a_person_in_the_name_of_a_compound_is_not_shown(findings_of):
    houses = [home | {"compound": "13800000000"} for home in homes_of(WORKED)]
    found = findings(findings_of, houses, "C104")
    assert len(found) == 2
    assert "13800000000" not in str(found)


def test_without_houses_or_their_rooms_the_rules_are_not_evaluated(findings_of):
    people = findings_of(residents=[{"name": "甲", "live_address": "明珠花园3栋1单元402室"}])
    assert people.not_evaluated["C104"] == ("houses",)
    codes = findings_of(houses=[{"house_id": "1", "use": "住宅"}])
    assert codes.not_evaluated["C104"] == ("address", "room")


def test_the_denominator_is_the_homes_looked_at(findings_of):
    tallies = findings_of(houses=homes_of(WORKED)).tallies.filter(pl.col("rule") == "C104")
    assert tallies.select(pl.col("n_checked", "n_failed").sum()).row(0) == (24, 2)


def test_many_gaps_are_many_gaps_and_not_the_fault_of_the_file(findings_of):
    houses = [
        home | {"building": f"{block}栋", "house_id": f"{block}-{home['house_id']}"}
        for block in range(1, 61)
        for home in homes_of(WORKED)
    ]
    found = findings(findings_of, houses, "C104")
    assert len(found) == 120
    assert not any(finding["systematic"] for finding in found)


def test_the_share_that_could_be_checked_is_that_of_homes_in_a_pattern(audit_files):
    village = [
        {"house_id": f"V{number}", "community": "桐山村", "grid": "G2", "address": f"桐山村5组{number}号"}
        for number in range(1, 23)
    ]
    areas = audit_files(houses=[*homes_of(WORKED), *village]).card.areas
    shares = dict(areas.filter(pl.col("level") == "grid").select("grid", "checkable").rows())
    assert shares == {"G1": 1.0, "G2": 0.0}
    assert areas.filter(pl.col("level") == "district")["checkable"].item() == 0.5


@pytest.mark.parametrize(
    "houses",
    [
        [{"house_id": "1"}],
        [{"house_id": "1", "room": "99999", "building": "1栋"}, {"house_id": "2", "room": "0", "building": "1栋"}],
        homes_of([("1", f"{floor}99") for floor in range(1, 100)]),
        homes_of([("1", room) for room in ("101", "9901", "102", "9902", "201", "202")]),
        homes_of([(None, "-"), ("无", "室"), ("1", "B101"), ("1", "负101")]),
    ],
)
def test_odd_houses_are_no_gaps(facts_of, houses):
    gaps = facts_of(houses=houses).gaps
    assert gaps.filter(pl.col("tier") < "F").is_empty()


def test_one_name_for_a_whole_district_does_not_compare_everything_with_everything(facts_of):
    houses = [
        home | {"building": f"{block}栋", "house_id": f"{block}-{number}"}
        for block in range(1, 251)
        for number, home in enumerate(homes_of(rooms("", range(1, 8), without=["502"])))
    ]
    gaps = facts_of(houses=houses).gaps.filter(pl.col("kind") == "room")
    assert gaps["tier"].value_counts().rows() == [("B", 250)]
