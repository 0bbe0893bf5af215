"""Somebody's data in every cell that a file can have: no command says it, no file keeps it, no error quotes it."""

from __future__ import annotations

import runpy
from pathlib import Path

import polars as pl
import pytest

from gridaudit.cli import check as check_command

CANARIES = runpy.run_path(str(Path(__file__).with_name("canaries.py")))
NAME, ID_NO, PHONE, DOOR = (CANARIES[name] for name in ("NAME", "ID_NO", "PHONE", "DOOR"))
clear, kept_clear = CANARIES["clear"], CANARIES["kept_clear"]
LANGS = ("zh", "en")
ROSTER = "街道,社区,网格编码,网格名称,应有户数,网格员\n东街街道,一村,G1,第一网格,3,网格员甲\n"
CONFIG = """\
as_of = 2026-09-01
[input.residents]
path = "residents.xlsx"
[input.houses]
path = "houses.xlsx"
[export]
formats = ["csv", "json", "xlsx", "parquet"]
"""


@pytest.fixture(scope="module")
def planted_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("canaries")
    for table in ("residents", "houses"):
        CANARIES["book"](folder / f"{table}.xlsx", *CANARIES["rows_of"](table))
    return folder


@pytest.fixture
def place(planted_files, tmp_path):
    """The files beside a config, without a roster."""
    folder = tmp_path / "in"
    folder.mkdir()
    for path in planted_files.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "gridaudit.toml").write_text(CONFIG, "utf-8")
    return folder


@pytest.fixture
def silent(run_cli, home):
    """Run a command and see that it says no canary; gives its exit code. The store has a secret of the tests."""
    home.mkdir(exist_ok=True)
    (home / "key").write_bytes(b"x" * 32)

    def run(*arguments):
        code, out, err = run_cli(*arguments)
        assert (clear(out), clear(err)) == ([], []), arguments
        assert "Traceback" not in err
        return code

    return run


def test_the_search_finds_what_was_planted(place):
    """Otherwise the tests below could not fail."""
    found = kept_clear(place)
    assert set(found) == {"residents.xlsx", "houses.xlsx"}
    assert {NAME, DOOR, ID_NO[6:12], PHONE[:6]} <= {*found["residents.xlsx"]}


@pytest.mark.parametrize(("lang", "with_roster"), [("zh", False), ("en", True)])
def test_no_command_says_or_keeps_it(silent, place, tmp_path, home, lang, with_roster):
    if with_roster:
        (place / "roster.csv").write_text(ROSTER, "utf-8")
        (place / "gridaudit.toml").write_text(f'{CONFIG}[grids]\npath = "roster.csv"\n', "utf-8")
    out = tmp_path / "out"
    config = ("--config", place / "gridaudit.toml", "--lang", lang)
    files = (place / "residents.xlsx", place / "houses.xlsx")
    for kind in ("table", "json", "jsonl", "csv"):
        assert silent("check", *files, *config, "--format", kind, "--all") == 1
    for kind in ("json", "jsonl", "csv", "parquet", "xlsx"):
        assert silent("check", *files, *config, "--format", kind, "-o", out / f"check.{kind}") == 1
    for level in ("street", "community", "grid", "collector", "rule"):
        for kind in ("table", "json", "csv", "md", "xlsx"):
            options = (f"--by-{level}", "--format", kind, "--all", "-o", out / f"{level}.{kind}")
            assert silent("report", *config, *options) == 0
    rules = pl.read_parquet(max(home.glob("runs/*/findings.parquet")))["rule"].unique().to_list()
    assert {"I101", "V101", "V201", "D103", "D106"} <= {*rules}
    assert len(rules) > 20
    for number, rule in enumerate(rules):
        kind = ("table", "md", "json")[number % 3]
        assert silent("report", *config, "--rule", rule, "--limit", "1000", "--format", kind) == 0
    assert silent("columns", *files[:1], *config, "--save") == 0
    assert silent("runs", *config) == 0
    assert silent("doctor", *config) in {0, 2}
    assert silent("export", *config, "--out", out) == 0
    assert len([path for folder in (home, out) for path in folder.rglob("*.*")]) > 60
    assert kept_clear(home, out) == {}
    assert clear((place / "columns.toml").read_text("utf-8")) == []


@pytest.mark.parametrize(("lang", "against"), [("zh", "files"), ("en", "latest")])
def test_an_earlier_round_is_not_quoted(silent, place, tmp_path, home, lang, against):
    """All the rows with canaries are gone: the findings are about them."""
    later = tmp_path / "later"
    later.mkdir()
    for table in ("residents", "houses"):
        headings, rows = CANARIES["rows_of"](table)
        CANARIES["book"](later / f"{table}.xlsx", headings, rows[:6])
    config = ("--config", place / "gridaudit.toml", "--lang", lang)
    earlier = [place / "residents.xlsx", place / "houses.xlsx"]
    assert silent("check", *earlier, *config) == 1
    options = [item for name in (earlier if against == "files" else [against]) for item in ("--baseline", name)]
    for kind in ("table", "json", "jsonl", "csv"):
        assert silent("check", *later.iterdir(), *config, *options, "--format", kind, "--no-save") == 1
    for kind in ("json", "jsonl", "csv", "parquet", "xlsx"):
        output = tmp_path / "out" / f"check.{kind}"
        assert silent("check", *later.iterdir(), *config, *options, "--format", kind, "-o", output) == 1
    rules = pl.read_parquet(max(home.glob("runs/*/findings.parquet")))["rule"].unique().to_list()
    assert {"C107", "C108"} <= {*rules}
    for rule in ("C107", "C108"):
        for kind in ("table", "md", "json", "xlsx"):
            output = tmp_path / "out" / f"{rule}.{kind}"
            assert silent("report", *config, "--rule", rule, "--format", kind, "-o", output) == 0
            assert kind == "xlsx" or silent("report", *config, "--rule", rule, "--format", kind) == 0
    assert kept_clear(home, tmp_path / "out") == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("row", [1, 3, 5, 30])
