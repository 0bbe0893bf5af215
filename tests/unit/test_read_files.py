"""Which files are meant, what they really are, and everything wrong with them said together."""

from __future__ import annotations

import os
import shutil
import threading
import zipfile
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from gridaudit import pipeline
from gridaudit.config import Config
from gridaudit.errors import GridauditError, InputError, InputErrors
from gridaudit.read import Reading, find_files
from gridaudit.read import file as reading_of_a_file

TEXT = "姓名,身份证号\n王小明,430299199003071239\n"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504


@pytest.fixture
def workbook(tmp_path):
    book = Workbook()
    book.active.append(["姓名", "身份证号"])
    book.active.append(["王小明", "430299199003071239"])
    path = tmp_path / "人口.xlsx"
    book.save(path)
    return path


def error_of(path):
    with pytest.raises(InputError) as caught:
        Reading([path])
    return caught.value


def test_a_file_that_is_not_there(workbook):
    error = error_of(workbook.with_name("人囗.xlsx"))
    assert (error.code, error.params["file"]) == ("E101", "人囗.xlsx")
    assert error.near == ("人口.xlsx",)


def test_an_encrypted_workbook(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 512)
    assert error_of(path).code == "E102"


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_cut_workbook(workbook, share):
    content = workbook.read_bytes()
    workbook.write_bytes(content[: int(len(content) * share)])
    assert error_of(workbook).code == "E103"


def test_an_empty_file(tmp_path):
    path = tmp_path / "a.csv"
    path.touch()
    assert error_of(path).code == "E103"


def test_a_workbook_with_damaged_cells(workbook, read_all):
    with zipfile.ZipFile(workbook) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-120]
    with zipfile.ZipFile(workbook, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(InputError, match="E103"):
        read_all(workbook)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<html><body><table></table></body></html>", "HTML"),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", "HTML"),
        (b"<table border=1>", "HTML"),
        (b'<?xml version="1.0"?><Workbook/>', "XML"),
        (b"%PDF-1.7", "PDF"),
        (OLE + b"\0" * 512, "OLE"),
    ],
)
def test_what_is_no_table_file(tmp_path, content, kind):
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    error = error_of(path)
    assert (error.code, error.params["kind"]) == ("E105", kind)


def test_another_zip(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    error = error_of(path)
    assert (error.code, error.params["kind"]) == ("E105", "ZIP")


def test_an_empty_workbook(workbook, read_all):
    book = Workbook()
    book.save(workbook)
    sheets, _ = read_all(workbook)
    assert [sheet.frame.height for sheet in sheets.values()] == [0]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(workbook):
    workbook.chmod(0)
    assert error_of(workbook).code == "E108"


def test_a_folder_without_tables(tmp_path):
    (tmp_path / "readme.md").write_text("x")
    assert error_of(tmp_path).code == "E110"


def test_every_bad_file_is_listed(workbook, tmp_path):
    html = tmp_path / "a.xls"
    html.write_bytes(b"<html>")
    with pytest.raises(InputErrors) as caught:
        Reading([tmp_path / "none.csv", workbook, html])
    assert [error.code for error in caught.value.errors] == ["E101", "E105"]


def test_files_that_break_while_being_read_are_listed_too(tmp_path, read_all):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(b"name,\xff\xff" + name.encode())
    with pytest.raises(InputErrors) as caught:
        read_all(tmp_path / "a.csv", tmp_path / "b.csv")
    assert [(error.code, error.params["file"]) for error in caught.value.errors] == [
        ("E107", "a.csv"),
        ("E107", "b.csv"),
    ]


def test_the_same_file_twice_is_read_once(workbook, read_all):
    sheets, reading = read_all(workbook, workbook, workbook.parent / "." / workbook.name)
    assert len(sheets) == len(reading.files) == 1


def test_the_same_content_under_another_name_is_read_once_and_said(workbook, read_all):
    copy = workbook.with_name("copy.xlsx")
    shutil.copy(workbook, copy)
    sheets, reading = read_all(workbook, copy)
    assert {source for source, _ in sheets} == {"人口.xlsx"}
    assert reading.notes == (("same_content", {"file": "copy.xlsx", "other": "人口.xlsx"}),)


def test_the_hash_is_that_of_the_file(tmp_path, read_all):
    path = tmp_path / "a.csv"
    path.write_bytes(b"name,id_no\n")
    _, reading = read_all(path)
    assert reading.files[0].sha256 == "4135f7d3b78cffa803dbc8111cb07a0f2550b973a9d3a399a7fcb2833ddbe1fb"


def test_a_folder_passes_over_lock_files_and_older_exports(tmp_path):
    for name in (
        "~$人口_20260901.xlsx",
        "人口_20260801.xlsx",
        "人口_20260901.xlsx",
        "房屋.csv",
        ".hidden.csv",
        "notes.md",
    ):
        (tmp_path / name).write_text(TEXT)
    found, notes = find_files([tmp_path])
    assert [path.name for path in found] == ["人口_20260901.xlsx", "房屋.csv"]
    assert [(note.key, note.params["file"]) for note in notes] == [("skipped_file", "人口_20260801.xlsx")]


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("人口2026-08-31.xlsx", "人口2026-09-01.xlsx"),
        ("人口20260901_0800.xlsx", "人口20260901_1730.xlsx"),
        ("人口_2026年8月.xlsx", "人口_2026年9月.xlsx"),
        ("人口_2026年9月.xlsx", "人口_2026年10月.xlsx"),
        ("人口_2026.8.31.xlsx", "人口_2026.10.1.xlsx"),
        ("人口_20251231.xlsx", "人口_20260101.xlsx"),
    ],
)
def test_the_newest_export_of_a_table_counts(tmp_path, older, newer):
    for name in (older, newer):
        (tmp_path / name).write_text(TEXT)
    found, notes = find_files([tmp_path])
    assert [path.name for path in found] == [newer]
    assert [note.params["file"] for note in notes] == [older]


