"""With an earlier round to hold this one against, no deletion raises a score (docs/methods.md, 6: invariant 5).

Homes recorded as pulled down may go: that is their explanation.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridaudit.derive.rounds.baseline import compare
from gridaudit.derive.rounds.kept import to_keep
from gridaudit.judge import judge
from gridaudit.score import baseline_of, records, score

SECRET = b"a secret of the tests"
# Many small areas side by side: an audit of a few homes takes nearly as long as one of fifty.
PLACES = [
    (f"{street}街", f"{street}{community}社区", f"{street}{community}{grid}")
    for street in "东西南北"
    for community in "甲乙"
    for grid in "12"
]
OCCUPANCIES = ["自住", "自住", "出租", "空置", "拆除", None]
people = st.fixed_dictionaries({
    "name": st.sampled_from(["王小明", "唐小雨", "李大海", None]),
    "sex": st.sampled_from(["男", "女"]),
    "phone": st.sampled_from(["13900000000", "139", None]),
    "damage": st.sampled_from(["", "", "", "check digit", "blank"]),
    "status": st.sampled_from(["在住", "在住", "在住", "外出", "死亡"]),
})  # fmt: skip
homes = st.fixed_dictionaries({
    "place": st.sampled_from(PLACES),
    "occupancy": st.sampled_from(OCCUPANCIES),
    "managed": st.sampled_from(["有", "无", None]),
    "owner_name": st.sampled_from(["王大山", None]),
    "people": st.lists(people, max_size=4),
    "recorded": st.sampled_from([True, True, True, True, False]),
})  # fmt: skip


@pytest.fixture(scope="session")
def scores(facts_of, compiled):
    """Score tables held against an earlier round, if there is one: score of every area, and what the round keeps."""

    def build(tables, earlier=None):
        facts = facts_of(**{name: rows for name, rows in tables.items() if rows})
        now = to_keep(facts.residents, facts.houses, SECRET)
        if earlier is not None:
            found = compare(baseline_of("earlier", earlier), now, houses=facts.houses, dispositions=None, secret=SECRET)
            now = now._replace(gone=found.gone)
            facts = replace(facts, known_homes=found.homes, known_people=found.people, round="earlier")
        findings = judge(facts, compiled, lang="zh", secret=SECRET)
        card = score(facts, findings, managed=0.4, unmanaged=1.0, unknown=1.0)
        areas = card.areas.filter(pl.col("level") != "collector").select(
            "level", "street", "community", "grid", "score"
        )
        return {tuple(row[:4]): row[4] for row in areas.rows()}, records(card.homes, now)

    return build


def tables_of(world, make_id):
    """One home a number, its people with numbers of their own; some homes only their residents name."""
    houses, residents = [], []
    for number, home in enumerate(world):
        street, community, grid = home["place"]
        place = {"street": street, "community": community, "grid": grid, "house_id": f"H{number:03}"}
        house = place | {"address": f"甲路{number}号", "use": "住宅", "owner_name": home["owner_name"]}
        house |= {"occupancy": home["occupancy"], "managed": home["managed"]}
        houses += [house] if home["recorded"] else []
        for order, person in enumerate(home["people"]):
            row = place | {name: person[name] for name in ("name", "sex", "phone", "status")}
            right = make_id(born=f"19{number + 40}0{order + 1}11", order=f"{order + 100}")
            wrong = right[:-1] + ("1" if right[-1] == "0" else "0")
            row["id_no"] = {"": right, "check digit": wrong, "blank": None}[person["damage"]]
            residents.append(row | {"birth_date": right[6:14]})
    roster = [dict(zip(("street", "community", "grid"), place, strict=True)) for place in PLACES]
    return {"houses": houses, "residents": residents, "grids": roster}


def thinned(tables, data):
    """The same with some rows left out, at least one row of either table kept so that it is still a table."""
    kept = {"grids": tables["grids"]}
    for name in ("houses", "residents"):
        rows = tables[name]
        may_go = [number for number, row in enumerate(rows) if row.get("occupancy") != "拆除"]
        gone = data.draw(st.sets(st.sampled_from(may_go), max_size=len(rows) - 1)) if may_go else set()
        kept[name] = [row for number, row in enumerate(rows) if number not in gone]
    return kept


@settings(max_examples=25)
@given(st.lists(homes, min_size=2, max_size=40), st.data())
def test_no_deletion_raises_the_score_of_any_area(scores, make_id, world, data):
    tables = tables_of(world, make_id)
    if not tables["houses"] or not tables["residents"]:
        return
    _, earlier = scores(tables)
    before, _ = scores(tables, earlier)
    after, _ = scores(thinned(tables, data), earlier)
    for area, value in after.items():
        if before.get(area) is None:
            assert value is None
        else:
            assert value is not None
            assert value <= before[area] + 1e-9


@settings(max_examples=7)
@given(st.lists(homes, min_size=2, max_size=30), st.data())
def test_what_was_deleted_stays_lost_in_the_rounds_after(scores, make_id, world, data):
    """Homes and people that are gone are looked for in later rounds too, until something explains them."""
    tables = tables_of(world, make_id)
    if not tables["houses"] or not tables["residents"]:
        return
    _, earlier = scores(tables)
    fewer = thinned(tables, data)
    second, kept = scores(fewer, earlier)
    n_homes = [frame.filter(kind="home").height for frame in (earlier, kept)]
    assert n_homes[0] == n_homes[1]
    assert scores(fewer, kept)[0] == second


@settings(max_examples=7)
@given(st.lists(homes, min_size=2, max_size=30))
def test_a_round_against_itself_changes_no_score(scores, make_id, world):
    tables = tables_of(world, make_id)
    if not tables["houses"] or not tables["residents"]:
        return
    alone, earlier = scores(tables)
    assert scores(tables, earlier)[0] == alone


@settings(max_examples=7)
@given(st.lists(homes, min_size=2, max_size=30), st.data())
def test_nor_does_it_without_a_table_of_houses(scores, make_id, world, data):
    tables = tables_of(world, make_id)
    if not tables["residents"]:
        return
    tables["houses"] = []
    _, earlier = scores(tables)
    before, _ = scores(tables, earlier)
    after, _ = scores(thinned(tables, data), earlier)
    assert before.keys() == after.keys()
    for area, value in after.items():
        assert (value is None) == (before[area] is None)
        assert value is None or value <= before[area] + 1e-9
