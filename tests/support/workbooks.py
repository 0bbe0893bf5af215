"""Workbooks written by hand, part by part, so that every part can be wrong on purpose. Everybody is invented."""

from __future__ import annotations

import io
import zipfile

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"
SHARED = "xl/sharedStrings.xml"
BOOK = "xl/workbook.xml"
HEADING = ("姓名", "身份证号码", "房屋编码")
PERSON = ("王小明", "430299199003071239", "0101")


def column(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def row(number: int, texts: tuple[str, ...]) -> str:
    cells = "".join(cell(f"{column(at)}{number}", text) for at, text in enumerate(texts))
    return f'<row r="{number}">{cells}</row>'


def worksheet(rows: str, *, before: str = "", behind: str = "") -> str:
    return f'{_DECLARATION}{before}<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{behind}</worksheet>'


def shared_strings(content: str, *, before: str = "") -> str:
    return f'{_DECLARATION}{before}<sst xmlns="{_MAIN}">{content}</sst>'


def book(*sheets: tuple[str, str], before: str = "") -> str:
    entries = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="rId{number}"{state}/>'
        for number, (name, state) in enumerate(sheets, start=1)
    )
    return f'{_DECLARATION}{before}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{entries}</sheets></workbook>'


def parts(*sheets: str, names: tuple[str, ...] = ("人口",), shared: str | None = None) -> dict[str, str]:
    """The parts of a workbook with the worksheets given."""
    numbered = range(1, len(sheets) + 1)
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbered
    )
    if shared is not None:
        links += f'<Relationship Id="rId99" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    top = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    types = (
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{BOOK}" ContentType="{kind}"/>'
    )
    found = {
        "[Content_Types].xml": f'{_DECLARATION}<Types xmlns="{_PACKAGE}/content-types">{types}</Types>',
        "_rels/.rels": f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{top}</Relationships>',
        BOOK: book(*((name, "") for name in names)),
        "xl/_rels/workbook.xml.rels": (
            f'{_DECLARATION}<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'
        ),
    }
    found |= {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(numbered, sheets, strict=True)}
    return found if shared is None else found | {SHARED: shared}


def packed(content: dict[str, str | bytes]) -> bytes:
    """A zip of the parts, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in content.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, part)
    return buffer.getvalue()


def good(**changes: str | bytes) -> bytes:
    """A workbook with one person; parts may be replaced (`sheet`, `book`)."""
    names = {"sheet": SHEET, "book": BOOK}
    base = parts(worksheet(row(1, HEADING) + row(2, PERSON)))
    return packed(base | {names[key]: part for key, part in changes.items()})


def ods(rows: str) -> bytes:
    """An OpenDocument spreadsheet with the rows given as XML."""
    schema = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'{_DECLARATION}<office:document-content xmlns:office="{schema}:office:1.0" xmlns:table="{schema}:table:1.0" '
        f'xmlns:text="{schema}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="人口">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    manifest = f'<manifest:manifest xmlns:manifest="{schema}:manifest:1.0">{entry}</manifest:manifest>'
    return packed({
        "mimetype": kind,
        "META-INF/manifest.xml": manifest,
        "content.xml": content,
    })  # fmt: skip


def ods_row(texts: tuple[str, ...], repeated: str = "") -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in texts
    )
    return f"<table:table-row{repeated}>{cells}</table:table-row>"
