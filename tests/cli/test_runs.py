"""`runs`: what is kept, damaged, newer or somebody else's; and `runs prune`."""

from __future__ import annotations

import json

import pytest
from filelock import FileLock

from gridaudit.store.keep import SCHEMA_VERSION

OURS = '"tool": "gridaudit 0.1.0", "schema_version": 2, "run": "x"'


@pytest.fixture
def kept(run_cli, planted, home):
    """Names of three runs, oldest first."""
    for _ in range(3):
        run_cli("check", planted, "-q")
    return sorted(path.name for path in (home / "runs").iterdir())


@pytest.fixture
def rewritten(home):
    """Change entries of a run's manifest; None takes one away."""

    def build(run, **entries):
        path = home / "runs" / run / "manifest.json"
        manifest = {**json.loads(path.read_text("utf-8")), **entries}
        present = {name: value for name, value in manifest.items() if value is not None}
        path.write_text(json.dumps(present, ensure_ascii=False), "utf-8")

    return build


def names(home):
    return sorted(path.name for path in (home / "runs").iterdir())


def test_an_older_store_is_read_and_compared(run_cli, planted, kept, rewritten):
    """Version 1 listed no contents; its tables are the same."""
    for run in kept:
        rewritten(run, schema_version=1, contents=None)
    assert run_cli("report")[0] == 0
    assert len(run_cli("runs")[1].splitlines()) == 4
    out = run_cli("check", planted, "--lang", "en")[1]
    assert "run 4" in out
    assert "Last " in out or "last " in out


def test_a_newer_store_is_said_to_be_newer(run_cli, planted, kept, rewritten):
    rewritten(kept[-1], schema_version=SCHEMA_VERSION + 1)
    code, out, err = run_cli("report")
    assert (code, out) == (2, "")
    assert "E304" in err
    assert run_cli("report", kept[0])[0] == 0
    out = run_cli("runs", "--lang", "en")[1]
    assert out.splitlines()[3] == f"{kept[-1]:<27}kept by a newer version"
    assert run_cli("check", planted, "-q")[0] == 1


def test_damaged_runs_are_listed_and_refused(run_cli, planted, kept, home, faults):
    (home / "runs" / kept[0] / "tallies.parquet").unlink()
    (home / "runs" / kept[1] / "manifest.json").write_text('{"schema_ver', "utf-8")
    last = home / "runs" / kept[2] / "areas.parquet"
    last.write_bytes(last.read_bytes()[:-1])
    code, out, err = run_cli("runs")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines()[1:]] == [
        [kept[0], "损坏：tallies.parquet"], [kept[1], "损坏：manifest.json"], [kept[2], "损坏：areas.parquet"],
    ]  # fmt: skip
    assert faults(out) == []
    for run, file in zip(kept, ("tallies.parquet", "manifest.json", "areas.parquet"), strict=True):
        code, out, err = run_cli("report", run)
        assert (code, out) == (2, "")
        assert "E303" in err
        assert file in err
    assert run_cli("check", planted, "-q")[0] == 1
    assert run_cli("report")[0] == 0


def test_a_changed_byte_is_found_when_the_table_is_read(run_cli, planted, kept, home):
    path = home / "runs" / kept[-1] / "areas.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    code, out, err = run_cli("report")
    assert (code, out) == (2, "")
    assert "E303" in err
    assert run_cli("check", planted, "-q")[0] == 1


@pytest.mark.parametrize(
    "text",
    ["[]", "null", "7", "{}", "\x00", "[" * 100_000, '{"schema_version": 2, "run": "x"}',
     '{OURS, "schema_version": "2"}', '{OURS, "inputs": [7]}', '{OURS, "score": "high"}',
     '{OURS, "contents": {"a": 1}}'],
)  # fmt: skip
def test_a_manifest_that_is_not_ours_breaks_nothing(run_cli, planted, home, text):
    run_cli("check", planted, "-q")
    folder = home / "runs" / "20270101T000000+0800"
    folder.mkdir()
    (folder / "manifest.json").write_text(text.replace("OURS", OURS), "utf-8")
    code, out, _ = run_cli("runs")
    assert code == 0
    assert "损坏：manifest.json" in out.splitlines()[-1]
    assert run_cli("check", planted, "-q")[0] == 1
    assert "E303" in run_cli("report")[2]


def test_foreign_folders_are_not_listed(run_cli, kept, home):
    for name in ("backup", f"{kept[0]}-copy", "20269999T000000+0800", ".tmp-x"):
        (home / "runs" / name).mkdir()
    (home / "runs" / "20270101T000000+0800").symlink_to(home / "runs" / kept[0], target_is_directory=True)
    (home / "runs" / "20270102T000000+0800").write_text("", "utf-8")
    assert [line.split()[0] for line in run_cli("runs")[1].splitlines()[1:]] == kept


def test_numbers_of_runs_go_on_after_pruning(run_cli, planted, kept, home):
    assert run_cli("runs", "prune", "--keep", "1")[0] == 0
    assert names(home) == kept[2:]
    assert "run 4" in run_cli("check", planted, "--lang", "en")[1]


