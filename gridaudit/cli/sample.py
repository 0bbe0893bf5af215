"""`gridaudit sample DIR`: a fictional district with planted defects, and `truth.csv` that tells them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gridaudit.cli import options
from gridaudit.cli.session import open_session, print_text
from gridaudit.errors import ConfigError, OutputError
from gridaudit.text import say


def sample(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    *,
    households: Annotated[int, typer.Option("--households", metavar="N", min=40)] = 2000,
    seed: Annotated[int, typer.Option("--seed", metavar="N")] = 1,
    rate: Annotated[list[str] | None, typer.Option("--rate", metavar="RATE|CODE=RATE")] = None,
    lang: options.Lang = None,
    quiet: options.Quiet = False,
) -> int:
    """Write the sample district."""
    from gridaudit.sample import write_sample

    session = open_session(lang=lang, quiet=quiet)
    try:
        written = write_sample(folder, households=households, seed=seed, rates=_rates(rate or []))
    except OSError as error:
        raise OutputError("E301", file=folder.name, reason=error.strerror or type(error).__name__) from None
    print_text(
        say("say.sample_written", session.lang, folder=folder, houses=written.n_houses, residents=written.n_residents,
            grids=written.n_grids, planted=sum(written.planted.values()))
    )  # fmt: skip
    session.tell(say("say.next_check", session.lang, folder=folder))
    return 0


def _rates(given: list[str]) -> dict[str, float]:
    """`0.002` sets every rule, `0` plants nothing, `I103=0.01` one rule (alone when it is all that is given)."""
    from gridaudit.sample import DEFAULT_RATES

    if not given:
        return dict(DEFAULT_RATES)
    rates: dict[str, float] = {}
    for item in given:
        code, _, number = item.rpartition("=")
        try:
            value = float(number)
        except ValueError:
            raise ConfigError("E210", option="--rate", value=item, command="sample") from None
        if not 0 <= value <= 1 or (code and code.upper() not in DEFAULT_RATES):
            raise ConfigError("E210", option="--rate", value=item, command="sample", near=tuple(DEFAULT_RATES)[:5])
        if code:
            rates[code.upper()] = value
        else:
            rates.update(dict.fromkeys(DEFAULT_RATES, value))
    return {code: value for code, value in rates.items() if value > 0}
