"""The invariants of the score that concern files (docs/methods.md, 6: 3, 5, 6, 8, 9, 11), through the whole line."""

from __future__ import annotations

from random import Random

import pytest

GRIDS = [("东街", "甲社区", "G1"), ("东街", "乙社区", "G2"), ("西街", "丙社区", "G3")]
ROSTER = [
    {"street": street, "community": community, "grid": grid, "collector": "网格员"} for street, community, grid in GRIDS
]


def world(seed, make_id, *, shared_code=True, missing_home=True):
    """Thirty homes with their residents, a fifth of the rows wrong in some way.

    With `shared_code` a house code stands in several grids, with `missing_home` residents of several grids name one
    home that nobody recorded.
    """
    random = Random(seed)
    houses, residents = [], []
    for number in range(1, 31):
        street, community, grid = random.choice(GRIDS)
        place = {"street": street, "community": community, "grid": grid}
        house = place | {
            "house_id": f"H{number:03}", "address": f"甲路{number}号",
            "occupancy": random.choice(["自住", "自住", "出租", "空置"]),
            "managed": random.choice(["有", "无", None]), "use": "住宅", "owner_name": random.choice(["王大山", None]),
            "updated_on": "2026-03-01",
        }  # fmt: skip
        if random.random() < 0.1 and shared_code:
            house["house_id"] = "H001"
        houses.append(house)
        for order in range(random.choice([0, 1, 1, 2, 3])):
            person = place | {
                "name": random.choice(["王小明", "唐小雨", "李大海", None]),
                "id_no": make_id(born=f"19{number + 50}0307", order=f"{order + 100}"),
                "sex": random.choice(["男", "女"]),
                "phone": random.choice(["13900000000", "13900", None]),
                "house_id": f"H{random.choice([number, number, number, 99 if missing_home else number, 1]):03}",
                "updated_on": f"2026-0{random.randrange(1, 9)}-01",
            }
            if random.random() < 0.2:
                person["id_no"] = random.choice([make_id(), person["id_no"][:-1] + "0", person["id_no"][:15], None])
            residents.append(person)
    return {"houses": houses, "residents": residents}


def areas(outcome):
    columns = [
        "level",
        "street",
        "community",
        "grid",
        "score",
        "standard_households",
        "n_homes",
        "n_error",
        "n_warning",
    ]
    return outcome.card.areas.select(columns).sort(columns[:4]).rows()


def score_of(outcome, level="district"):
    rows = outcome.card.areas.filter(outcome.card.areas["level"] == level).sort("grid")
    return rows["score"].to_list()


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("shared_code", "missing_home"), [(False, False), (True, False), (False, True)])
def test_the_order_of_rows_columns_and_files_does_not_matter(audit_files, make_id, seed, shared_code, missing_home):
    tables = world(seed, make_id, shared_code=shared_code, missing_home=missing_home)
    random = Random(seed)
    mixed = {}
    for name in ("residents", "houses"):
        rows = random.sample(tables[name], len(tables[name]))
        order = random.sample(list(rows[0]), len(rows[0]))
        mixed[name] = [{column: row[column] for column in order} for row in rows]
    one, other = audit_files(**tables), audit_files(folder="mixed", **mixed)
    assert areas(one) == areas(other)
    keys = [
        sorted(zip(outcome.findings.rows["rule"], outcome.findings.rows["key"], strict=True))
        for outcome in (one, other)
    ]
    assert keys[0] == keys[1]


@pytest.mark.parametrize("seed", range(3))
def test_one_file_or_several_do_not_matter(audit_files, make_id, seed):
    tables = world(seed, make_id)
    half = len(tables["residents"]) // 2
    split = {"houses": tables["houses"], "people1": tables["residents"][:half], "people2": tables["residents"][half:]}
    assert areas(audit_files(**tables)) == areas(audit_files(folder="split", **split))