@pytest.mark.parametrize(
    ("lang", "would", "did"),
    [
        ("zh", "将删除 2 次，留下 1 次；中断留下的残余 1 个", "已删除 2 次，留下 1 次；清理中断留下的残余 1 个"),
        ("en", "2 would be deleted, 1 would stay; leftovers of killed runs: 1",
         "2 deleted, 1 stay; leftovers of killed runs removed: 1"),
    ],
)  # fmt: skip
def test_prune_says_what_it_would_do_and_then_does_it(run_cli, kept, home, faults, lang, would, did):
    (home / "runs" / ".tmp-20260901T063000+0800").mkdir()
    code, out, err = run_cli("runs", "prune", "--keep", "1", "--dry-run", "--lang", lang)
    assert (code, err, out.splitlines()[-1]) == (0, "", would)
    assert len(names(home)) == 4
    assert [line.split()[-1] for line in out.splitlines()[:-1]] == kept[:2]
    assert faults(out) == []
    code, out, err = run_cli("runs", "prune", "--keep", "1", "--lang", lang)
    assert (code, err, out.splitlines()[-1]) == (0, "", did)
    assert names(home) == kept[2:]
    assert faults(out) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_prune_says_what_it_spares_and_why(run_cli, kept, home, faults, rewritten, lang):
    (home / "runs" / kept[0] / "notes.txt").write_text("mine", "utf-8")
    rewritten(kept[1], schema_version=SCHEMA_VERSION + 1)
    (home / "runs" / "20260101T000000+0800").mkdir()
    code, out, _ = run_cli("runs", "prune", "--keep", "1", "--lang", lang)
    assert code == 0
    assert len(out.splitlines()) == 4
    assert all(run in out for run in ("20260101T000000+0800", *kept[:2]))
    assert len(names(home)) == 4
    assert faults(out) == []


def test_prune_by_age(run_cli, kept, home):
    """The runs of today stay, the one of 2020 goes."""
    (home / "runs" / kept[0]).rename(home / "runs" / "20200101T000000+0800")
    assert run_cli("runs", "prune", "--older-than", "30")[0] == 0
    assert names(home) == kept[1:]


def test_prune_needs_a_limit_and_the_options_need_prune(run_cli, kept, home):
    for arguments in (["prune"], ["prune", "--dry-run"], ["--keep", "1"], ["--dry-run"], ["--older-than", "3"]):
        code, out, err = run_cli("runs", *arguments)
        assert (code, out) == (2, "")
        assert "E207" in err
    for arguments in (["prune", "--keep", "0"], ["prune", "--older-than", "0"]):
        code, out, err = run_cli("runs", *arguments)
        assert (code, out) == (2, "")
        assert "E210" in err
    code, out, err = run_cli("runs", "purge")
    assert (code, out) == (2, "")
    assert "E209" in err
    assert "runs prune" in err
    assert names(home) == kept


def test_prune_without_runs(run_cli, home):
    code, out, err = run_cli("runs", "prune", "--keep", "1")
    assert (code, out) == (0, "")
    assert "gridaudit check" in err
    assert not home.exists()


@pytest.fixture
def exported(run_cli, planted, tmp_path):
    """The folder of three exports."""
    out = tmp_path / "out"
    for _ in range(3):
        assert run_cli("export", "--config", planted / "gridaudit.toml", "--out", out, "-q")[0] == 0
    return out


def folders(out):
    return sorted(path.name for path in out.iterdir() if path.is_dir())


def test_prune_of_an_export_folder(run_cli, exported, home):
    """Workbooks and lists go, foreign folders, latest.json and the store stay."""
    old, named, newest = folders(exported)
    (exported / "latest.json").write_text(json.dumps({"run": named}), "utf-8")
    (exported / "我的资料").mkdir()
    kept = names(home)
    code, out, _ = run_cli("runs", "prune", "--keep", "1", "--out", exported)
    assert code == 0
    assert out.splitlines()[0].split() == ["已删除", old]
    assert "latest.json" in out
    assert folders(exported) == sorted([named, newest, "我的资料"])
    assert (exported / "latest.json").exists()
    assert names(home) == kept


def test_prune_of_an_export_folder_waits_for_nobody(run_cli, exported):
    with FileLock(exported / ".gridaudit.lock"):
        code, out, err = run_cli("runs", "prune", "--keep", "1", "--out", exported)
    assert (code, out) == (4, "")
    assert "E401" in err
    assert len(folders(exported)) == 3


def test_the_run_that_the_export_named_last_stays_in_the_store(run_cli, planted, exported, home, tmp_path):
    config = tmp_path / "job.toml"
    config.write_text('[export]\nout = "out"\n', "utf-8")
    named = json.loads((exported / "latest.json").read_text("utf-8"))["run"]
    for _ in range(2):
        run_cli("check", planted, "-q")
    assert run_cli("runs", "prune", "--keep", "1", "--config", config)[0] == 0
    assert names(home) == sorted([named, max(names(home))])
