"""Cells and lines: widths of the terminal, characters it can carry, numbers that do not flatter."""

from __future__ import annotations

import unicodedata

import pytest
from rich.cells import cell_len

from gridaudit.report import cells
from gridaudit.report.lines import Column, Styled, flow, fold, line, table


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("写“男”字", "写「男」字"),
        ("I104–I106 → 0.5 × 2 …", "I104-I106 -> 0.5 x 2 .."),
        ("Ⅱ区①网格", "II区1网格"),
        ("一\n二\t三", "一 二 三"),
        ("\x1b[31m红\u202e反\x07", "[31m红反"),
    ],
)
def test_printable_keeps_the_terminal_safe(text, plain):
    assert cells.printable(text) == plain


@pytest.mark.parametrize(
    ("width", "shown"), [(12, "湖心社区网格"), (11, "湖心社区.."), (10, "湖心社区.."), (9, "湖心社..")]
)
def test_cut_by_display_width(width, shown):
    assert cells.cut("湖心社区网格", width) == shown
    assert cell_len(shown) <= width


@pytest.mark.parametrize(
    ("value", "shown"), [(None, "NA"), (100.0, "100.0"), (99.97, "99.9"), (97.68, "97.7"), (0.0, "0.0")]
)
def test_score_is_100_only_when_nothing_is_lost(value, shown):
    assert cells.score(value) == shown


@pytest.mark.parametrize(("value", "shown"), [(0.31, "+0.3"), (-0.1, "-0.1"), (-0.01, "0.0"), (0.0, "0.0"), (None, "")])
def test_change_has_a_sign_unless_there_is_none(value, shown):
    assert cells.change(value) == shown


def test_flow_begins_a_line_for_what_does_not_fit():
    lines = flow(["覆盖 8/8 街道", "80/80 社区", "", "288/288 网格"], width=28)
    assert [entry.plain for entry in lines] == ["覆盖 8/8 街道  80/80 社区", "288/288 网格"]


def test_fold_breaks_chinese_anywhere_but_not_before_its_punctuation():
    lines = [entry.plain for entry in fold("甲乙丙丁，戊己庚辛。", width=8, indent=2)]
    assert lines == ["甲乙丙", "  丁，戊", "  己庚", "  辛。"]


def test_fold_keeps_words_whole_and_breaks_what_is_longer_than_a_line():
    assert [entry.plain for entry in fold("one two three", width=8)] == ["one two", "three"]
    assert [entry.plain for entry in fold("a" * 20, width=8)] == ["a" * 8, "a" * 8, "a" * 4]


def test_table_cuts_names_never_numbers():
    columns = [Column("网格", may_cut=True), Column("户数", right=True)]
    lines = [entry.plain for entry in table(columns, [["湖心社区第一网格", "11,129"], ["东", "1"]], width=18)]
    assert lines == ["网格          户数", "-" * 18, "湖心社区..  11,129", "东               1"]


def test_table_drops_what_it_may_before_it_cuts():
    columns = [Column("网格", may_cut=True), Column("户数", right=True, may_drop=True), Column("得分", right=True)]
    row = ["湖心社区网格", "11,129", "97.7"]
    assert table(columns, [row], width=26)[2].plain == "湖心社区网格  11,129  97.7"
    assert table(columns, [row], width=20, total=["全区", "1", "2"])[2].plain == "湖心社区网格  97.7"


def test_table_aligns_by_display_width():
    columns = [Column("街道"), Column("户数", right=True)]
    lines = [entry.plain for entry in table(columns, [["东湖", "1"], ["ab", "22"]], total=["全区", "23"])]
    assert lines == ["街道  户数", "----------", "东湖     1", "ab      22", "----------", "全区    23"]


def test_colour_only_repeats_the_word():
    assert line("比全区 ", Styled("偏高", "red")).plain == "比全区 偏高"


def test_own_marks_have_a_sure_width():
    assert all(unicodedata.east_asian_width(character) != "A" for character in cells.NA + cells.CUT)
