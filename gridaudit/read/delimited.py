"""Text files (csv, tsv) → one sheet: encoding told strictly, separator from the first lines, every cell as text."""

from __future__ import annotations

import io
import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from gridaudit.errors import InputError
from gridaudit.read.sheet import NO_NUMBERS, Note, Sheet

MAX_COLUMNS = 16_384
_SAMPLE_LINES = 40
SAMPLE_CHARACTERS = 200_000
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
# Where fewer lines than this have the usual number of cells, the file has no usual number.
_USUAL = 0.9


class Layout(NamedTuple):
    """How the lines of a file are cut into cells.

    Attributes:
        separator: Between cells.
        width: How many cells a frame needs.
        quote: The quotation mark, None where it is a character like others.
        usual: How many cells most lines have, where lines are counted and there is such a number.
        writes_blanks: Whether lines end with blank cells, so that a short one is out of step.
        has_spare: Whether the last column takes what is over, where lines could not be counted.
    """

    separator: str
    width: int
    quote: str | None = '"'
    usual: int | None = None
    writes_blanks: bool = False
    has_spare: bool = False


def read_delimited(path: Path, *, in_disguise: bool) -> Sheet:
    """Read a text file.

    Args:
        path: The file.
        in_disguise: Its name promised a workbook; say so.

    Raises:
        InputError: E107 neither UTF-8 nor GB18030 (the first bad byte is named), E104 no rows, E109
            more columns than any sheet has.
    """
    text, encoding = decode(path)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    notes = [Note("disguise", {"file": path.name})] if in_disguise else []
    if encoding != "utf-8":
        notes.append(Note("encoding", {"file": path.name, "encoding": encoding.upper()}))
    lines = sample_lines(path, text)
    separator = separator_of(lines)
    cut = split_lines(text, separator) if '"' not in text else None
    layout = by_sample(lines, separator) if cut is None else by_lines(line_counts(cut, separator), separator)
    refuse_wide(path, layout, len(lines))
    content = text.encode("utf-8", "replace")
    try:
        sheet = parsed(path, content, layout, lines=cut)
    except pl.exceptions.PolarsError:
        # A quotation mark that never ends: every mark is then a character like others, and nothing is lost.
        notes.append(Note("quotes", {"file": path.name}))
        cut = split_lines(text, separator)
        layout = by_lines(line_counts(cut, separator), separator)._replace(quote=None)
        sheet = parsed(path, content, layout, lines=cut)
    if layout.has_spare and not sheet.out_of_step:
        sheet = replace(sheet, frame=sheet.frame.drop(sheet.frame.columns[-1]))
    return replace(sheet, notes=tuple(notes))


def sample_lines(path: Path, text: str) -> list[str]:
    """Return the first lines.

    Raises:
        InputError: E104 no rows.
    """
    lines = list(io.StringIO(text[:SAMPLE_CHARACTERS]))[:_SAMPLE_LINES]
    if not any(line.strip() for line in lines):
        raise InputError("E104", file=path.name, sheet=path.stem)
    return lines


def refuse_wide(path: Path, layout: Layout, n_lines: int) -> None:
    """Refuse lines of more cells than any sheet has.

    Raises:
        InputError: E109.
    """
    if layout.width > MAX_COLUMNS:
        raise InputError("E109", file=path.name, sheet=path.stem, columns=layout.width, rows=n_lines)


def parsed(
    path: Path, content: bytes, layout: Layout, columns: Collection[int] | None = None, *,
    lines: pl.DataFrame | None = None,
) -> Sheet:  # fmt: skip
    """Cut the lines of a file, or of a piece of it, into cells.

    Args:
        path: The file.
        content: UTF-8.
        layout: How its lines are cut.
        columns: Which columns to read; all when None, and then it is told which rows are out of step.
        lines: What `split_lines` gives, if it was asked already.

    Raises:
        PolarsError: A quotation mark that never ends.
    """
    frame = pl.read_csv(
        io.BytesIO(content),
        has_header=False,
        schema={f"c{index}": pl.String for index in range(layout.width)},
        columns=None if columns is None else sorted(columns),
        separator=layout.separator,
        quote_char=layout.quote,
        extra_columns="ignore",
        missing_columns="insert",
    )
    if b'="' in content:
        frame = frame.with_columns(pl.all().str.replace(r'^="(.*)"$', "$1"))
    out_of_step: Sequence[int] = () if columns is not None else _out_of_step(content, frame, layout, lines)
    return Sheet(
        source=path.name, path=path, sheet=path.stem, frame=frame, long_numbers=NO_NUMBERS,
        out_of_step=tuple(int(at) + 1 for at in out_of_step),
    )  # fmt: skip


