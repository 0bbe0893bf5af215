"""`export`: the scheduled job."""

from __future__ import annotations

import json
import os
import re
from datetime import timedelta

import pytest
from filelock import FileLock

FORMATS = '\n[export]\nout = "{out}"\nformats = ["csv", "json", "xlsx", "parquet"]\n'


@pytest.fixture
def job(run_cli, planted, tmp_path):
    """Run the job over a copy of the district with defects; more settings may be added."""
    place = tmp_path / "srv"
    place.mkdir()
    for path in planted.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    config = place / "gridaudit.toml"
    base = config.read_text("utf-8")

    def run(*options, settings=""):
        config.write_text(base + settings, "utf-8")
        return run_cli("export", "--config", config, "--out", tmp_path / "out", *options)

    return run


def runs(out):
    return sorted(path for path in out.iterdir() if path.is_dir())


def test_a_new_folder_with_everything_it_says(job, tmp_path):
    code, out, err = job(settings='\n[export]\nformats = ["csv", "json", "xlsx", "parquet"]\n')
    assert (code, err) == (0, "")
    assert re.match(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+0800 run=20", out)
    assert len(out.splitlines()) == 1
    (folder,) = runs(tmp_path / "out")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()}
    assert {"findings.csv", "findings.jsonl", "findings.parquet", "summary.json", "summary.csv"} <= set(
        manifest["files"]
    )
    assert sum(name.endswith(".xlsx") for name in manifest["files"]) >= 1
    latest = json.loads((tmp_path / "out" / "latest.json").read_text("utf-8"))
    assert (latest["run"], latest["exit"]) == (folder.name, 0)
    assert latest["finished_at"].endswith("+08:00")


def test_quiet_and_well_prints_nothing(job):
    assert job("--quiet") == (0, "", "")


def test_the_same_input_gives_the_same_findings(job, tmp_path):
    job("-q")
    job("-q")
    first, second = runs(tmp_path / "out")
    assert (first / "findings.csv").read_bytes() == (second / "findings.csv").read_bytes()
    latest = json.loads((tmp_path / "out" / "latest.json").read_text("utf-8"))
    assert latest["run"] == second.name


def test_a_score_below_the_limit_is_exit_1(job, tmp_path):
    assert job("--fail-under", "99.9", "-q")[0] == 1
    assert json.loads((tmp_path / "out" / "latest.json").read_text("utf-8"))["exit"] == 1
    assert job("-q", settings="\n[export]\nfail_under = 99.9\n")[0] == 1


def test_another_run_holds_the_lock(job, tmp_path):
    (tmp_path / "out").mkdir()
    with FileLock(tmp_path / "out" / ".gridaudit.lock"):
        code, out, err = job("--quiet")
        assert (code, out) == (4, "")
        assert "E401" in err
        assert job("-q", "--lock-timeout", "0.1")[0] == 4
    assert runs(tmp_path / "out") == []
    assert job("-q")[0] == 0


def test_what_a_killed_run_left_is_swept(job, tmp_path, home):
    leftover = tmp_path / "out" / ".tmp-20260901T063000+0800-1"
    leftover.mkdir(parents=True)
    (leftover / "findings.csv").write_text("x", "utf-8")
    (tmp_path / "out" / ".tmp-latest-1").write_text("x", "utf-8")
    dead = home / "runs" / ".tmp-20260901T063000+0800-4194304"
    dead.mkdir(parents=True)
    assert job("-q")[0] == 0
    assert not list((tmp_path / "out").glob(".tmp-*"))
    assert not dead.exists()


def test_a_run_that_breaks_leaves_the_last_one_in_place(job, tmp_path, monkeypatch):
    job("-q")
    before = (tmp_path / "out" / "latest.json").read_bytes()

    def full(*_args, **_kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gridaudit.report.export_files", full)
    code, out, err = job("-q")
    assert (code, out) == (3, "")
    assert "E301" in err
    assert (tmp_path / "out" / "latest.json").read_bytes() == before
    assert len(runs(tmp_path / "out")) == 1
    assert not list((tmp_path / "out").glob(".tmp-*"))


def test_the_newest_export_is_read(job, tmp_path):
    place = tmp_path / "srv"
    (old,) = place.glob("实有人口*")
    newer = place / "实有人口_20260902.xlsx"
    newer.write_bytes(old.read_bytes())
    os.utime(old, (1_700_000_000, 1_700_000_000))
    job("-q")
    (folder,) = runs(tmp_path / "out")
    names = {item["name"] for item in json.loads((folder / "manifest.json").read_text("utf-8"))["inputs"]}
    assert newer.name in names
    assert old.name not in names


def test_a_file_too_old_or_not_there_is_exit_2(job, tmp_path):
    place = tmp_path / "srv"
    (residents,) = place.glob("实有人口*")
    settings = (place / "gridaudit.toml").read_text("utf-8")
    assert settings.count('path = "实有人口_*.xlsx"') == 1
    aged = residents.stat().st_mtime - timedelta(days=9).total_seconds()
    os.utime(residents, (aged, aged))
    (place / "aged.toml").write_text(
        settings.replace('path = "实有人口_*.xlsx"', 'path = "实有人口_*.xlsx"\nmax_age = "8d"'), "utf-8"
    )
    code, out, err = job("-q", "--config", place / "aged.toml")
    assert (code, out) == (2, "")
    assert "E113" in err
    residents.unlink()
    code, out, err = job("-q")
    assert (code, out) == (2, "")
    assert "E101" in err


def test_the_folder_of_the_config_is_used(run_cli, planted, tmp_path):
    config = planted / "gridaudit.toml"
    place = tmp_path / "srv"
    place.mkdir()
    for path in planted.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    (place / config.name).write_text(config.read_text("utf-8") + FORMATS.format(out="results"), "utf-8")
    assert run_cli("export", "--config", place / config.name, "-q") == (0, "", "")
    assert (place / "results" / "latest.json").exists()


def test_an_unknown_format_is_exit_2(job):
    code, out, err = job(settings='\n[export]\nformats = ["pdf"]\n')
    assert (code, out) == (2, "")
    assert "E203" in err
    assert "parquet" in err


def test_time_names_are_local_whatever_the_machine_says(job, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    job("-q")
    (folder,) = runs(tmp_path / "out")
    assert folder.name.endswith("+0800")
