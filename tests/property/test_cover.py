"""The smallest weighted set of cells: it touches every complaint, and no smaller one does."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from gridaudit.judge.cover import Cell, look_first, smallest_covers, weight

CELLS = [Cell(who, column) for who in ("h", "1") for column in ("relation", "birth_date", "sex", "id_no")]
complaint = st.frozensets(st.sampled_from(CELLS), min_size=1, max_size=4)


@given(st.lists(complaint, min_size=1, max_size=6))
def test_every_cover_touches_every_complaint(complaints):
    covers = smallest_covers(complaints)
    assert covers
    assert all(cover & own for cover in covers for own in complaints)


@given(st.lists(complaint, min_size=1, max_size=4))
def test_no_lighter_set_touches_them_all(complaints):
    covers = smallest_covers(complaints)
    if len(covers[0]) > 3:
        return
    lighter = [
        chosen
        for size in (1, 2, 3)
        for chosen in combinations(CELLS, size)
        if weight(chosen) < weight(covers[0]) and all(own & set(chosen) for own in complaints)
    ]
    assert lighter == []


@given(st.dictionaries(st.sampled_from("abcdef"), complaint, min_size=1))
def test_who_shares_a_cell_is_told_where_to_look(complaints):
    answers = look_first(complaints)
    for name, own in complaints.items():
        shares = any(own & other for another, other in complaints.items() if another != name)
        assert (name in answers) == shares
        if shares:
            assert answers[name]
            assert set(answers[name]) <= own


def cells(who, *columns):
    return frozenset(Cell(who, column) for column in columns)


def test_the_sex_explains_the_number_and_the_relation():
    complaints = {"I110": cells("1", "sex", "id_no"), "L114": cells("1", "relation", "sex")}
    assert look_first(complaints) == {"I110": (Cell("1", "sex"),), "L114": (Cell("1", "sex"),)}


def test_ties_show_both():
    complaints = {"I109": cells("1", "birth_date", "id_no"), "I115": cells("1", "age", "id_no")}
    assert look_first(complaints) == {
        "I109": (Cell("1", "birth_date"), Cell("1", "id_no")),
        "I115": (Cell("1", "age"), Cell("1", "id_no")),
    }


def test_complaints_about_different_cells_stand_alone():
    assert look_first({"L114": cells("1", "relation", "sex"), "L132": cells("1", "marital", "birth_date")}) == {}


def test_more_than_three_cells_are_named_one_after_the_other():
    apart = [cells(str(number), "sex") for number in range(5)]
    assert smallest_covers(apart) == [frozenset().union(*apart)]
