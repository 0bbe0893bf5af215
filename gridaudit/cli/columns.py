"""`gridaudit columns FILE`: which column is what, and the nearest headings for what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.session import open_session, print_text, write_text
from gridaudit.text import Lang, say

if TYPE_CHECKING:
    from gridaudit.normalise import Heading
    from gridaudit.read import Sheet

_NEAR = 0.5
_CODES_SHOWN = 5


def columns(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    *,
    save: Annotated[bool, typer.Option("--save")] = False,
    sheet: options.Sheet = None,
    header_row: options.HeaderRow = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Print the mapping of every sheet; with --save, write it beside the config (else beside the file)."""
    from gridaudit.config import COLUMNS_NAME
    from gridaudit.normalise import declared_layouts, heading_of
    from gridaudit.read import Reading

    session = open_session(config=config, lang=lang, quiet=quiet, near=[file])
    layouts = declared_layouts(session.config)
    mappings: dict[str, dict[str, str]] = {}
    profiles = dict(session.config.profiles)
    for found in sorted(Reading([file], sheets=sheet or ()), key=lambda item: item.order):
        heading = heading_of(found, layouts, row=header_row, declared=session.config.columns)
        print_text("\n".join([*_screen(found, heading, session.lang), *layout_lines(heading, session.lang)]) + "\n")
        if heading.table is not None:
            texts = {name: heading.texts[indexes[0]] for name, indexes in heading.mapping.items()}
            mappings.setdefault(heading.table, {}).update(texts)
            if heading.layout is not None and heading.layout.is_certain:
                profiles[heading.table] = heading.layout.profile.name
    if save and mappings:
        folder = session.config.path.parent if session.config.path else file.parent
        path = folder / COLUMNS_NAME
        write_text(
            path, _toml({"profiles": {table: profiles[table] for table in mappings if table in profiles}, **mappings})
        )
        session.tell(say("say.columns_saved", session.lang, path=path))
    return 0


def _screen(sheet: Sheet, heading: Heading, lang: Lang) -> list[str]:
    from gridaudit import schema
    from gridaudit.read import column_letters
    from gridaudit.report.cells import padded, printable
    from gridaudit.schema.headings import shown_heading, shown_headings

    if heading.table is None:
        return [say("say.columns_unknown", lang, file=sheet.source, sheet=sheet.sheet), *_nearest(sheet, lang)]
    known = schema.columns(heading.table)
    names = {index: name for name, indexes in heading.mapping.items() for index in indexes}
    lines = [
        say(
            "say.columns_table", lang, file=sheet.source, sheet=sheet.sheet, row=heading.last_row + sheet.numbered_from,
            table=say(f"say.table_{heading.table}", lang),
        ),
        say("say.columns_head", lang),
    ]  # fmt: skip
    for index in sorted(names):
        column = known[names[index]]
        letters = column_letters(index)
        meaning = column.zh if lang == "zh" else column.en
        text = printable(shown_heading(heading.texts[index]))
        lines.append(f"{letters:<5}{padded(text, 26)}{padded(column.name, 18)}{meaning}")
    serial = schema.words()["serial_headings"]
    unused = [text for index, text in enumerate(heading.texts) if text and index not in names]
    unused = [text for text in unused if schema.code_form(text) not in serial]
    shown = shown_headings(unused, n_known=len(names))
    if unused:
        lines.append(say("say.columns_unmapped", lang, names=printable("  ".join(shown))))
        lines += _suggestions(unused, shown, heading, lang)
    return lines


def layout_lines(heading: Heading, lang: Lang) -> list[str]:
    """Say which platform's layout a heading has, what its codes mean and which columns it should have besides."""
    from gridaudit import schema
    from gridaudit.normalise import codes_of

    layout = heading.layout.layout(str(heading.table)) if heading.layout is not None else None
    if heading.layout is None or layout is None:
        return []
    columns = schema.columns(str(heading.table))
    label = {name: column.zh if lang == "zh" else column.en for name, column in columns.items()}
    profile = heading.layout.profile
    lines = [say("say.columns_layout", lang, name=profile.name, title=profile.zh if lang == "zh" else profile.en)]
    for name, codes in codes_of(heading).items():
        if name in heading.mapping:
            shown = [f"{code} {word or say('say.columns_blank', lang)}" for code, word in codes.items()]
            more = "" if len(shown) <= _CODES_SHOWN else " " + say("say.columns_more_codes", lang, n=len(shown))
            lines.append(f"  {label[name]}: {', '.join(shown[:_CODES_SHOWN])}{more}")
    if layout.codes and not heading.layout.is_certain:
        lines.append("  " + say("say.columns_uncertain", lang, name=profile.name))
    if missing := [label[name] for name in layout.required if name not in heading.mapping]:
        lines.append("  " + say("say.columns_required", lang, names=", ".join(missing)))
    return lines


def _nearest(sheet: Sheet, lang: Lang) -> list[str]:
    """For a sheet that is no table: the nearest heading for each column that would make it one."""
    from gridaudit.normalise import nearest_headings
    from gridaudit.schema.headings import shown_headings

    error = nearest_headings(sheet)
    entries: tuple[tuple[str, str, str, str, str], ...] = error.params.get("nearest", ())  # type: ignore[assignment]
    row = str(error.params.get("headings", "")).split("、")
    shown = shown_headings([*row, *(entry[2] for entry in entries)])[len(row) :]
    return [
        f"  {zh if lang == 'zh' else en}: {heading} ({letters}) {score}"
        for (zh, en, _, letters, score), heading in zip(entries, shown, strict=True)
    ]


def _suggestions(unused: list[str], seen: list[str], heading: Heading, lang: Lang) -> list[str]:
    """For headings not used that come near a canonical column nobody has yet."""
    from gridaudit import schema
    from gridaudit.normalise.nearest import nearest_columns

    known = schema.columns(str(heading.table))
    lines = []
    for text, said in zip(unused, seen, strict=True):
        nearest = nearest_columns(text, str(heading.table), heading.mapping)
        near = [(name, score) for name, score in nearest if score >= _NEAR]
        label = {name: known[name].zh if lang == "zh" else known[name].en for name, _ in near}
        shown = ", ".join(f"{label[name]} ({name}) {score:.2f}" for name, score in near)
        if shown:
            lines.append(f"  {said}: {shown}")
    return [say("say.columns_missing", lang), *lines] if lines else []


def _toml(mappings: dict[str, dict[str, str]]) -> str:
    lines: list[str] = []
    for table, headings in mappings.items():
        if not headings:
            continue
        lines.append(f"[{table}]")
        for name, heading in headings.items():
            lines.append(f"{name} = {toml_text(heading)}")
        lines.append("")
    return "\n".join(lines)


def toml_text(text: str) -> str:
    """Return a text as TOML writes it, on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(sign for sign in escaped if sign >= " " and sign != "\x7f") + '"'
