"""`gridaudit rules [CODE]`: the catalogue, one rule explained, or the cases of the rule files run."""

from __future__ import annotations

from typing import Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.options import RulesFormat
from gridaudit.cli.session import Session, open_session, print_text, stdout_is_utf8, write_text
from gridaudit.errors import ConfigError, Exit
from gridaudit.text import say


def rules(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", show_default=False)] = None,
    *,
    rules: options.RulesFolder = None,
    cases: Annotated[bool, typer.Option("--cases")] = False,
    format: Annotated[RulesFormat, typer.Option("--format")] = RulesFormat.TABLE,  # noqa: A002 - the option's name
    output: options.Output = None,
    config: options.Config = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Print the catalogue or one rule."""
    from gridaudit.pipeline import prepare_rules
    from gridaudit.report import rules_text

    session = open_session(config=config, lang=lang, quiet=quiet, no_color=no_color)
    if rules is not None and not rules.is_dir():
        raise ConfigError("E206", key="--rules", file=rules.name)
    rulebook = prepare_rules(session.config, rules).rulebook
    chosen = rulebook.get(code) if code else None
    if cases:
        return _run_cases(session, [chosen] if chosen else list(rulebook))
    text = rules_text(
        rulebook, chosen, format.value, lang=session.lang, ensure_ascii=output is None and not stdout_is_utf8()
    )
    if output is None:
        print_text(text)
    else:
        write_text(output, text)
        session.tell(say("say.written", session.lang, path=output))
    return 0


def _run_cases(session: Session, chosen: list[object]) -> int:
    """Run the cases of the rule files; a wrong one is exit 1."""
    from gridaudit.case_runner import run_case
    from gridaudit.rulebook import Rule

    n = wrong = 0
    for rule in chosen:
        assert isinstance(rule, Rule)  # noqa: S101 - for the type checker
        for number, case in enumerate(rule.cases, start=1):
            n += 1
            got = run_case(rule, case)
            if got != case.verdict:
                wrong += 1
                print_text(
                    say("say.case_wrong", session.lang, rule=rule.code, number=number, wanted=case.verdict, got=got)
                )
    print_text(say("say.cases_run", session.lang, n=n, wrong=wrong))
    return int(Exit.FINDINGS if wrong else Exit.DONE)
