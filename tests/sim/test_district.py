"""A district of 8,000 households: every planted defect is found, and nobody else is bothered."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
import pytest

from gridaudit.cli.check import exit_code
from gridaudit.cli.options import FailOn
from gridaudit.config import load_config
from gridaudit.pipeline import audit
from gridaudit.sample import DEFAULT_RATES, write_sample

pytestmark = pytest.mark.sim
PLACE = ["table", "file", "row"]


def audited(folder, seed, rates):
    write_sample(folder, households=8000, seed=seed, rates=rates)
    outcome = audit(
        sorted(folder.glob("*.xlsx")), config=load_config(folder / "gridaudit.toml"), as_of=date(2026, 9, 1),
        started_at=datetime(2026, 9, 1, tzinfo=UTC), run_id="r", secret=b"x",
    )  # fmt: skip
    roster = pl.read_csv(folder / "网格表.csv", columns="网格编码", schema_overrides={"网格编码": pl.String})
    seats = roster.select(grid="网格编码", table=pl.lit("grids"), seat=pl.int_range(2, pl.len() + 2))
    rows = outcome.findings.rows.rename({"source": "file"}).join(seats, on=["grid", "table"], how="left")
    subject = pl.concat_str(pl.col("subject").struct.unnest(), separator="/", ignore_nulls=True)
    return outcome, rows.with_columns(row=pl.coalesce(pl.col("row").cast(pl.Int64), "seat"), about=subject)


@pytest.fixture(scope="module", params=[1, 2])
def planted(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("planted")
    outcome, rows = audited(folder, request.param, DEFAULT_RATES)
    return outcome, rows, pl.read_csv(folder / "truth.csv")


def test_every_planted_defect_is_found(planted):
    _, rows, truth = planted
    flagged = truth.filter(role="flagged")
    missed = flagged.filter(pl.col("row").is_not_null()).join(rows, on=["rule", *PLACE], how="anti")
    assert missed.rows() == []
    assert set(flagged["rule"]) == set(DEFAULT_RATES)


def test_omitted_homes_are_asked_about_and_no_others(planted):
    _, rows, truth = planted
    omitted = truth.filter(pl.col("row").is_null()).with_columns(about=pl.col("subject").str.replace_all("栋|单元", ""))
    asked = rows.filter(pl.col("rule").is_in(["C104", "C113"]))
    assert omitted.filter(role="flagged").height >= 5
    assert omitted.filter(role="flagged").join(asked, on=["rule", "about"], how="anti").rows() == []
    assert asked.join(omitted, on=["rule", "about"], how="anti").select("rule", "message").rows() == []


def test_nothing_is_said_of_a_record_without_a_planted_defect(planted):
    _, rows, truth = planted
    said = rows.filter(pl.col("level").is_in(["error", "warning"]), pl.col("row").is_not_null())
    assert said.join(truth, on=PLACE, how="anti").select("rule", *PLACE, "message").rows() == []


def test_a_record_is_reproached_with_what_was_planted_alone(planted):
    """One cause, one finding: no second error or warning on the row of a defect."""
    _, rows, truth = planted
    said = rows.filter(pl.col("level").is_in(["error", "warning"]), pl.col("row").is_not_null())
    flagged = truth.filter(role="flagged")
    extra = said.join(flagged, on=["rule", *PLACE], how="anti").join(flagged, on=PLACE, how="semi")
    assert extra.select("rule", *PLACE, "message").rows() == []


# Rules that hardly any honest record fails: what they say must be what was planted.
SURE = ["C101", "D101", "D104", "D106", "F101", "F202", "I101", "I102", "I103", "I104", "I105",
        "I109", "I110", "I113", "L104", "L105", "L110", "L114", "L159"]  # fmt: skip


def test_rules_of_low_risk_say_what_was_planted_and_nothing_else(planted):
    _, rows, truth = planted
    flagged = truth.filter(pl.col("role") == "flagged", pl.col("rule").is_in(SURE))
    said = rows.filter(pl.col("rule").is_in(SURE))
    right = said.join(flagged, on=["rule", *PLACE], how="semi")
    assert right.height == flagged.height
    assert right.height >= 0.98 * said.height


def test_the_file_itself_is_not_blamed_for_planted_defects(planted):
    outcome, rows, _ = planted
    assert rows.filter(pl.col("systematic")).is_empty()
    assert set(rows.filter(family="W", level="error")["rule"]) <= {"W101"}
    assert outcome.findings.not_evaluated == {"C107": ("baseline",), "C108": ("baseline",)}


def test_a_clean_district_is_perfect(tmp_path):
    outcome, rows = audited(tmp_path, 1, {})
    assert rows.rows() == []
    assert outcome.card.areas.filter(pl.col("score").ne_missing(100.0)).rows() == []
    assert outcome.card.areas.filter(level="grid").height > 250
    assert exit_code(outcome, FailOn.WARNING, 100.0) == 0