def test_files_of_several_streets_are_all_meant(tmp_path):
    for name in ("人口_街道1.csv", "人口_街道2.csv", "人口430203001.csv", "人口430203002.csv"):
        (tmp_path / name).write_text(TEXT)
    found, notes = find_files([tmp_path])
    assert (len(found), notes) == (4, ())


def test_own_outputs_in_a_folder_are_passed_over(tmp_path):
    for name in ("人口.csv", "findings.csv"):
        (tmp_path / name).write_text(TEXT)
    found, _ = find_files([tmp_path])
    assert [path.name for path in found] == ["人口.csv"]


@pytest.fixture
def held(monkeypatch):
    """Hold every part that is read until `go`; gives the list of those begun."""
    begun, go = [], threading.Event()
    both = threading.Semaphore(0)

    def holding(read):
        def hold(*arguments, **options):
            begun.append(arguments)
            both.release()
            assert go.wait(60)
            return read(*arguments, **options)

        return hold

    for name in ("read_piece", "read_delimited"):
        monkeypatch.setattr(reading_of_a_file, name, holding(getattr(reading_of_a_file, name)))
    yield SimpleNamespace(begun=begun, go=go, both=both)
    go.set()


def six_texts(folder):
    for number in range(6):
        (folder / f"{number}.csv").write_text(f"{TEXT}李大海{number},\n", "utf-8")
    return sorted(folder.glob("*.csv"))


def six_sheets(folder):
    book = Workbook()
    for number in range(6):
        (book.active if number == 0 else book.create_sheet(f"表{number}")).append(["姓名", "身份证号"])
    book.save(folder / "六.xlsx")
    return [folder / "六.xlsx"]


@pytest.mark.parametrize("six", [six_texts, six_sheets])
def test_a_reading_that_is_cancelled_begins_nothing_more(tmp_path, held, six):
    reading = Reading(six(tmp_path))
    assert [held.both.acquire(timeout=60) for _ in range(2)] == [True, True]
    reading.cancel()
    held.go.set()
    reading._pool.shutdown(wait=True)
    assert len(held.begun) == 2


def test_a_reading_that_is_not_cancelled_reads_all(tmp_path, held):
    held.go.set()
    assert len(list(Reading(six_sheets(tmp_path)))) == 6
    assert len(held.begun) == 6


def test_what_was_read_to_the_end_stays_when_the_reading_is_left(tmp_path):
    with Reading(six_texts(tmp_path)) as reading:
        sheets = list(reading)
    assert len(sheets) == len(reading.files) == 6


@pytest.mark.parametrize(("settings", "code"), [({"select": ["Q999"]}, "E221"), ({"rules_folder": "broken"}, "E216")])
def test_an_audit_that_gives_up_begins_nothing_more(tmp_path, held, monkeypatch, settings, code):
    readings = []

    class Known(Reading):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            readings.append(self)
            assert [held.both.acquire(timeout=60) for _ in range(2)] == [True, True]

    monkeypatch.setattr(pipeline, "Reading", Known)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "U101.toml").write_text("name = ", "utf-8")
    if "rules_folder" in settings:
        settings = {"rules_folder": tmp_path / "broken"}
    with pytest.raises(GridauditError) as caught:
        pipeline.audit(
            six_texts(tmp_path), config=Config(), as_of=date(2026, 9, 1), run_id="x", secret=b"s",
            started_at=datetime(2026, 9, 1, tzinfo=UTC), **settings,
        )  # fmt: skip
    assert caught.value.code == code
    held.go.set()
    readings[0]._pool.shutdown(wait=True)
    assert len(held.begun) == 2