@pytest.mark.parametrize("seed", range(3))
def test_every_area_is_the_weighted_mean_of_its_children(audit_files, make_id, seed):
    areas = audit_files(**world(seed, make_id)).card.areas
    for parent, child in (
        ("district", "street"),
        ("street", "community"),
        ("community", "grid"),
        ("district", "collector"),
    ):
        for area in areas.filter(areas["level"] == parent).iter_rows(named=True):
            keys = [key for key in ("street", "community") if area[key] is not None]
            parts = areas.filter(areas["level"] == child, *(areas[key] == area[key] for key in keys))
            weights = parts["standard_households"]
            assert area["score"] == pytest.approx((parts["score"] * weights).sum() / weights.sum(), abs=1e-9)
            assert area["standard_households"] == pytest.approx(weights.sum(), abs=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_file_twice_has_no_effect(audit_files, make_id, seed):
    tables = world(seed, make_id)
    one = audit_files(**tables)
    again = audit_files(folder="again", **tables, houses2=tables["houses"], residents2=tables["residents"])
    assert areas(one) == areas(again)


def test_the_same_table_saved_anew_has_no_effect_on_the_score(audit_files, make_id):
    tables = world(1, make_id)
    one = audit_files(**tables)
    anew = [dict(row) for row in tables["houses"]] + [dict.fromkeys(tables["houses"][0])]
    again = audit_files(folder="again", **tables, houses2=anew)
    assert score_of(one) == score_of(again)


def test_nothing_collected_of_a_known_frame_is_zero_and_of_no_frame_is_nothing(audit_files):
    houses = [
        {
            "house_id": f"H{number}",
            "address": f"甲路{number}号",
            "occupancy": "自住",
            "street": "东街",
            "community": "甲社区",
            "grid": "G1",
        }
        for number in range(1, 6)
    ]
    residents = [{"name": "王小明", "house_id": "H9", "street": "东街", "community": "乙社区", "grid": "G2"}]
    outcome = audit_files(houses=houses, residents=residents, grids=ROSTER)
    assert score_of(outcome, "grid") == [0.0, 0.0, None]
    grids = outcome.card.areas.filter(outcome.card.areas["level"] == "grid").sort("grid")
    assert grids["n_homes"].to_list() == [5, 1, 0]


@pytest.mark.parametrize("seed", range(3))
def test_a_grid_copied_under_new_keys_has_the_same_score(audit_files, make_id, seed):
    houses = [row for row in world(seed, make_id)["houses"] if row["grid"] == "G1"]
    copies = [
        row | {"grid": "G9", "house_id": f"X{row['house_id']}", "address": f"乙{row['address']}"} for row in houses
    ]
    scores = score_of(audit_files(houses=[*houses, *copies]), "grid")
    assert scores[0] == scores[1]


def test_a_clean_person_in_a_home_changes_nothing(audit_files, make_id):
    tables = world(2, make_id)
    clean = {
        "name": "陈小花", "id_no": make_id(born="19600101", order="555"), "sex": "男", "phone": "13900000000",
        "house_id": tables["residents"][0]["house_id"], "updated_on": "2026-06-01",
    }  # fmt: skip
    clean |= {name: tables["residents"][0][name] for name in ("street", "community", "grid")}
    more = {**tables, "residents": [*tables["residents"], clean]}
    assert score_of(audit_files(**tables)) == score_of(audit_files(folder="more", **more))


def test_files_whose_codes_never_meet_lose_nothing_by_it(audit_files):
    place = {"street": "东街", "community": "甲社区", "grid": "G1"}
    houses = [
        place | {"house_id": f"H{number}", "address": f"甲路{number}号", "occupancy": "自住"}
        for number in range(1, 131)
    ]
    residents = [place | {"name": "王小明", "house_id": f"{number:05}"} for number in range(1, 131)]
    outcome = audit_files(houses=houses, residents=residents)
    assert score_of(outcome) == [100.0]
    assert outcome.card.homes.height == 130
    assert "W107" in outcome.findings.rows["rule"].to_list()
