"""The parts of an xlsx file: which worksheets it has, and each part inflated within bounds.

An xlsx file is a zip of XML parts. Its directory says how large each part becomes; a part that becomes larger than
that, or than any office's table is, is refused before it fills the memory.
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, cast
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException, ElementTree
from isal import isal_zlib

from gridaudit.errors import InputError

MAX_WORKSHEET = 3 * 1024**3
_MAX_OTHER_PART = 256 * 1024**2
# Shared strings: each costs the reader several times what it takes in the file.
_MANY_STRINGS = 16 * 1024**2
_BLOCK = 1024 * 1024
_COMPRESSED = 128 * 1024
_NAME_LENGTHS_AT = 26
_ENCRYPTED = 0x1
_InflateError = cast("type[Exception]", isal_zlib.error)
_BROKEN = (zipfile.BadZipFile, _InflateError, LookupError, EOFError, struct.error, NotImplementedError, ValueError)
_BOOK = "xl/workbook.xml"
_LINKS = "xl/_rels/workbook.xml.rels"


class Worksheet(NamedTuple):
    """A worksheet of a workbook: its name, the part that holds it, whether a person sees it."""

    name: str
    part: str
    visible: bool


class Package:
    """An xlsx or xlsm file."""

    def __init__(self, path: Path) -> None:
        """Open a file.

        Raises:
            InputError: E103 its directory or its list of worksheets cannot be read, E102 a part is encrypted.
        """
        self.path = path
        try:
            with zipfile.ZipFile(path) as archive:
                self._entries = {entry.filename.replace("\\", "/"): entry for entry in archive.infolist()}
            self._folded = {name.lower(): name for name in self._entries}
            links = ElementTree.fromstring(self.small_part(_LINKS))
            self.worksheets = _worksheets(ElementTree.fromstring(self.small_part(_BOOK)), links)
            self.styles, self.strings = (self._linked(links, kind) for kind in ("/styles", "/sharedStrings"))
        except (*_BROKEN, ElementTree.ParseError, DefusedXmlException, OSError):
            raise self.damaged() from None

    def sheet_names(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the names of the visible and of the hidden worksheets."""
        visible = tuple(sheet.name for sheet in self.worksheets if sheet.visible)
        return visible, tuple(sheet.name for sheet in self.worksheets if not sheet.visible)

    def shared_parts(self) -> dict[str, bytes]:
        """Return what every worksheet needs besides its own part and the shared strings: the book, links, styles.

        Raises:
            InputError: As `small_part`.
        """
        names = ["[Content_Types].xml", "_rels/.rels", _BOOK, _LINKS, self.styles]
        return {name: self.small_part(name) for name in names if name and self._has(name)}

    def shared_strings(self) -> bytes:
        """Return the part with the shared strings; nothing where there is none.

        Raises:
            InputError: As `small_part`; E114 for more strings than a sheet has cells.
        """
        part = self.small_part(self.strings) if self.strings else b""
        if len(part) > _MANY_STRINGS and part.count(b"<si") > _MANY_STRINGS:
            raise InputError("E114", file=self.path.name, size=f"{len(part) / 1024**2:,.0f} MB")
        return part

    def small_part(self, name: str) -> bytes:
        """Return a part whole.

        Raises:
            InputError: E114 it is larger than any such part should be; else as `blocks`.
        """
        return b"".join(self.blocks(name, _MAX_OTHER_PART))

    def size(self, name: str) -> int:
        """Return how many bytes a part inflates to, as the directory declares."""
        return self._entry(name).file_size

    def blocks(self, name: str, limit: int = MAX_WORKSHEET) -> Iterator[bytes]:
        """Yield a part in inflated blocks.

        Raises:
            InputError: E102 encrypted, E103 damaged, E114 larger than `limit`.
        """
        try:
            entry = self._entry(name)
            if entry.file_size > limit:
                raise InputError("E114", file=self.path.name, size=f"{entry.file_size / 1024**2:,.0f} MB")
            if entry.flag_bits & _ENCRYPTED:
                raise InputError("E102", file=self.path.name)
            size, check = 0, 0
            for block in _inflated(self.path, entry):
                size += len(block)
                check = isal_zlib.crc32(block, check)
                if size > entry.file_size:
                    raise self.damaged()
                yield block
            if size != entry.file_size or check != entry.CRC:
                raise self.damaged()
        except _BROKEN:
            raise self.damaged() from None
        except OSError as error:
            raise InputError("E108", file=self.path.name, reason=error.strerror or type(error).__name__) from None

    def damaged(self) -> InputError:
        """Return the error that says this file is incomplete or damaged."""
        try:
            size = self.path.stat().st_size
        except OSError:
            size = 0
        return InputError("E103", file=self.path.name, size=f"{size / 1024:,.1f} KB")

    def _linked(self, links: Element, kind: str) -> str:
        """The name of the part of a kind; nothing where there is none."""
        named = (_part(link) for link in links if str(link.get("Type")).endswith(kind))
        return next((name for name in named if self._has(name)), "")

    def _has(self, name: str) -> bool:
        return name.lower() in self._folded

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if not self._has(name):
            raise self.damaged()
        return self._entries[self._folded[name.lower()]]


def _worksheets(book: Element, links: Element) -> tuple[Worksheet, ...]:
    """The worksheets in the order of their tabs; charts and macros' dialogues are none."""
    parts = {link.get("Id"): _part(link) for link in links if str(link.get("Type")).endswith("/worksheet")}
    found = []
    for element in book.iter():
        if element.tag.rpartition("}")[2] == "sheet":
            link = next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == "id"), None)
            if link in parts:
                visible = element.get("state", "visible") == "visible"
                found.append(Worksheet(str(element.get("name")), parts[link], visible))
    return tuple(found)


def _part(link: Element) -> str:
    target = str(link.get("Target")).replace("\\", "/")
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _inflated(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in blocks, inflated by ISA-L, which is several times faster than zlib."""
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise NotImplementedError
    with path.open("rb") as file:
        file.seek(entry.header_offset + _NAME_LENGTHS_AT)
        file.seek(sum(struct.unpack("<HH", file.read(4))), 1)
        left = entry.compress_size
        stream = isal_zlib.decompressobj(-15) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        while left > 0:
            data = file.read(min(_COMPRESSED, left))
            if not data:
                raise EOFError
            left -= len(data)
            if stream is None:
                yield data
                continue
            # What was put in may be used up while some of what comes out is still held back.
            while not stream.eof and (block := stream.decompress(data, _BLOCK)):
                yield block
                data = stream.unconsumed_tail
