"""Help in the language of the run: what options are for comes from the catalogue, headings are translated."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from gridaudit.text import Lang, has, say

_WIDTH, _CHINESE_WIDTH = 80, 56
_TYPER_S_OWN = {
    " <list[Path]>": "",
    " <Path>": "",
    " <str>": "",
    "{FILE...}...": "FILE...",
    "[[FILE...]]...": "[FILE...]",
}
_TYPER_S_OWN |= {f"[[{name}]]": f"[{name}]" for name in ("RUN", "CODE", "prune")}
_HEADINGS = ("Usage:", "Options:", "Commands:", "Arguments:")


class Command(TyperCommand):
    """A command whose help has translated headings."""

    lang: Lang = "zh"

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return translated(_narrow(super(), ctx, self.lang), self.lang)


class Group(TyperGroup):
    """The group of commands, the same."""

    lang: Lang = "zh"

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return translated(_narrow(super(), ctx, self.lang), self.lang)


def _narrow(command: Any, ctx: Any, lang: Lang) -> str:
    """The parser counts characters, and a Chinese one takes two cells of the 80."""
    ctx.terminal_width = _CHINESE_WIDTH if lang == "zh" else _WIDTH
    text: str = command.get_help(ctx)
    return text


def translated(text: str, lang: Lang) -> str:
    """Translate the parser's own headings."""
    for heading in _HEADINGS:
        text = text.replace(heading, say(f"help.{heading[:-1].lower()}", lang))
    for found, wanted in _TYPER_S_OWN.items():
        text = text.replace(found, wanted)
    text = text.replace("[required]", say("help.required", lang)).replace("[default:", say("help.default", lang))
    text = text.replace("[OPTIONS]", say("help.some_options", lang))
    return text.replace("COMMAND [ARGS]...", say("help.a_command", lang))


def describe(group: Any, lang: Lang) -> None:
    """Give every parameter of every command its help."""
    for name, command in (("", group), *group.commands.items()):
        command.lang = lang
        context = typer.Context(command, **command.context_settings)
        for parameter in (*command.params, command.get_help_option(context)):
            keys = (f"argument.{name}_{parameter.name}", f"option.{name}_{parameter.name}", f"option.{parameter.name}")
            key = next((key for key in keys if has(key)), None)
            if key is not None:
                parameter.help = say(key, lang)
