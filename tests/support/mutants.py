"""Files changed at random: bytes anywhere, the XML of a part, the cells of a text. What comes out may be anything."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

from workbooks import HEADING, PERSON, good, ods, ods_row, packed, parts, row, shared_strings, worksheet

_ODD_TEXTS = (
    "", " ", "\0", "=1+1", "#N/A", "1e308", "-0", "4.30299199003071E+17", "９９", "\u202e", "\ufeff", "a" * 40_000,
    "&amp;", "&#x10FFFF;", "𠮷", "合计", "姓名", '"', "<v>", "]]>", "2026-02-30", "99999999999999999999", "户主",
)  # fmt: skip
_ODD_XML = (
    b"<row>", b"</row>", b"<c/>", b'r="A1"', b'r="XFD1"', b'r="0"', b'r="-1"', b't="s"', b't="e"', b't="b"', b"<is>",
    b's="9999"', b"<v>1</v>", b"</sheetData>", b"<sheetData>", b"<!--", b"<![CDATA[", b"&", b"\0", b"\xff",
    b'<mergeCell ref="A1:C9"/>', b'<mergeCell ref="A1:XFD1048576"/>', b"<v>99999999999999999</v>", b"<v>#REF!</v>",
    b"<v>1e999</v>",
)  # fmt: skip


def seeds() -> dict[str, bytes]:
    """Small good files to begin with, by suffix and kind."""
    people = "".join(row(number, PERSON) for number in range(2, 30))
    shared = "".join(f"<si><t>{text}</t></si>" for text in (*HEADING, *PERSON))
    cells = "".join(
        f'<row r="{n}">'
        + "".join(f'<c r="{"ABC"[at]}{n}" t="s"><v>{at + 3 * (n > 1)}</v></c>' for at in range(3))
        + "</row>"
        for n in range(1, 20)
    )  # fmt: skip
    text = "\n".join([",".join(HEADING), *[",".join(PERSON)] * 30]) + "\n"
    return {
        "inline.xlsx": good(sheet=worksheet(row(1, HEADING) + people)),
        "shared.xlsx": packed(parts(worksheet(cells), shared=shared_strings(shared))),
        "utf8.csv": text.encode(),
        "gb.csv": text.encode("gb18030"),
        "utf16.csv": text.encode("utf-16"),
        "a.ods": ods(ods_row(HEADING) + ods_row(PERSON) * 20),
    }


def mutant(content: bytes, suffix: str, chance: random.Random) -> bytes:
    """Return the file changed at random."""
    if suffix == ".xlsx" and chance.random() < 0.7:
        return _parts_changed(content, chance)
    if suffix == ".csv" and chance.random() < 0.5:
        return _cells_changed(content, chance)
    return _bytes_changed(content, chance)


def _bytes_changed(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        at = chance.randrange(len(changed) + 1)
        length = chance.choice((1, 1, 2, 4, 16, 200))
        match chance.randrange(5):
            case 0:
                changed[at : at + length] = chance.randbytes(length)
            case 1:
                del changed[at : at + length]
            case 2:
                changed[at:at] = chance.randbytes(length)
            case 3:
                changed[at:at] = changed[at // 2 : at // 2 + length]
            case _:
                changed[at : at + length] = bytes(length)
    return bytes(changed)


def _parts_changed(content: bytes, chance: random.Random) -> bytes:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        found: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.choice((1, 1, 2, 4))):
        name = chance.choice([*found, *["xl/worksheets/sheet1.xml"] * 6])
        part = found.get(name, b"")
        part = part.encode() if isinstance(part, str) else part
        match chance.randrange(4):
            case 0:
                found[name] = _bytes_changed(part, chance)
            case 1:
                at = chance.randrange(len(part) + 1)
                found[name] = part[:at] + chance.choice(_ODD_XML) + part[at:]
            case 2:
                old, new = (chance.choice(_ODD_XML) for _ in range(2))
                found[name] = part.replace(old, new, chance.choice((1, -1)))
            case _:
                found.pop(name, None)
    return packed(found)


def _cells_changed(content: bytes, chance: random.Random) -> bytes:
    encoding = chance.choice(("utf-8", "gb18030", "utf-16"))
    lines = content.decode("utf-8", "replace").split("\n")
    for _ in range(chance.choice((1, 2, 8))):
        at = chance.randrange(len(lines))
        cells = lines[at].split(",")
        cells[chance.randrange(len(cells))] = chance.choice(_ODD_TEXTS)
        lines[at] = chance.choice((",", ",", ",,", ";", "\t", '","')).join(cells)
    return chance.choice(("\n", "\r\n", "\r")).join(lines).encode(encoding, "replace")