def test_a_wrong_row_for_the_heading_shows_no_row_of_data(silent, place, home, lang, row):
    for name in ("residents.xlsx", "houses.xlsx"):
        options = ("--header-row", row, "--lang", lang, "--config", place / "gridaudit.toml")
        silent("check", place / name, *options)
        silent("columns", place / name, *options)
    assert kept_clear(home) == {}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize(
    "row",
    [
        [NAME, ID_NO, PHONE, DOOR],
        [NAME, "男", "汉族", "已婚"],
        [NAME, "居民身份证", "大学", "群众"],
        [NAME, "身份证", DOOR, "户主", "配偶"],
        [NAME, "1985-11-23", "女"],
        [DOOR, "自住", "住宅", NAME],
    ],
)
def test_a_file_without_heading_is_not_quoted(silent, tmp_path, lang, row):
    (tmp_path / "a.csv").write_text("\n".join(",".join(row) for _ in range(3)), "utf-8")
    for arguments in (("check", "a.csv"), ("columns", "a.csv"), ("columns", "a.csv", "--header-row", "1")):
        assert silent(*arguments, "--lang", lang) in {0, 2}


@pytest.mark.parametrize("lang", LANGS)
def test_a_number_in_a_heading_is_not_shown(silent, run_cli, tmp_path, lang, home):
    """A filled-in form: somebody's number stands in the heading."""
    heading = f"姓名,身份证号({ID_NO}),联系电话,备注{PHONE}"
    (tmp_path / "a.csv").write_text(f"{heading}\n{NAME},{ID_NO[:17]},{PHONE}9,无\n", "utf-8")
    for arguments in (("check", "a.csv", "--format", "csv"), ("columns", "a.csv"), ("check", "a.csv")):
        silent(*arguments, "--lang", lang)
    assert "身份证号(***)" in run_cli("report", "--rule", "I101", "--lang", lang)[1]
    assert kept_clear(home) == {}


@pytest.mark.parametrize("lang", LANGS)
def test_damaged_files_and_bad_rules_quote_nothing(silent, place, tmp_path, lang, home):
    rows = f"{NAME},{ID_NO},{PHONE}\n"
    cut = (place / "residents.xlsx").read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "zip.xlsx").write_bytes(b"PK\x03\x04" + rows.encode())
    (tmp_path / "page.xls").write_text(f"<html><td>{rows}</td></html>", "utf-8")
    (tmp_path / "odd.csv").write_bytes(rows.encode() + b"\xff\xfe\x80")
    (tmp_path / "odd.parquet").write_bytes(b"PAR1" + rows.encode() + b"PAR1")
    (tmp_path / "quote.csv").write_text(f'姓名,身份证号\n"{NAME},{ID_NO}\n', "utf-8")
    for name in ("cut.xlsx", "zip.xlsx", "page.xls", "odd.csv", "odd.parquet", "quote.csv"):
        silent("check", name, "--lang", lang)
        silent("columns", name, "--lang", lang)
    for check in (f"name = '{NAME}", f"nobody <> '{NAME}'", f"name || '{ID_NO}'", f"name IN (SELECT '{NAME}')"):
        (tmp_path / "my-rules").mkdir(exist_ok=True)
        (tmp_path / "my-rules" / "U101.toml").write_text(_rule(check), "utf-8")
        assert silent("check", place, "--rules", tmp_path / "my-rules", "--lang", lang) == 2
    silent("check", place, "--street", "不在的街道", "--lang", lang)
    assert kept_clear(home) == {}


def _rule(check):
    said = 'zh = "试", en = "try"'
    texts = "".join(f"{name} = {{ {said} }}\n" for name in ("title", "why", "fix", "not_reported"))
    return (
        f'name = "x"\ntable = "residents"\ncheck = "{check}"\nlevel = "info"\nloss = "none"\n'
        f'dimension = "conformity"\ncolumns = ["name"]\n{texts}'
    )


class PanicError(BaseException):
    """What a panic of a library is: no Exception."""


ROOMS = (
    "gridaudit.read.Reading.__iter__",
    "gridaudit.normalise.Normaliser.add",
    "gridaudit.pipeline.derive",
    "gridaudit.pipeline.judge",
    "gridaudit.pipeline.score",
    "gridaudit.report.check_text",
    "gridaudit.store.save",
)


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("error", [RuntimeError, pl.exceptions.ComputeError, PanicError, MemoryError])
def test_a_crash_in_any_room_is_silent(silent, place, home, monkeypatch, room, error):
    def breaks(*_args, **_kwargs):
        raise error(f"could not parse {NAME} {ID_NO} in column {PHONE}")

    monkeypatch.setattr(room, breaks)
    assert silent("check", place) == 3
    log = home / "crash.log"
    assert error.__name__ in log.read_text("utf-8")
    assert log.stat().st_mode & 0o777 == 0o600
    assert kept_clear(home) == {}
    assert not list(home.rglob(".tmp-*"))


def test_the_crash_of_another_thread_is_silent_too(silent, place, home, monkeypatch):
    def breaks(*_args, **_kwargs):
        raise ValueError(ID_NO)

    monkeypatch.setattr("gridaudit.read.file.read_piece", breaks)
    assert silent("check", place) in {2, 3}
    monkeypatch.setattr(check_command, "exit_code", breaks)
    assert silent("check", place, "--no-save") in {2, 3}
    assert kept_clear(home) == {}