def _out_of_step(content: bytes, frame: pl.DataFrame, layout: Layout, lines: pl.DataFrame | None) -> Sequence[int]:
    """The records with more or fewer cells than is usual in the file (0-based).

    One with more filled cells than is usual is out of step; one with fewer too, where others write blank last cells.
    """
    if layout.has_spare:
        return frame.select(pl.col(frame.columns[-1]).str.strip_chars() != "").to_series().arg_true().to_list()
    if layout.usual is None:
        return ()
    lines = split_lines(content.decode(), layout.separator) if lines is None else lines
    n_filled = pl.col("line").str.strip_chars_end(layout.separator + " ")
    too_many = n_filled.str.count_matches(layout.separator, literal=True) + 1 > layout.usual
    too_few = pl.lit(layout.writes_blanks) & (pl.col("n") < layout.usual) & (pl.col("n") > 1)
    return lines.select(too_many | too_few).to_series().arg_true().to_list()


def split_lines(text: str, separator: str) -> pl.DataFrame:
    """Return every `line` with its number of cells `n`."""
    lines = pl.DataFrame({"line": text.split("\n")}).with_columns(pl.col("line").str.strip_chars_end("\r"))
    return lines.with_columns(n=pl.col("line").str.count_matches(separator, literal=True) + 1)


def line_counts(lines: pl.DataFrame, separator: str) -> pl.DataFrame:
    """Count lines by their number of cells: `n`, `n_lines`, and whether any of them ends in a blank cell."""
    written = lines.filter(pl.col("line").str.strip_chars() != "")
    return written.group_by("n").agg(n_lines=pl.len(), ends_blank=pl.col("line").str.ends_with(separator).any())


def added_counts(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Add up what `line_counts` gave for parts of a file."""
    return pl.concat(parts).group_by("n").agg(pl.col("n_lines").sum(), pl.col("ends_blank").any())


def by_lines(counts: pl.DataFrame, separator: str) -> Layout:
    """Without quotation marks every line is a record."""
    width = int(str(counts["n"].max()))
    most = counts.filter(pl.col("n_lines") == pl.col("n_lines").max()).sort("n").tail(1)
    usual = int(most["n"][0])
    if usual == 1 or most["n_lines"][0] / counts["n_lines"].sum() < _USUAL:
        return Layout(separator, width)
    return Layout(separator, width, usual=usual, writes_blanks=bool(most["ends_blank"][0]))


def by_sample(lines: list[str], separator: str) -> Layout:
    """With quotation marks a record may be several lines: a column more than the first have takes what is over."""
    unquoted = _QUOTED.sub("", "".join(lines))
    width = max(line.count(separator) for line in unquoted.split("\n")) + 1
    return Layout(separator, width + 1, has_spare=True)


def decode(path: Path) -> tuple[str, str]:
    """Return the text of a file and its encoding: BOM, else strict UTF-8, else strict GB18030.

    Raises:
        InputError: E107 with the offset and value of the first byte that does not fit; where neither encoding fits,
            of the one that fits further.
    """
    content = path.read_bytes()
    for bom, encoding in BOMS:
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


def separator_of(lines: list[str]) -> str:
    """Return the separator that splits the sample into the most fields."""
    counts = {separator: sum(line.count(separator) for line in lines) for separator in ",\t;|"}
    return max(counts, key=lambda separator: counts[separator]) if any(counts.values()) else ","
