"""An earlier round: read from its files, and held against this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from gridaudit.config import Config
from gridaudit.derive import NEEDED, Facts, derive
from gridaudit.derive.rounds.baseline import Baseline, compare, not_known
from gridaudit.derive.rounds.kept import Kept, to_keep
from gridaudit.intake import circumstances_of, side_files, tables_of
from gridaudit.judge import INTERNAL, SHOWN
from gridaudit.normalise import Normaliser, declared_layouts
from gridaudit.read import Note, Reading
from gridaudit.score import base_of, baseline_of, records
from gridaudit.score.frame import home_frame


def read_baseline(
    paths: Sequence[Path], *, config: Config, as_of: date, secret: bytes, progress: Callable[[str], object] = str
) -> Baseline:
    """Read the files of an earlier round, to hold a later one against it.

    Args:
        paths: Its files and folders; the roster and the compound table of the config are read as well.
        config: Settings; rows of headings and names of sheets are searched for.
        as_of: The date up to which its own records of death and moving out count.
        secret: The same as for `audit`.
        progress: Called with the name of each step.

    Raises:
        GridauditError: Something the operator can put right.
    """
    with Reading(paths, beside=side_files(config)) as reading:
        progress("baseline")
        normaliser = Normaliser(wanted=NEEDED, declared=config.columns, layouts=declared_layouts(config))
        tables, house_side = tables_of(reading, normaliser, circumstances := circumstances_of(config, as_of))
    facts = derive(tables, circumstances, house_side)
    now = to_keep(facts.residents, facts.houses, secret)
    base = base_of(facts.residents, facts.houses)
    frame = home_frame(base, facts, pl.DataFrame(schema={**SHOWN, **INTERNAL}), unknown=config.unknown)
    kept = records(frame.with_columns(lost=pl.lit(0, dtype=pl.Int64)), now)
    names = None if now.people is None else now.people.select("person", "name", "id_no")
    files = dict.fromkeys(sheet.source for sheet in tables.sheets if sheet.table in {"houses", "residents"})
    return baseline_of(", ".join(files), kept, names=names)


def held_against(
    baseline: Baseline, facts: Facts, now: Kept, *, dispositions: pl.DataFrame | None, as_of: date, secret: bytes
) -> tuple[Facts, Kept]:
    """Add what became of the homes and people of an earlier round; who is gone is known to the next round as well.

    Args:
        baseline: The earlier round.
        facts: Of this one.
        now: What this one keeps.
        dispositions: What became of homes that are gone, by a list of the centre.
        as_of: Entries of the list up to this date count.
        secret: The same as that of the keys.
    """
    listed = dispositions
    if listed is not None:
        listed = listed.filter(
            pl.col("disposition").is_not_null() & (pl.col("ended_on") <= as_of).fill_null(value=True)
        )
    found = compare(baseline, now, houses=facts.houses, dispositions=listed, secret=secret)
    gaps = facts.gaps if facts.gaps is None else not_known(facts.gaps, found.homes, secret)
    facts = replace(facts, known_homes=found.homes, known_people=found.people, round=baseline.name, gaps=gaps)
    return facts, now._replace(gone=found.gone)


def told(baseline: Baseline | None, facts: Facts) -> list[Note]:
    """Say what was held against what, and how it came out."""
    if baseline is None:
        return []
    frames = (facts.known_homes, facts.known_people)
    n_homes, n_people = (0 if frame is None else frame.height for frame in frames)
    gone, met = (
        [0 if frame is None else frame.filter(outcome=outcome).height for frame in frames]
        for outcome in ("gone", "corrected")
    )
    counts = {"n_homes": n_homes, "n_people": n_people, "homes": gone[0], "people": gone[1]}
    more = [Note("baseline_old", {"round": baseline.name})] if baseline.is_old else []
    return [Note("baseline", {"round": baseline.name, "corrected": sum(met), **counts}), *more]
