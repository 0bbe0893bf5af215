"""A look at a worksheet's XML for what the reader in use erases or cannot survive.

Which cells are numbers of more than 15 digits, which hold an error, which are merged, which sheets are hidden, and
how far the used range goes: a stray cell at XFD1048576 aborts the reader's process and cannot be caught.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast

import polars as pl
from defusedxml import DefusedXmlException, ElementTree
from isal import isal_zlib

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Merge, column_index

MAX_CELLS = 150_000_000
_HEAD = 64 * 1024
_CHUNK = 8 * 1024 * 1024
_InflateError = cast("type[Exception]", isal_zlib.error)
_COMPRESSED = 512 * 1024
_NAME_LENGTHS_AT = 26
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\b[^>]*?\bref="([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?"')
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\b[^>]*?\bref="([A-Z]+)(\d+):([A-Z]+)(\d+)"')
# What one pass looks for: a number of 16 and more digits, plain or as 4.30299199003071E+17, or an error (#N/A).
_WANTED = re.compile(rb"<v>(?:(#[^<]*)|[0-9](?:[0-9]{15,}(?:\.[0-9]*)?|(?:\.[0-9]+)?[eE]\+?(?:1[5-9]|[2-9][0-9])))</v>")
_REFERENCE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
_TYPE = re.compile(rb'\bt="([^"]*)"')


class SheetEntry(NamedTuple):
    """A worksheet of a workbook: its name, the part of the zip that holds it, whether a person sees it."""

    name: str
    part: str
    visible: bool


class Look(NamedTuple):
    """What one pass over a worksheet's XML found. Rows as a person sees them, columns counted from A = 0."""

    long_numbers: pl.DataFrame
    errors: tuple[tuple[int, int, str], ...]
    merges: tuple[Merge, ...]


def worksheets(path: Path) -> tuple[SheetEntry, ...]:
    """Return the worksheets of an xlsx/xlsm file in the order of its tabs.

    Raises:
        InputError: E103, the workbook's own list cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    except (KeyError, ElementTree.ParseError, DefusedXmlException, zipfile.BadZipFile, OSError):
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    entries = []
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), None)
            part = targets.get(link, "")
            part = part.lstrip("/") if part.startswith("/") else f"xl/{part}"
            entries.append(SheetEntry(str(element.get("name")), part, element.get("state", "visible") == "visible"))
    return tuple(entries)


class UsedRange(NamedTuple):
    """The used range a worksheet declares: first column (A = 0), last column, last row; None when it declares none."""

    first_column: int
    last_column: int
    last_row: int


def declared_range(path: Path, part: str) -> UsedRange | None:
    """Return what `<dimension>` says, from the first bytes of the worksheet."""
    with zipfile.ZipFile(path) as archive, archive.open(part) as file:
        match = _DIMENSION.search(file.read(_HEAD))
    if match is None:
        return None
    first, _, last, row = (group.decode() if group else "" for group in match.groups())
    return UsedRange(column_index(first), column_index(last or first), int(row or match.group(2)))


def refuse_absurd_range(path: Path, entry: SheetEntry) -> None:
    """Refuse a sheet whose used range no reader survives.

    Raises:
        InputError: E109, with the last cell as the file declares or holds it.
    """
    declared = declared_range(path, entry.part)
    last = (declared.last_column, declared.last_row) if declared else _last_cell(path, entry.part)
    if (last[0] + 1) * last[1] > MAX_CELLS:
        raise InputError("E109", file=path.name, sheet=entry.name, columns=last[0] + 1, rows=last[1])


def _last_cell(path: Path, part: str) -> tuple[int, int]:
    far, row = 0, 0
    pattern = re.compile(rb'<c r="([A-Z]{2,3})(\d+)"')
    for chunk in _chunks(path, part):
        far = max([far, *(column_index(letters.decode()) for letters, _ in pattern.findall(chunk))])
        if rows := re.findall(rb'<row\b[^>]*?\br="(\d+)"', chunk):
            row = max(row, int(rows[-1]))
    return far, row


def look(path: Path, part: str) -> Look:
    """Pass once over a worksheet's XML.

    Returns:
        Cells with long numbers, cells with an error and its text, merged ranges.
    """
    numbers: list[tuple[int, int]] = []
    errors: list[tuple[int, int, str]] = []
    chunk = b""
    for chunk in _chunks(path, part):
        for kind, row, column, text in _found(chunk):
            if kind == b"e":
                errors.append((row, column, text))
            elif kind == b"n" and not text:
                numbers.append((row, column))
    # Merged ranges stand behind the last cell, so they are all in the last piece.
    merges = [
        Merge(int(row), column_index(first.decode()), int(last_row), column_index(last.decode()))
        for first, row, last, last_row in _MERGE.findall(chunk)
    ]
    return Look(pl.DataFrame(numbers, schema=NO_NUMBERS.schema, orient="row"), tuple(errors), tuple(merges))


def _found(chunk: bytes) -> Iterator[tuple[bytes, int, int, str]]:
    """Type, row, column and error text of each cell with a long number or an error."""
    for match in _WANTED.finditer(chunk):
        tag = chunk[chunk.rfind(b"<c ", 0, match.start()) : match.start()]
        kind, reference = _TYPE.search(tag), _REFERENCE.search(tag)
        if reference:
            column = column_index(reference.group(1).decode())
            text = (match.group(1) or b"").decode("utf-8", "replace")
            yield kind.group(1) if kind else b"n", int(reference.group(2)), column, text


def _chunks(path: Path, part: str) -> Iterator[bytes]:
    """Yield the XML in pieces that end behind a cell, so that no cell is cut in two."""
    rest = b""
    try:
        for block in _inflated(path, part):
            end = block.rfind(b"</c>") + 4
            if end < 4:
                rest += block
                continue
            yield b"".join((rest, memoryview(block)[:end]))
            rest = block[end:]
    except (zipfile.BadZipFile, _InflateError, KeyError, EOFError, struct.error):
        raise InputError("E103", file=path.name, size=f"{path.stat().st_size / 1024:,.1f} KB") from None
    yield rest


def _inflated(path: Path, part: str) -> Iterator[bytes]:
    """Yield a part of a zip in blocks, inflated by ISA-L: this pass runs beside the reader and must not slow it."""
    with zipfile.ZipFile(path) as archive, path.open("rb") as file:
        entry = archive.getinfo(part)
        file.seek(entry.header_offset + _NAME_LENGTHS_AT)
        file.seek(sum(struct.unpack("<HH", file.read(4))), 1)
        left = entry.compress_size
        stream = isal_zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            data = file.read(min(_COMPRESSED, left))
            if not data:
                raise EOFError
            left -= len(data)
            while data:
                yield stream.decompress(data, _CHUNK) if stream else data
                data = stream.unconsumed_tail if stream else b""
