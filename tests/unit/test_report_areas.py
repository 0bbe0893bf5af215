"""Tables of areas: order, what stands beside a score, small cells, names."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest
from rich.cells import cell_len

from gridaudit.report.area_files import area_frame, areas_csv, areas_json, entries, summary_json
from gridaudit.report.area_rows import area_rows, in_street, known_grids, total_row
from gridaudit.report.area_screens import area_table, grid_table
from gridaudit.report.header import Header
from gridaudit.report.markdown import area_markdown
from gridaudit.score import Coverage

COUNTS = (
    "n_homes",
    "n_unknown",
    "n_problem_homes",
    "n_persons",
    "n_records",
    "n_error",
    "n_warning",
    "n_info",
    "n_unclean",
)
FIGURES = (
    "standard_households",
    "score",
    "score_low",
    "score_high",
    "marks_lost",
    "checkable",
    "expected",
    "oe",
    "oe_low",
    "oe_high",
)
SCHEMA = {
    **dict.fromkeys(("level", "street", "community", "grid", "collector", "grid_name", "verdict"), pl.String()),
    **dict.fromkeys(COUNTS, pl.UInt32()),
    **{f"family_{family}": pl.UInt32() for family in "IDFCLVTWU"},
    **dict.fromkeys(FIGURES, pl.Float64()),
}
HEADER = Header(
    run_id="r1", run_number=3, started_at=datetime(2026, 9, 1, 9, 30, tzinfo=UTC), as_of=date(2026, 9, 1),
    district="样例区", tool="gridaudit 0.1.0", ruleset="sha256:" + "0" * 64, inputs=(), weighted=True, rules=71,
    coverage=Coverage(streets=(2, 2), communities=(2, 2), grids=(3, 3), n_off_roster=0),
)  # fmt: skip


def area(level, *, homes=10, lost=0.0, persons=20, **more):
    """An area of homes without property management that lost some marks."""
    score = None if not homes else 100 * (homes - lost) / homes
    row = dict.fromkeys(SCHEMA, None) | {name: 0 for name, kind in SCHEMA.items() if kind == pl.UInt32()}
    return row | {
        "level": level, "n_homes": homes, "standard_households": float(homes) if homes else None, "score": score,
        "score_low": score, "score_high": score, "marks_lost": lost if homes else None, "n_persons": persons,
        "n_records": persons + homes, "checkable": 1.0 if homes else None, "verdict": "same" if homes else None,
        "expected": 1.0 if homes else None, "oe": 1.0 if homes else None, "oe_low": 0.5 if homes else None,
        "oe_high": 2.0 if homes else None,
    } | more  # fmt: skip


def areas_of(*rows):
    return pl.DataFrame(list(rows), schema=SCHEMA, orient="row")


@pytest.fixture
def areas():
    """Two streets, a grid of few people, a grid without homes, a code off the roster, a row without a grid."""
    east, west = {"street": "东街"}, {"street": "西街"}
    first, third = {"community": "一村", "grid_name": "一村01网格"}, {"community": "一村", "grid_name": "一村03网格"}
    return areas_of(
        area("district", homes=30, lost=3.0, persons=43, n_error=4, n_warning=2, n_info=5, n_problem_homes=3),
        area("street", **east, homes=20, lost=1.0, persons=23, n_error=1, n_problem_homes=1),
        area("street", **west, lost=2.0, n_error=3, n_warning=2, n_info=5, n_problem_homes=2, verdict="higher"),
        area("community", **east, community="一村", homes=20, lost=1.0),
        area("community", **west, community="一村", lost=2.0),
        area("grid", **east, **first, grid="430299001001001", lost=1.0, persons=3, n_error=1),
        area("grid", **east, community="一村", grid="430299001001002", grid_name="一村02网格", homes=0, persons=0),
        area("grid", **east, community="一村", grid="430299001001982", homes=1, lost=0.02, persons=0),
        area("grid", **east, community="一村", homes=9, persons=20),
        area("grid", **west, **third, grid="430299002001001", lost=2.0, n_error=2, family_T=1),
        area("collector", collector="王某", homes=20, lost=1.0),
    )  # fmt: skip


def plain(lines):
    return [entry.plain for entry in lines]


def test_areas_come_in_order_of_marks_lost_and_na_last(areas):
    assert area_rows(areas, "street")["street"].to_list() == ["西街", "东街"]
    names = area_rows(areas, "grid")["name"].to_list()
    assert names == ["一村03网格", "一村01网格", "430299001001982", None, "一村02网格"]


def test_change_is_that_of_the_same_area(areas):
    previous = areas.filter(pl.col("street") != "西街").with_columns(pl.col("score") - 1)
    rows = area_rows(areas, "street", previous=previous)
    assert rows["change"].to_list() == [None, 1.0]


def test_few_people_make_no_rate(areas):
    row = area_rows(areas, "grid").filter(pl.col("grid_name") == "一村01网格").row(0, named=True)
    assert (row["few_persons"], row["per_100_persons"]) == (True, None)


def test_a_slip_of_the_pen_is_no_grid(areas):
    assert known_grids(areas).height == 3
    without_names = areas.with_columns(grid_name=pl.lit(None, dtype=pl.String))
    assert known_grids(without_names).height == 4


def test_the_total_of_a_street_is_the_street(areas):
    assert total_row(areas)["n_homes"] == 30
    assert total_row(areas, street="西街")["n_homes"] == 10
    assert in_street(areas, None) is areas


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("level", ["street", "community", "collector", "grid"])
def test_area_table_fits_and_says_what_stands_beside_the_score(areas, lang, level):
    lines = plain(area_table(areas, HEADER, lang, level, previous=areas))
    assert all(cell_len(text) <= 80 for text in lines)
    text = "".join(lines)
    assert "90.0" in text
    assert ("每百户" if lang == "zh" else "of 100 homes") in text
    assert "100.0%" in text


def test_area_table_has_words_but_no_ranks(areas):
    lines = plain(area_table(areas, HEADER, "zh", "street"))
    assert lines[4].startswith("西街")
    assert lines[4].endswith("偏高")


def test_area_table_of_one_street(areas):
    lines = plain(area_table(areas, HEADER, "zh", "community", street="西街"))
    assert sum(text.startswith("一村") for text in lines) == 1
    assert any(text.startswith("西街   ") for text in lines)
    assert not any(text.startswith("全区") for text in lines)


def test_grid_table_names(areas):
    lines = plain(grid_table(areas, HEADER, "zh"))
    names = [text.split()[1] for text in lines[4:8]]
    assert names == ["一村03", "一村01", "..001982", "一村02"]
    assert lines[8] == "未填网格的 9 户不在表中，计入所属社区、街道"


def test_grid_table_shows_na_and_hides_few_people(areas):
    lines = plain(grid_table(areas, HEADER, "zh"))
    assert " NA" in lines[7]
    assert " <5 " in lines[5]
    assert lines[0].endswith("共 4 个")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [80, 96])
def test_grid_table_fits(areas, lang, width):
    wide = areas.with_columns(pl.col("n_homes", "n_persons") * 1000, pl.col("standard_households") * 1000)
    lines = plain(grid_table(wide, HEADER, lang, width=width))
    assert all(cell_len(text) <= width for text in lines)


def test_grid_table_drops_columns_on_a_narrow_screen(areas):
    wide, narrow = (plain(grid_table(areas, HEADER, "zh", width=width))[2].split() for width in (96, 80))
    assert set(wide) - set(narrow) == {"户数", "人数", "规范", "超期"}


def test_grid_table_says_how_many_are_hidden(areas):
    lines = plain(grid_table(areas, HEADER, "zh", top=2))
    assert "另有 2 个未显示，加 --all 显示全部" in lines


def test_a_table_without_areas_says_so(areas):
    lines = plain(grid_table(areas.filter(pl.col("level") == "district"), HEADER, "zh"))
    assert "没有可显示的" in lines


def test_area_frame_has_keys_and_suppresses_few_people(areas):
    frame = area_frame(areas, "grid")
    few = frame.filter(pl.col("grid_name") == "一村01网格").row(0, named=True)
    assert (few["persons"], few["records"], few["per_100_persons"], few["houses"]) == (None, None, None, 10)


def test_area_frame_has_the_levels_in_order(areas):
    assert area_frame(areas)["level"].unique(maintain_order=True).to_list() == [
        "district", "street", "community", "grid", "collector",
    ]  # fmt: skip


def test_same_name_in_two_streets_counts_its_own_grids(areas):
    grids = {entry["street"]: entry["grids"] for entry in entries(areas, "community")}
    assert grids == {"西街": 1, "东街": 2}


def test_csv_of_areas_has_no_formula(areas):
    hostile = areas.with_columns(street=pl.when(pl.col("street") == "东街").then(pl.lit("=1+1")).otherwise("street"))
    assert ",=1+1" not in areas_csv(hostile)
    assert ",'=1+1" in areas_csv(hostile)


def test_documents_round_and_keep_null(areas):
    document = areas_json(HEADER, areas.with_columns(score=pl.col("score") / 3), "grid")
    assert [entry["score"] for entry in document["areas"]] == [26.666667, 30.0, 32.666667, 33.333333, None]


def test_summary_of_nothing_is_na_not_100():
    none = areas_of(area("district", homes=0, persons=0))
    findings = pl.DataFrame(schema={"systematic": pl.Boolean, "family": pl.String})
    document = summary_json(HEADER, none, findings)
    assert document["score"]["score"] is None
    assert document["totals"]["clean_rate"] is None


def test_markdown_escapes_bars(areas):
    hostile = areas.with_columns(street=pl.when(pl.col("street") == "东街").then(pl.lit("东|街")).otherwise("street"))
    text = area_markdown(hostile, HEADER, "zh", "street")
    rows = [row for row in text.splitlines() if row.startswith("|")]
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1
    assert rows[-1].startswith("| **全区** | **30** |")
