"""`gridaudit columns FILE`: which column is what, and the nearest headings for what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.session import Session, open_session, print_text, write_text
from gridaudit.text import say


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
    from gridaudit.normalise import find_heading
    from gridaudit.read import Reading

    session = open_session(config=config, lang=lang, quiet=quiet, near=[file])
    mappings: dict[str, dict[str, str]] = {}
    for found in sorted(Reading([file], sheets=sheet or ()), key=lambda item: item.order):
        heading = find_heading(found, row=header_row, declared=session.config.columns)
        print_text(_screen(session, found, heading))
        if heading.table is not None:
            texts = {name: heading.texts[indexes[0]] for name, indexes in heading.mapping.items()}
            mappings.setdefault(heading.table, {}).update(texts)
    if save and mappings:
        folder = session.config.path.parent if session.config.path else file.parent
        path = folder / COLUMNS_NAME
        write_text(path, _toml(mappings))
        session.tell(say("say.columns_saved", session.lang, path=path))
    return 0


def _screen(session: Session, sheet: object, heading: object) -> str:
    from gridaudit import schema
    from gridaudit.normalise import Heading
    from gridaudit.normalise.nearest import nearest_columns
    from gridaudit.read import Sheet, column_letters
    from gridaudit.report.cells import pad

    assert isinstance(sheet, Sheet)  # noqa: S101 - for the type checker
    assert isinstance(heading, Heading)  # noqa: S101
    lang = session.lang
    if heading.table is None:
        return say("say.columns_unknown", lang, file=sheet.source, sheet=sheet.sheet)
    table = say(f"say.table_{heading.table}", lang)
    lines = [
        say("say.columns_table", lang, file=sheet.source, sheet=sheet.sheet, table=table,
            row=heading.last_row + sheet.numbered_from),
        say("say.columns_head", lang),
    ]  # fmt: skip
    names = {index: name for name, indexes in heading.mapping.items() for index in indexes}
    known = schema.columns(heading.table)
    for index, text in enumerate(heading.texts):
        if index in names:
            column = known[names[index]]
            meaning = column.zh if lang == "zh" else column.en
            letters = column_letters(index + sheet.first_column)
            lines.append(f"{letters:<5}{pad(text, 26)}{pad(column.name, 18)}{meaning}".rstrip())
    unused = [text for index, text in enumerate(heading.texts) if text and index not in names]
    if unused:
        lines.append(say("say.columns_unmapped", lang, names=" ".join(unused)))
        lines += _suggestions(session, unused, heading, nearest_columns)
    return "\n".join(lines) + "\n"


def _suggestions(session: Session, unused: list[str], heading: object, nearest: object) -> list[str]:
    """For headings not used that come near a canonical column nobody has yet."""
    from gridaudit import schema
    from gridaudit.normalise import Heading
    from gridaudit.normalise.nearest import nearest_columns

    del nearest
    assert isinstance(heading, Heading)  # noqa: S101 - for the type checker
    table = str(heading.table)
    lines = []
    for text in unused:
        near = [(name, score) for name, score in nearest_columns(text, table, heading.mapping) if score >= 0.5]  # noqa: PLR2004
        if near:
            known = schema.columns(table)
            shown = ", ".join(
                f"{known[name].zh if session.lang == 'zh' else known[name].en} ({name}) {score:.2f}"
                for name, score in near
            )
            lines.append(f"  {text}: {shown}")
    return [say("say.columns_missing", session.lang), *lines] if lines else []


def _toml(mappings: dict[str, dict[str, str]]) -> str:
    lines: list[str] = []
    for table, columns_of_table in mappings.items():
        lines.append(f"[{table}]")
        for name, heading in columns_of_table.items():
            escaped = heading.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "")
            lines.append(f'{name} = "{escaped}"')
        lines.append("")
    return "\n".join(lines)
