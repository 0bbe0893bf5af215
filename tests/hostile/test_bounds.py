"""What is refused is refused within bounds, and what goes on while a file is read does no harm."""

from __future__ import annotations

import os

import pytest
from workbooks import HEADING, PERSON, SHARED, good, ods, ods_row, packed, parts, row, shared_strings, worksheet

from gridaudit.errors import InputError
from gridaudit.read import Reading, file

_MEGABYTE = 1024**2
HUGE = {
    "spaces.xlsx": lambda: good(
        sheet=worksheet(row(1, HEADING)).replace("</sheetData>", " " * 700 * _MEGABYTE + "</sheetData>")
    ),
    "rows.xlsx": lambda: good(sheet=worksheet(row(1, HEADING) + "<row><c/></row>" * 5_000_000)),
    "one-string.xlsx": lambda: packed(
        parts(worksheet(row(1, HEADING)), shared=shared_strings(f"<si><t>{'a' * 300 * _MEGABYTE}</t></si>"))
    ),
    "strings.xlsx": lambda: packed(
        parts(worksheet(row(1, HEADING)), shared=shared_strings("<si/>" * 40 * _MEGABYTE))
    ),
    "cells.ods": lambda: ods(
        ods_row(HEADING) + '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'office:value-type="string" table:number-columns-repeated="400"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
    ),
}  # fmt: skip


@pytest.mark.skipif(os.name == "nt", reason="the system does not say how much memory a process took")
@pytest.mark.parametrize("name", HUGE)
def test_a_bomb_is_refused_in_bounded_memory(tmp_path, run_alone, name):
    (tmp_path / name).write_bytes(HUGE[name]())
    code, out, err, _, megabytes = run_alone("check", name, "--lang", "en", "--no-save", cwd=tmp_path)
    assert (code, out) == (2, "")
    assert err.startswith("error E1")
    assert megabytes < 1500


def test_a_file_changed_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(good())
    read_piece = file.read_piece

    def meddle(*arguments):
        path.touch()
        os.utime(path, ns=(1, 1))
        return read_piece(*arguments)

    monkeypatch.setattr(file, "read_piece", meddle)
    with pytest.raises(InputError, match="E115"):
        list(Reading([path]))


def test_a_file_that_vanishes_while_it_is_read(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(good())
    read_piece = file.read_piece

    def meddle(*arguments):
        path.unlink(missing_ok=True)
        return read_piece(*arguments)

    monkeypatch.setattr(file, "read_piece", meddle)
    with pytest.raises(InputError, match="E108"):
        list(Reading([path]))


def test_a_panic_of_the_reader_is_an_error_of_the_file(tmp_path, monkeypatch):
    class PanicError(BaseException):
        pass

    def panic(*_arguments, **_settings):
        raise PanicError("cell 430299199003071239")

    path = tmp_path / "a.xlsx"
    path.write_bytes(good())
    monkeypatch.setattr("fastexcel.read_excel", panic)
    with pytest.raises(InputError, match="E103") as caught:
        list(Reading([path]))
    assert "4302" not in str(caught.value.params)


def test_a_reader_that_aborts_takes_nothing_with_it(tmp_path, monkeypatch):
    path = tmp_path / "a.ods"
    path.write_bytes(ods(ods_row(HEADING) + ods_row(PERSON)))
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(InputError, match="E116"):
        list(Reading([path]))


def test_dates_counted_from_1904(tmp_path, read_all):
    book = (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.open'
        'xmlformats.org/officeDocument/2006/relationships"><workbookPr date1904="1"/><sheets><sheet name="人口" '
        'sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    styles = (
        '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2">'
        '<xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>'
    )
    sheet = worksheet(row(1, ("姓名", "出生日期")) + '<row r="2"><c r="A2" t="str"><v>王小明</v></c>'
                      '<c r="B2" s="1"><v>31477</v></c></row>')  # fmt: skip
    content = parts(sheet) | {"xl/workbook.xml": book, "xl/styles.xml": styles}
    links = content["xl/_rels/workbook.xml.rels"]
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles"
    content["xl/_rels/workbook.xml.rels"] = links.replace(
        "</Relationships>", f'<Relationship Id="rId9" Type="{kind}" Target="styles.xml"/></Relationships>'
    )
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(content))
    sheets, _ = read_all(path)
    assert sheets["a.xlsx", "人口"].frame.row(1) == ("王小明", "1990-03-07 00:00:00")


def test_the_reader_of_shared_strings_sees_them_in_every_piece(tmp_path, read_all, monkeypatch):
    monkeypatch.setattr("gridaudit.read.pieces._LEAST", 1)
    monkeypatch.setattr("gridaudit.read.package._BLOCK", 1024)
    monkeypatch.setattr("gridaudit.read.pieces._TIMES_SHARED", 0)
    texts = [f"字{n}" for n in range(40)]
    rows = "".join(f'<row r="{n + 2}"><c r="A{n + 2}" t="s"><v>{n}</v></c></row>' for n in range(40))
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed(parts(worksheet(row(1, ("姓名",)) + rows), shared=shared_strings(strings))))
    assert SHARED in parts("", shared="")
    sheets, _ = read_all(path)
    assert sheets["a.xlsx", "人口"].frame["c0"].to_list() == ["姓名", *texts]


def _refuse(*_arguments, **_settings):
    raise PermissionError(13, "Permission denied")


def test_a_folder_that_may_not_be_read(tmp_path, monkeypatch):
    monkeypatch.setattr("pathlib.Path.iterdir", _refuse)
    with pytest.raises(InputError, match="E108") as caught:
        Reading([tmp_path])
    assert caught.value.params == {"file": tmp_path.name, "reason": "Permission denied"}


def test_a_file_that_another_program_holds(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    path.write_bytes(good())
    monkeypatch.setattr("pathlib.Path.open", _refuse)
    with pytest.raises(InputError, match="E108"):
        Reading([path])
