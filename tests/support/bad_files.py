"""Every kind of file that cannot be audited, by the name it has in `tests/hostile/screens`."""

from __future__ import annotations

import struct
from collections.abc import Callable

from workbooks import (
    HEADING,
    PERSON,
    SHARED,
    book,
    cell,
    good,
    ods,
    ods_row,
    packed,
    parts,
    row,
    shared_strings,
    worksheet,
)  # fmt: skip

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RECORD = ",".join(PERSON) + "\n"
_TEXT_HEADING = ",".join(HEADING) + "\n"
LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)
) + "]>"  # fmt: skip


def _declaring(content: bytes, name: str, size: int) -> bytes:
    """The same zip, whose directory says a part is as large as `size`."""
    at = content.rindex(name.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + struct.pack("<I", size) + content[at + 28 :]


def _holed(content: bytes) -> bytes:
    middle = content.index(b"xl/worksheets/sheet1.xml") + 60
    return content[:middle] + bytes(80) + content[middle + 80 :]


def _damaged_first_part(content: bytes) -> bytes:
    start = 30 + content[26]
    return content[:start] + b"\xff" * 8 + content[start + 8 :]


def _wide(n_columns: int) -> bytes:
    return good(sheet=worksheet(row(1, tuple(f"列{n}" for n in range(n_columns))) + row(2, PERSON)))


def _shared(content: str, *, before: str = "") -> bytes:
    sheet = worksheet(row(1, HEADING) + '<row r="2"><c r="A2" t="s"><v>0</v></c></row>')
    return packed(parts(sheet, shared=shared_strings(content, before=before)))


_HEADED = row(1, HEADING)
BAD: dict[str, Callable[[], bytes]] = {
    "password.xlsx": lambda: _OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500),
    "empty.xlsx": lambda: b"",
    "truncated.xlsx": lambda: good()[:700],
    "holed.xlsx": lambda: _holed(good()),
    "heading-only.xlsx": lambda: good(sheet=worksheet(_HEADED)),
    "blank-sheet.xlsx": lambda: good(sheet=worksheet("")),
    "hidden-data.xlsx": lambda: packed(
        parts(worksheet(_HEADED), worksheet(_HEADED + row(2, PERSON)), names=("人口", "人口(2)"))
        | {"xl/workbook.xml": book(("人口", ""), ("人口(2)", ' state="hidden"'))}
    ),
    "web-page.xls": lambda: b"<html><body><table><tr><td>x</td></tr></table></body></html>",
    "xml-spreadsheet.xls": lambda: b'<?xml version="1.0"?><Workbook/>',
    "document.xlsx": lambda: packed({"[Content_Types].xml": "<Types/>", "word/document.xml": "<a/>"}),
    "picture.xls": lambda: _OLE + bytes(range(256)) * 8,
    "damaged.xls": lambda: _OLE + bytes(500) + "Workbook".encode("utf-16-le") + bytes(3000),
    "damaged.parquet": lambda: b"PAR1" + bytes(range(200)) + b"PAR1",
    "far-cell.xlsx": lambda: good(
        sheet=worksheet(_HEADED + f'<row r="1048576">{cell("XFD1048576", "x")}</row>')
    ),
    "far-cell-in-small-letters.xlsx": lambda: good(
        sheet=worksheet(_HEADED + f'<row r="1048576">{cell("xfd1048576", "x").replace("r=", "r = ")}</row>')
    ),
    "cell-far-below-its-row.xlsx": lambda: good(
        sheet=worksheet(_HEADED + f'<row r="2">{cell("A2", "x")}{cell("ZZ1048576", "x")}</row>')
    ),
    "cell-far-below-every-sheet.xlsx": lambda: good(
        sheet=worksheet(_HEADED + f'<row r="2">{cell("B4000000000", "x")}</row>')
    ),
    "row-of-many-digits.xlsx": lambda: good(
        sheet=worksheet(_HEADED + f'<row r="2">{cell("B" + "9" * 5000, "x")}</row>')
    ),
    "cells-without-references.xlsx": lambda: good(
        sheet=worksheet(_HEADED + "<row>" + "<c><v>1</v></c>" * 100_000 + "</row>"
        + "<row><c><v>1</v></c></row>" * 30_000)
    ),
    "cells-behind-a-far-one.xlsx": lambda: good(
        sheet=worksheet(
            _HEADED + f'<row r="2">{cell("ZZ2", "x")}' + "<c><v>1</v></c>" * 10_000 + "</row>" + "<row/>" * 200_000
            + "<row><c><v>1</v></c></row>"
        )
    ),
    "beyond-last-column.xlsx": lambda: good(sheet=worksheet(_HEADED + f'<row r="2">{cell("ZZZZZ2", "x")}</row>')),
    "beyond-last-row.xlsx": lambda: good(sheet=worksheet(_HEADED + f'<row r="9000000">{cell("A9000000", "x")}</row>')),
    "rows-backwards.xlsx": lambda: good(sheet=worksheet(_HEADED + row(9, PERSON) + row(3, PERSON))),
    "ten-thousand-columns.xlsx": lambda: _wide(10_000),
    "no-columns-of-ours.xlsx": lambda: good(sheet=worksheet(row(1, ("人", "编号串", "所在地方")) + row(2, PERSON))),
    "bomb-sheet.xlsx": lambda: _declaring(good(), "xl/worksheets/sheet1.xml", 0xF0000000),
    "bomb-strings.xlsx": lambda: _declaring(_shared("<si><t>x</t></si>"), SHARED, 0x7FFFFFFF),
    "entities-in-book.xlsx": lambda: good(book=book(("&a9;", ""), before=LAUGHS)),
    "entities-in-sheet.xlsx": lambda: good(sheet=worksheet(_HEADED + row(2, ("&a9;",)), before=LAUGHS)),
    "entities-in-strings.xlsx": lambda: _shared("<si><t>&a9;</t></si>", before=LAUGHS),
    "string-out-of-range.xlsx": lambda: _shared(""),
    "unknown-encoding.xlsx": lambda: good(book=book(("人口", "")).replace("UTF-8", "UTF-08")),
    "nul-in-sheet-name.xlsx": lambda: good(book=book(("人&#0;口", ""))),
    "repeated-cells.ods": lambda: ods(
        ods_row(HEADING) + '<table:table-row table:number-rows-repeated="1048570"><table:table-cell '
        'office:value-type="string" table:number-columns-repeated="400"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
    ),
    "damaged-type.ods": lambda: _damaged_first_part(ods(ods_row(HEADING))),
    "bad-byte.csv": lambda: (_TEXT_HEADING + _RECORD).encode() + b"\xff\xfe\n",
    "nul-byte.csv": lambda: (_TEXT_HEADING + _RECORD).replace("小", "\0").encode(),
    "binary.csv": lambda: bytes(range(256)) * 40 + bytes(800),
    "heading-only.csv": _TEXT_HEADING.encode,
    "one-endless-line.csv": lambda: b"a," * 20_000,
    "brackets [red] and a smile 😀.xlsx": lambda: good()[:500],
}  # fmt: skip
# Odd, but read: with what must be said of it, as a key of the catalogue.
ODD: dict[str, Callable[[], bytes]] = {
    "duplicate-and-blank-headings.xlsx": lambda: good(
        sheet=worksheet(
            row(1, ("姓名", "身份证号码", "姓名", "", "房屋编码")) + row(2, (*PERSON[:2], "王小明", "?", "0101"))
        )
    ),
    "million-formatted-rows.xlsx": lambda: good(
        sheet=worksheet(_HEADED + row(2, PERSON) + "".join(f'<row r="{n}" s="1"/>' for n in range(3, 1_048_577)))
    ),
    "stray-last-row.xlsx": lambda: good(
        sheet=worksheet(_HEADED + row(2, PERSON) + f'<row r="1048576">{cell("A1048576", "x")}</row>')
    ),
    "lying-dimension.xlsx": lambda: good(
        sheet=worksheet(_HEADED + row(2, PERSON)).replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    ),
    "prefixed-names.xlsx": lambda: good(
        sheet=worksheet(_HEADED + row(2, PERSON)).replace("<", "<x:").replace("<x:?", "<?").replace("<x:/", "</x:")
        .replace("xmlns=", "xmlns:x=")
    ),
    "no-references.xlsx": lambda: good(
        sheet=worksheet(
            "".join(
                "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"
                for texts in (HEADING, PERSON)
            )
        )
    ),
    "a-book-in-brackets [1] 😀.xlsx": lambda: packed(
        parts(worksheet(_HEADED + row(2, PERSON)), names=("[人]口😀",))
    ),
    "text-in-disguise.xlsx": lambda: (_TEXT_HEADING + _RECORD).encode("gb18030"),
    "ragged.csv": (_TEXT_HEADING + _RECORD * 30 + "王,小明,430299199003071239,0101\n").encode,
    "unending-quote.csv": (_TEXT_HEADING + '"' + _RECORD * 30).encode,
}  # fmt: skip
