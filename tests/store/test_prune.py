"""What pruning deletes: old folders this program wrote. And what it never touches."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from filelock import FileLock

from gridaudit.store import SCHEMA_VERSION, latest_of, list_runs, prune, pruning

NOW = datetime.fromisoformat("2026-09-30T12:00:00+08:00")
TABLES = ("areas.parquet", "findings.parquet", "records.parquet", "tallies.parquet")


def name_of(day):
    return f"202609{day:02d}T063000+0800"


@pytest.fixture
def runs(tmp_path):
    folder = tmp_path / "runs"
    folder.mkdir()
    return folder


@pytest.fixture
def keep_run(runs):
    """Write the folder of a run as version 1 did, or with other entries in its manifest."""

    def build(day, *, name=None, tables=TABLES, **entries):
        folder = runs / (name or name_of(day))
        folder.mkdir()
        for table in tables:
            (folder / table).write_bytes(b"PAR1")
        manifest = {"schema_version": 1, "run": folder.name, "run_number": day, "tool": "gridaudit 0.1.0", **entries}
        (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
        return folder

    return build


def plan_of(runs, *, keep=None, older_than=None, named=()):
    plan = pruning(runs, now=NOW, keep=keep, older_than=older_than, named=named)
    return [run.run_id for run in plan.delete], {run.run_id: why for run, why in plan.spared}


def test_keep_counts_from_the_newest(runs, keep_run):
    for day in (3, 1, 2, 5, 4):
        keep_run(day)
    assert plan_of(runs, keep=2) == ([name_of(1), name_of(2), name_of(3)], {})
    assert plan_of(runs, keep=5) == ([], {})
    assert plan_of(runs, keep=9) == ([], {})


def test_runs_of_one_second_are_in_order_of_their_numbers(runs, keep_run):
    names = [name_of(1), f"{name_of(1)}-2", f"{name_of(1)}-10"]
    for name in names:
        keep_run(1, name=name)
    assert plan_of(runs, keep=1)[0] == names[:2]


def test_older_than_counts_days_from_now(runs, keep_run):
    """The run of the 20th began ten days and five and a half hours ago."""
    for day in (1, 20, 29):
        keep_run(day)
    assert plan_of(runs, older_than=10)[0] == [name_of(1), name_of(20)]
    assert plan_of(runs, older_than=11)[0] == [name_of(1)]
    assert plan_of(runs, older_than=30)[0] == []


def test_an_age_tells_the_zone(runs, keep_run):
    keep_run(20, name="20260920T063000-0800")
    keep_run(29)
    assert plan_of(runs, older_than=9)[0] == ["20260920T063000-0800"]
    assert plan_of(runs, older_than=10)[0] == []


def test_both_limits_delete_what_is_beyond_both(runs, keep_run):
    for day in (1, 2, 20, 29):
        keep_run(day)
    assert plan_of(runs, keep=3, older_than=5)[0] == [name_of(1)]
    assert plan_of(runs, keep=1, older_than=29)[0] == [name_of(1)]


def test_the_last_run_stays_however_old(runs, keep_run):
    keep_run(1)
    assert plan_of(runs, older_than=1) == ([], {})


def test_the_last_whole_run_stays_behind_damaged_ones(runs, keep_run):
    for day in (1, 2):
        keep_run(day)
    for day in (3, 4):
        keep_run(day, tables=TABLES[:2])
    assert plan_of(runs, older_than=1)[0] == [name_of(1), name_of(3)]
    assert plan_of(runs, keep=1)[0] == [name_of(1)]


def test_the_run_that_latest_json_names_stays(runs, keep_run, tmp_path):
    for day in (1, 2, 3):
        keep_run(day)
    out = tmp_path / "out"
    out.mkdir()
    assert latest_of(out) == set()
    (out / "latest.json").write_text(json.dumps({"run": name_of(1)}), "utf-8")
    assert latest_of(out) == {name_of(1)}
    assert plan_of(runs, keep=1, named=latest_of(out)) == ([name_of(2)], {name_of(1): "latest"})
    for text in ("", "[]", "{", '{"run": null}'):
        (out / "latest.json").write_text(text, "utf-8")
        assert name_of(1) not in latest_of(out)


def test_what_is_not_surely_ours_is_spared_and_said(runs, keep_run):
    keep_run(1)
    (keep_run(2) / "我的笔记.txt").write_text("mine", "utf-8")
    (keep_run(3) / "sub").mkdir()
    (runs / name_of(4)).mkdir()
    keep_run(5, schema_version=SCHEMA_VERSION + 1)
    (keep_run(6) / "manifest.json").write_text("{", "utf-8")
    keep_run(7, schema_version="1")
    keep_run(8, tool="another")
    keep_run(9)
    deleted, spared = plan_of(runs, keep=1)
    assert deleted == [name_of(1)]
    assert list(spared.values()) == ["other", "other", "manifest", "newer", "manifest", "manifest", "manifest"]


def test_foreign_names_links_and_files_are_not_looked_at(runs, keep_run, tmp_path, digests_of):
    keep_run(1)
    keep_run(9)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "manifest.json").write_text('{"schema_version": 1, "run": "x", "tool": "gridaudit 0.1.0"}', "utf-8")
    (runs / name_of(2)).symlink_to(elsewhere, target_is_directory=True)
    for name in (f"{name_of(3)}-copy", f"{name_of(3)} (2)", "20261341T063000+0800", "20260903T063000", "backup"):
        keep_run(3, name=name)
    (runs / name_of(4)).write_text("a file", "utf-8")
    (runs / ".tmp-notes").mkdir()
    (runs / f".tmp-{name_of(5)}").symlink_to(elsewhere, target_is_directory=True)
    (runs / f".tmp-{name_of(6)}-4194304").mkdir()
    before = digests_of(tmp_path)
    plan = pruning(runs, now=NOW, keep=1, older_than=None)
    assert [run.run_id for run in plan.delete] == [name_of(1)]
    assert [path.name for path in plan.leftovers] == [f".tmp-{name_of(6)}-4194304"]
    prune(plan)
    left = {name for name in before if f"/{name_of(1)}/" not in name}
    assert set(digests_of(tmp_path)) == left
    assert (runs / name_of(2)).is_symlink()
    assert (runs / f".tmp-{name_of(5)}").is_symlink()
    assert (runs / ".tmp-notes").is_dir()
    assert not (runs / name_of(1)).exists()
    assert not (runs / f".tmp-{name_of(6)}-4194304").exists()


def test_a_link_inside_a_run_is_not_followed(runs, keep_run, tmp_path):
    outside = tmp_path / "outside.parquet"
    outside.write_bytes(b"PAR1")
    run = keep_run(1)
    (run / "areas.parquet").unlink()
    (run / "areas.parquet").symlink_to(outside)
    keep_run(2)
    assert plan_of(runs, keep=1) == ([], {name_of(1): "other"})


def test_a_pruning_killed_midway_lists_no_half_run(runs, keep_run, tmp_path, monkeypatch):
    """The folder leaves its name first; what is left is swept by whatever comes next."""
    keep_run(1)
    keep_run(2)
    plan = pruning(runs, now=NOW, keep=1, older_than=None)
    monkeypatch.setattr("gridaudit.store.retention.remove", lambda _path: None)
    prune(plan)
    assert [run.run_id for run in list_runs(tmp_path)] == [name_of(2)]
    monkeypatch.undo()
    plan = pruning(runs, now=NOW, keep=1, older_than=None)
    assert [path.name for path in plan.leftovers] == [f".tmp-{name_of(1)}-pruned"]
    prune(plan)
    assert [path.name for path in runs.iterdir()] == [name_of(2)]


def test_what_a_live_run_is_writing_is_no_leftover(runs):
    live, dead = f".tmp-{name_of(1)}", f".tmp-{name_of(2)}"
    for name in (live, dead):
        (runs / name).mkdir()
        (runs / f"{name}.lock").write_text("", "utf-8")
    with FileLock(runs / f"{live}.lock"):
        plan = pruning(runs, now=NOW, keep=1, older_than=None)
        assert [path.name for path in plan.leftovers] == [dead, f"{dead}.lock"]
    assert len(pruning(runs, now=NOW, keep=1, older_than=None).leftovers) == 4
