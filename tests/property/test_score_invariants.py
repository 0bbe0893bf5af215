"""The invariants of the score (docs/methods.md, 6) on random worlds of homes and findings."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridaudit.score.marks import HOMES, lost_units, score

FINDINGS = {"home": pl.String, "person": pl.String, "loss": pl.String, "counted_in": pl.String, "whole": pl.Boolean}
UNITS = {"major": Fraction(1, 5), "minor": Fraction(1, 20), "none": Fraction(0)}

persons = st.sampled_from(["p", "q", "r"])
findings = st.one_of(
    st.tuples(st.none(), st.sampled_from(["major", "minor"]), st.just("house"), st.just(value=False)),
    st.tuples(persons, st.sampled_from(["major", "minor"]), st.sampled_from(["own", "relation"]), st.just(value=False)),
    st.tuples(st.none(), st.just("none"), st.none(), st.booleans()),
)
homes = st.fixed_dictionaries(
    {
        "grid": st.sampled_from(["G1", "G2", "G3"]),
        "coefficient": st.sampled_from([400, 1000]),
        "coefficient_known": st.booleans(),
        "recorded": st.sampled_from([True, True, True, False]),
        "n_gone": st.sampled_from([0, 0, 0, 1, 2]),
        "findings": st.lists(findings, max_size=6),
    }
)
worlds = st.lists(homes, min_size=1, max_size=8)
many = settings(max_examples=90)


def tables(world):
    common = {"street": "S", "community": "K", "collector": None, "stratum": "s", "checkable": True}
    rows = [{"home": f"H{number}", **common, **home} for number, home in enumerate(world)]
    found = [(f"H{number}", *finding) for number, home in enumerate(world) for finding in home["findings"]]
    return pl.DataFrame(rows, schema=HOMES), pl.DataFrame(found, schema=FINDINGS, orient="row")


def areas(frame, found):
    """Score, its ends and standard households of every grid and of all together."""
    lost = lost_units(frame, found)
    expressions = score(low=400, high=1000)
    grids = lost.group_by("grid").agg(expressions).rows_by_key("grid", named=True, unique=True)
    return {**grids, "all": lost.select(expressions).row(0, named=True)}


def scores(world):
    return {name: area["score"] for name, area in areas(*tables(world)).items()}


def changed(world, index, **change):
    return [*world[:index], world[index] | change, *world[index + 1 :]]


def lost_of(home):
    """The formula of docs/methods.md, 6, in exact fractions."""
    if not home["recorded"] or any(whole for *_, whole in home["findings"]):
        return Fraction(1)
    taken = {(where, person): Fraction(0) for where in ("house", "relation", "own") for person in (None, *"pqr")}
    for person, loss, where, _ in home["findings"]:
        taken[where or "house", person] += UNITS[loss]
    relations = sum(taken["relation", person] for person in "pqr")
    own = sum(min(Fraction(3, 10), taken["own", person]) for person in "pqr")
    return min(Fraction(1), taken["house", None] + min(Fraction(1, 5), relations) + own + Fraction(home["n_gone"], 2))


def exact(world):
    possible = sum(home["coefficient"] for home in world)
    return 100 * sum(home["coefficient"] * (1 - lost_of(home)) for home in world) / possible


@many
@given(worlds)
def test_the_score_is_that_of_the_formula(world):
    assert scores(world)["all"] == pytest.approx(float(exact(world)), abs=1e-9)


@many
@given(worlds)
def test_range_and_hundred_only_without_loss(world):
    value = scores(world)["all"]
    assert 0 <= value <= 100
    assert (value == 100) == all(lost_of(home) == 0 for home in world)


@many
@given(worlds, st.data())
def test_one_more_finding_never_raises_and_leaves_other_grids_alone(world, data):
    at = data.draw(st.integers(0, len(world) - 1))
    worse = changed(world, at, findings=[*world[at]["findings"], data.draw(findings)])
    before, after = scores(world), scores(worse)
    grid = world[at]["grid"]
    assert after[grid] <= before[grid]
    assert after["all"] <= before["all"]
    assert {name: value for name, value in after.items() if name not in {grid, "all"}} == {
        name: value for name, value in before.items() if name not in {grid, "all"}
    }


@many
@given(worlds, st.data())
def test_the_order_of_rows_and_the_names_of_grids_do_not_matter(world, data):
    frame, found = tables(world)
    shuffled = frame.sample(fraction=1, shuffle=True, seed=data.draw(st.integers(0, 99)))
    mixed = found.sample(fraction=1, shuffle=True, seed=data.draw(st.integers(0, 99)))
    names = {"G1": "乙", "G2": "丙", "G3": "甲"}
    renamed = areas(shuffled.with_columns(pl.col("grid").replace(names)), mixed)
    assert renamed == {names.get(name, name): area for name, area in areas(frame, found).items()}


@many
@given(worlds)
def test_an_area_is_the_weighted_mean_of_its_parts(world):
    found = areas(*tables(world))
    whole = found.pop("all")
    weights = [area["standard_households"] for area in found.values()]
    mean = sum(weight * area["score"] for weight, area in zip(weights, found.values(), strict=True)) / sum(weights)
    assert whole["score"] == pytest.approx(mean, abs=1e-9)
    parts = [area["score"] for area in found.values()]
    assert min(parts) - 1e-9 <= whole["score"] <= max(parts) + 1e-9


@many
@given(worlds, st.data())
def test_deleting_people_or_homes_never_raises(world, data):
    at = data.draw(st.integers(0, len(world) - 1))
    home, person = world[at], data.draw(persons)
    kept = [finding for finding in home["findings"] if finding[0] != person]
    without_relations = [finding for finding in kept if finding[2] != "relation"]
    for remaining in (kept, without_relations):
        gone = changed(world, at, findings=remaining, n_gone=home["n_gone"] + 1)
        assert scores(gone)["all"] <= scores(world)["all"]
    assert scores(changed(world, at, recorded=False, findings=[], n_gone=0))["all"] <= scores(world)["all"]


@settings(max_examples=40)
@given(worlds)
def test_nothing_collected_is_zero(world):
    empty = [home | {"recorded": False, "findings": []} for home in world]
    assert set(scores(empty).values()) == {0.0}


@many
@given(worlds, st.sampled_from([2, 3, 7]))
def test_a_common_factor_of_all_coefficients_changes_no_score(world, factor):
    frame, found = tables(world)
    known = frame.with_columns(coefficient_known=pl.lit(value=True))
    before, after = areas(known, found), areas(known.with_columns(pl.col("coefficient") * factor), found)
    for name, area in before.items():
        assert after[name]["score"] == pytest.approx(area["score"], abs=1e-9)
        assert after[name]["standard_households"] == pytest.approx(factor * area["standard_households"])


@settings(max_examples=60)
@given(worlds)
def test_halving_the_managed_coefficient(world):
    managed, others = ([home for home in world if home["coefficient"] == worth] for worth in (400, 1000))
    halved = scores([*(home | {"coefficient": 200} for home in managed), *others])["all"]
    kept = sum(exact(part) * len(part) * weight for part, weight in ((managed, 1), (others, 5)) if part)
    assert halved == pytest.approx(float(kept / (len(managed) + 5 * len(others))), abs=1e-9)


@settings(max_examples=60)
@given(worlds)
def test_a_grid_copied_under_a_new_name_has_the_same_score(world):
    copied = [*world, *(home | {"grid": f"{home['grid']} copy"} for home in world)]
    found = scores(copied)
    assert all(found[f"{home['grid']} copy"] == found[home["grid"]] for home in world)


@many
@given(worlds, st.sampled_from([400, 1000]))
def test_a_clean_home_raises_by_exactly_its_share(world, coefficient):
    clean = {"grid": "G1", "coefficient": coefficient, "coefficient_known": True, "recorded": True, "n_gone": 0}
    clean["findings"] = []
    before, after = areas(*tables(world))["all"], scores([*world, clean])["all"]
    share = coefficient / 1000 / (before["standard_households"] + coefficient / 1000)
    assert after == pytest.approx(before["score"] + (100 - before["score"]) * share, abs=1e-9)


@many
@given(worlds, homes, st.data())
def test_one_home_moves_its_grid_by_no_more_than_its_share(world, other, data):
    at = data.draw(st.integers(0, len(world) - 1))
    grid = world[at]["grid"]
    before = areas(*tables(world))[grid]
    lost = {name: other[name] for name in ("recorded", "n_gone", "findings")}
    after = scores(changed(world, at, **lost))[grid]
    assert abs(after - before["score"]) <= 100 * world[at]["coefficient"] / 1000 / before["standard_households"] + 1e-9


@settings(max_examples=60)
@given(worlds, st.data())
def test_findings_that_cost_nothing_change_nothing(world, data):
    at = data.draw(st.integers(0, len(world) - 1))
    suspicion = (data.draw(persons), "none", None, False)
    assert scores(changed(world, at, findings=[*world[at]["findings"], suspicion])) == scores(world)


@many
@given(worlds, st.integers(400, 1000))
def test_the_two_ends_bracket_every_common_unknown_coefficient(world, unknown):
    counted = [home if home["coefficient_known"] else home | {"coefficient": unknown} for home in world]
    for area in areas(*tables(counted)).values():
        assert area["score_low"] - 1e-9 <= area["score"] <= area["score_high"] + 1e-9
