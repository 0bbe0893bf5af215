"""What a file really is, told from its first bytes before any library touches it."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from typing import Literal, TypeAlias

from gridaudit.errors import InputError

Format: TypeAlias = Literal["xlsx", "xlsb", "ods", "xls", "parquet", "text"]

# More than one byte in this many is 0: no text. A few of them in a text are told by their place (E107).
_MANY_NULS = 20
_OLE = b"\xd0\xcf\x11\xe0"
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ".xls", ".et", ".xlsb", ".ods"}
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


def sniff(path: Path) -> Format:
    """Return the format of a file.

    Raises:
        InputError: E101 not there, E102 password, E103 incomplete, E105 not a table file, E108 not readable.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError:
        raise InputError("E101", file=path.name, folder=str(path.parent.resolve()), near=_near(path)) from None
    except OSError as error:
        raise InputError("E108", file=path.name, reason=error.strerror or type(error).__name__) from None
    if size == 0:
        raise InputError("E103", file=path.name, size=_size(size), variant="empty")
    if head.startswith(_OLE):
        return _sniff_ole(path)
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(path, size)
    if head.startswith(b"PAR1"):
        return "parquet"
    return _sniff_text(path, head)


def _sniff_ole(path: Path) -> Format:
    """An OLE file is an old workbook, or the wrapping of an encrypted new one."""
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise InputError("E102", file=path.name)
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise InputError("E105", file=path.name, kind="OLE")
    return "xls"


def _sniff_zip(path: Path, size: int) -> Format:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            mimetype = _start(archive, "mimetype") if "mimetype" in names else b""
    except zipfile.BadZipFile:
        # The directory stands at the end: a copy that broke off has none.
        raise InputError("E103", file=path.name, size=_size(size), variant="cut") from None
    except (OSError, RuntimeError, NotImplementedError, ValueError, EOFError, zlib.error):
        raise InputError("E103", file=path.name, size=_size(size)) from None
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return "xlsx"
    if mimetype.startswith(_ODS_TYPE):
        return "ods"
    raise InputError("E105", file=path.name, kind="ZIP")


def _start(archive: zipfile.ZipFile, name: str) -> bytes:
    """The first bytes of a part: all of it could fill the memory."""
    with archive.open(name) as part:
        return part.read(len(_ODS_TYPE))


def _sniff_text(path: Path, head: bytes) -> Format:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for sign, kind in (
        (b"<?xml", "XML"),
        (b"<html", "HTML"),
        (b"<!doctype", "HTML"),
        (b"<table", "HTML"),
        (b"%pdf", "PDF"),
    ):
        if start.startswith(sign):
            raise InputError("E105", file=path.name, kind=kind)
    is_utf16 = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if head.count(b"\x00") * _MANY_NULS > len(head) and not is_utf16:
        code = "E103" if path.suffix.lower() in _WORKBOOK_SUFFIXES else "E105"
        raise InputError(code, file=path.name, kind="unknown", size=_size(path.stat().st_size))
    return "text"


def _size(size: int) -> str:
    return f"{size / 1024:,.1f} KB"


def _near(path: Path) -> tuple[str, ...]:
    from difflib import get_close_matches

    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return ()
    return tuple(get_close_matches(path.name, names, n=3, cutoff=0.5))
