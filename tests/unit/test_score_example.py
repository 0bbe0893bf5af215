"""The worked example of the README, to the last digit, and the marks of single homes."""

from __future__ import annotations

import polars as pl
import pytest

from gridaudit.score.marks import HOMES, lost_units, score

FINDINGS = {"home": pl.String, "person": pl.String, "loss": pl.String, "counted_in": pl.String, "whole": pl.Boolean}


def homes_of(grid, n_homes, coefficient, *, missed=0, gone=0):
    """Homes of a grid: the first are missed, the next have somebody known but gone."""
    return [
        {
            "home": f"{grid}{number}", "street": "S", "community": "K", "grid": grid, "collector": None,
            "coefficient": coefficient, "coefficient_known": True, "stratum": "s", "checkable": True,
            "recorded": number >= missed, "n_gone": int(missed <= number < missed + gone),
        }
        for number in range(n_homes)
    ]  # fmt: skip


def finding(home, loss, counted_in, person=None, *, whole=False):
    return {"home": home, "person": person, "loss": loss, "counted_in": counted_in, "whole": whole}


def scored(homes, findings):
    return lost_units(pl.DataFrame(homes, schema=HOMES), pl.DataFrame(findings, schema=FINDINGS))


@pytest.fixture(scope="module")
def district():
    homes = [
        *homes_of("A", 300, 1000, missed=9, gone=6),
        *homes_of("B", 750, 400, missed=10, gone=5),
        *homes_of("C", 200, 400, missed=200),
    ]
    findings = [
        *(finding(f"A{number}", "major", "own", "p") for number in range(20, 40)),
        *(finding(f"A{number}", "minor", "own", "p") for number in range(40, 80)),
        *(finding(f"B{number}", "major", "own", "p") for number in range(20, 70)),
        *(finding(f"B{number}", "minor", "own", "p") for number in range(70, 170)),
    ]
    return scored(homes, findings)


def test_the_worked_example_by_grid(district):
    grids = district.group_by("grid").agg(score(low=400, high=1000)).sort("grid")
    assert grids["score"].to_list() == [94.0, 96.33333333333333, 0.0]
    assert grids["standard_households"].to_list() == [300.0, 300.0, 80.0]
    assert grids["marks_lost"].to_list() == [18.0, 11.0, 80.0]


def test_the_worked_example_of_the_community(district):
    community = district.select(score(low=400, high=1000)).row(0, named=True)
    assert community["score"] == pytest.approx(83.97058823529412, abs=1e-13)
    assert community["score"] == pytest.approx(100 * (1 - 109 / 680), abs=1e-13)
    assert (community["n_homes"], community["standard_households"], community["marks_lost"]) == (1250, 680.0, 109.0)


@pytest.mark.parametrize(
    ("findings", "lost"),
    [
        ([], 0),
        ([finding("H0", "minor", "house")], 1),
        ([finding("H0", "major", "house")], 4),
        ([finding("H0", "none", None)], 0),
        ([finding("H0", "major", "house")] * 4, 16),
        ([finding("H0", "major", "house")] * 7, 20),
        ([finding("H0", "major", "relation", "p")] * 3, 4),
        ([finding("H0", "minor", "relation", "p"), finding("H0", "minor", "relation", "q")], 2),
        ([finding("H0", "major", "own", "p")] * 3, 6),
        ([finding("H0", "major", "own", person) for person in "pqr"], 12),
        ([finding("H0", "major", "own", person) for person in "pqrst"], 20),
        ([*([finding("H0", "major", "own", "p")] * 2), finding("H0", "minor", "own", "q")], 7),
        ([finding("H0", "none", None, whole=True)], 20),
        ([finding("elsewhere", "major", "house")], 0),
    ],
)
def test_marks_of_one_home_in_twentieths(findings, lost):
    assert scored(homes_of("H", 1, 1000), findings)["lost"].to_list() == [lost]


@pytest.mark.parametrize(("n_gone", "lost"), [(0, 0), (1, 10), (2, 20), (3, 20)])
def test_people_known_but_gone(n_gone, lost):
    homes = [homes_of("H", 1, 1000)[0] | {"n_gone": n_gone}]
    assert scored(homes, [])["lost"].to_list() == [lost]


def test_a_home_without_record_keeps_nothing():
    assert scored(homes_of("H", 1, 1000, missed=1), [])["lost"].to_list() == [20]


def test_no_frame_no_score():
    nothing = scored([], [])
    assert nothing.select(score(low=400, high=1000))["score"].to_list() == [None]
