"""A second round: rows deleted, numbers corrected, people moved; deletions are found, nobody else is called gone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from random import Random

import polars as pl
import pytest

from gridaudit.config import load_config
from gridaudit.earlier import read_baseline
from gridaudit.pipeline import audit
from gridaudit.read import Reading
from gridaudit.sample import write_sample
from gridaudit.score import baseline_of, records

pytestmark = pytest.mark.sim
AS_OF, SECRET = date(2026, 9, 1), b"x"
CODE, NUMBER, NAME, STATUS = "房屋编码", "身份证号码", "姓名", "人口状态"


def tables_of(folder):
    """The two workbooks as lists of rows under their headings."""
    found = {}
    for sheet in Reading(sorted(folder.glob("*.xlsx"))):
        rows = [list(row) for row in sheet.frame.rows()]
        at = next(number for number, row in enumerate(rows) if any("房屋编码" in str(cell) for cell in row))
        headings = [str(cell).strip("*") for cell in rows[at]]
        found[sheet.sheet] = [dict(zip(headings, row, strict=True)) for row in rows[at + 1 :]]
    return found["实有人口"], found["实有房屋"]


def mistyped(random, number):
    """One or two characters changed, two neighbours exchanged, or one left out."""
    kind, at = random.randrange(4), random.randrange(1, 17)
    if kind == 0:
        return number[:at] + number[at + 1 :]
    if kind == 1:
        return number[: at - 1] + number[at] + number[at - 1] + number[at + 1 :]
    for place in (at, random.randrange(1, 17))[: kind - 1]:
        number = number[:place] + str((int(number[place]) + random.randrange(1, 10)) % 10) + number[place + 1 :]
    return number


def write(folder, residents, houses):
    folder.mkdir()
    for name, rows in (("people", residents), ("homes", houses)):
        pl.DataFrame(rows, schema=dict.fromkeys(rows[0], pl.String)).write_csv(folder / f"{name}.csv")
    return sorted(folder.glob("*.csv"))


def audited(paths, config, baseline=None):
    return audit(
        paths, config=config, as_of=AS_OF, started_at=datetime(2026, 9, 1, tzinfo=UTC), run_id="r", secret=SECRET,
        baseline=baseline,
    )  # fmt: skip


class Rounds:
    """Two rounds of 6,000 households; what was done between them is kept."""

    def __init__(self, root, seed):
        random = Random(seed)
        sample = write_sample(root / "sample", households=6000, seed=seed, rates={}).folder
        self.config = load_config(sample / "gridaudit.toml")
        residents, self.houses = tables_of(sample)
        for number, row in enumerate(residents):
            row["who"] = number
        known = [row for row in residents if row[STATUS] in {"在住", "外出"}]
        self.first = [dict(row) for row in residents]
        self.corrected = {row["who"] for row in known if len(row[NUMBER] or "") == 18 and random.random() < 0.03}
        for row in self.first:
            if row["who"] in self.corrected:
                row[NUMBER] = mistyped(random, row[NUMBER])
        self.moved = {row["who"] for row in known if random.random() < 0.02}
        # Of some the name was wrong as well: there remain the home and what is right of the number.
        self.renamed = {who for who in self.corrected - self.moved if random.random() < 0.3}
        for row in self.first:
            if row["who"] in self.renamed:
                row[NAME] = row[NAME][0] + "颖"
        self.died = {row["who"] for row in known if random.random() < 0.005}
        self.deleted = {row["who"] for row in known if random.random() < 0.05} - self.died
        self.homes = {row[CODE] for row in self.houses if random.random() < 0.05}
        codes = [row[CODE] for row in self.houses if row[CODE] not in self.homes]
        self.second = [dict(row) for row in residents if row["who"] not in self.deleted]
        for row in self.second:
            if row["who"] in self.died:
                row[STATUS] = "死亡"
            if row["who"] in self.moved or row[CODE] in self.homes:
                row[CODE] = random.choice(codes) if row["who"] in self.moved else row[CODE]
        # Of half the homes deleted their people go with them.
        self.emptied = {code for code in self.homes if random.random() < 0.5}
        self.second = [row for row in self.second if row[CODE] not in self.emptied]
        self.kept_houses = [row for row in self.houses if row[CODE] not in self.homes]
        self.known = {row["who"]: row for row in known}
        for row in (*self.first, *self.second):
            row.pop("who")
        self.paths = (
            write(root / "first", self.first, self.houses),
            write(root / "second", self.second, self.kept_houses),
        )


@pytest.fixture(scope="module", params=[1, 2])
def rounds(request, tmp_path_factory):
    return Rounds(tmp_path_factory.mktemp("rounds"), request.param)


@pytest.fixture(scope="module", params=["run", "files"])
def second(request, rounds):
    """The second round held against the first, kept as a run or read from its files."""
    if request.param == "run":
        one = audited(rounds.paths[0], rounds.config)
        earlier = baseline_of("first", records(one.card.homes, one.kept))
    else:
        earlier = read_baseline(rounds.paths[0], config=rounds.config, as_of=AS_OF, secret=SECRET)
    return audited(rounds.paths[1], rounds.config, earlier)


def test_every_home_that_was_deleted_is_found_and_no_other(rounds, second):
    rows = second.findings.rows
    gone = rows.filter(rule="C107")["house"].to_list()
    named = set(rows.filter(rule="C101")["house"].to_list())
    assert len(gone) == len(set(gone))
    assert set(gone) | (named & rounds.homes) == rounds.homes
    assert len(gone) > 100


def test_every_person_that_was_deleted_is_found_and_hardly_anybody_else(rounds, second):
    """Who was deleted with the whole home is said with it (C107); the others one by one, in their homes."""
    rows = second.findings.rows
    whole = set(rows.filter(rule="C107")["house"].to_list())
    truth = [rounds.known[who][CODE] for who in rounds.deleted]
    truth += [
        row[CODE] for who, row in rounds.known.items()
        if row[CODE] in rounds.emptied and who not in rounds.deleted | rounds.moved
    ]  # fmt: skip
    expected = sorted(code for code in truth if code not in whole)
    found = sorted(rows.filter(rule="C108")["house"].to_list())
    missed = pl.Series(expected).value_counts(name="n").rename({"": "house"})
    told = pl.Series(found).value_counts(name="m").rename({"": "house"})
    both = missed.join(told, on="house", how="full", coalesce=True).fill_null(0)
    n_missed = both.select((pl.col("n").cast(pl.Int64) - pl.col("m").cast(pl.Int64)).clip(0).sum()).item()
    n_false = both.select((pl.col("m").cast(pl.Int64) - pl.col("n").cast(pl.Int64)).clip(0).sum()).item()
    assert len(expected) > 500
    assert n_missed == 0
    assert n_false <= 0.01 * len(rounds.corrected)
    assert len(rounds.renamed) > 100


def test_a_round_against_itself_changes_nothing(rounds):
    one = audited(rounds.paths[0], rounds.config)
    again = audited(rounds.paths[0], rounds.config, baseline_of("first", records(one.card.homes, one.kept)))
    assert again.card.areas.equals(one.card.areas)
    assert again.findings.rows.filter(pl.col("rule").is_in(["C107", "C108"])).is_empty()


def test_the_second_round_has_lost_by_it(rounds, second):
    alone = audited(rounds.paths[1], rounds.config)
    scores = [outcome.card.areas.filter(level="district")["score"].item() for outcome in (second, alone)]
    assert scores[0] < scores[1] - 1
    assert second.card.homes.filter(~pl.col("recorded")).height == len(rounds.homes)
