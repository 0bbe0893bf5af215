"""Text files (csv, tsv) → one sheet: encoding told strictly, separator from the first lines, every cell as text."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet

MAX_COLUMNS = 16_384
_SAMPLE_LINES = 40
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_SAMPLE_CHARACTERS = 200_000
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Where fewer lines than this have the usual number of cells, the file has no usual number.
_USUAL = 0.9


class _Layout(NamedTuple):
    """How many cells a frame needs, and which records have not as many as is usual in the file (0-based).

    A spare column takes what is over where the lines could not be counted beforehand.
    """

    width: int
    out_of_step: pl.Series
    has_spare: bool = False


def read_delimited(path: Path, *, in_disguise: bool) -> Sheet:
    """Read a text file.

    Args:
        path: The file.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E107 neither UTF-8 nor GB18030 (the first bad byte is named), E104 no rows, E103 not a table, E109
            more columns than any sheet has.
    """
    text, encoding = decode(path)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    notes = [Note("disguise", {"file": path.name})] if in_disguise else []
    if encoding != "utf-8":
        notes.append(Note("encoding", {"file": path.name, "encoding": encoding.upper()}))
    lines = list(io.StringIO(text[:_SAMPLE_CHARACTERS]))[:_SAMPLE_LINES]
    if not any(line.strip() for line in lines):
        raise InputError("E104", file=path.name, sheet=path.stem)
    separator = _separator(lines)
    layout = _by_line(text, separator) if '"' not in text else _by_sample(lines, separator)
    if layout.width > MAX_COLUMNS:
        raise InputError("E109", file=path.name, sheet=path.stem, columns=layout.width, rows=len(lines))
    try:
        frame = _parsed(text, separator, layout.width, quote='"')
    except pl.exceptions.PolarsError:
        # A quotation mark that never ends: every mark is then a character like others, and nothing is lost.
        notes.append(Note("quotes", {"file": path.name}))
        layout = _by_line(text, separator)
        frame = _parsed(text, separator, layout.width, quote=None)
    if '="' in text:
        frame = frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "$1"))
    frame, out_of_step = _without_spare(frame, layout)
    return Sheet(
        source=path.name,
        path=path,
        sheet=path.stem,
        frame=frame,
        long_numbers=NO_NUMBERS,
        out_of_step=tuple(int(at) + 1 for at in out_of_step),
        notes=tuple(notes),
    )


def _parsed(text: str, separator: str, width: int, *, quote: str | None) -> pl.DataFrame:
    return pl.read_csv(
        io.BytesIO(text.encode("utf-8", "replace")),
        has_header=False,
        schema={f"c{index}": pl.String for index in range(width)},
        separator=separator,
        quote_char=quote,
        extra_columns="ignore",
        missing_columns="insert",
    )


def _by_line(text: str, separator: str) -> _Layout:
    """Without quotation marks every line is a record.

    One with more filled cells than is usual is out of step; one with fewer too, where others write blank last cells.
    """
    lines = pl.DataFrame({"line": text.split("\n")}).with_columns(pl.col("line").str.strip_chars_end("\r"))
    lines = lines.with_columns(n=pl.col("line").str.count_matches(separator, literal=True) + 1)
    written = lines.filter(pl.col("line").str.strip_chars() != "")
    width = int(str(written["n"].max()))
    usual = int(written["n"].mode().max() or 1)  # type: ignore[arg-type]
    is_usual = written["n"] == usual
    if usual == 1 or is_usual.mean() < _USUAL:  # type: ignore[operator]
        return _Layout(width, pl.Series([], dtype=pl.UInt32))
    writes_blanks = written.filter(is_usual)["line"].str.ends_with(separator).any()
    n_filled = pl.col("line").str.strip_chars_end(separator + " ").str.count_matches(separator, literal=True) + 1
    too_many = n_filled > usual
    too_few = pl.lit(writes_blanks) & (pl.col("n") < usual) & (pl.col("n") > 1)
    return _Layout(width, lines.select(too_many | too_few).to_series().arg_true())


def _by_sample(lines: list[str], separator: str) -> _Layout:
    """With quotation marks a record may be several lines: a column more than the first have takes what is over."""
    unquoted = _QUOTED.sub("", "".join(lines))
    width = max(line.count(separator) for line in unquoted.split("\n")) + 1
    return _Layout(width + 1, pl.Series([], dtype=pl.UInt32), has_spare=True)


def _without_spare(frame: pl.DataFrame, layout: _Layout) -> tuple[pl.DataFrame, pl.Series]:
    """Drop the spare column if nothing is over; else the records that have something there are out of step."""
    if not layout.has_spare:
        return frame, layout.out_of_step
    spare = frame.columns[-1]
    over = frame.select(pl.col(spare).str.strip_chars() != "").to_series().arg_true()
    return frame if over.len() else frame.drop(spare), over


def decode(path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding: BOM, else strict UTF-8, else strict GB18030.

    Raises:
        InputError: E107 with the offset and value of the first byte that does not fit; where neither encoding fits,
            of the one that fits further.
    """
    content = path.read_bytes()
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(path, content, encoding, len(bom)), encoding
    if (at := content.find(b"\x00")) >= 0:
        raise _unfit(path, content, at)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        return _strict(path, content, "gb18030", 0, error.start), "gb18030"


def _strict(path: Path, content: bytes, encoding: str, start: int, otherwise: int = 0) -> str:
    try:
        return content[start:].decode(encoding)
    except UnicodeDecodeError as error:
        raise _unfit(path, content, max(error.start + start, otherwise)) from None


def _unfit(path: Path, content: bytes, offset: int) -> InputError:
    return InputError("E107", file=path.name, offset=offset, byte=f"0x{content[offset]:02X}")


def _separator(lines: list[str]) -> str:
    """The separator that splits the sample into the most fields."""
    counts = {separator: sum(line.count(separator) for line in lines) for separator in ",\t;|"}
    return max(counts, key=lambda separator: counts[separator]) if any(counts.values()) else ","
