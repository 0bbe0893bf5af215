"""One wrong cell planted in a clean person: where two rules or more complain, they name that cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest

from gridaudit import schema
from gridaudit.config import load_config
from gridaudit.derive import Circumstances, derive, load_area_codes
from gridaudit.judge import judge
from gridaudit.normalise import normalise
from gridaudit.read import Reading
from gridaudit.rulebook import builtin_folder
from gridaudit.sample import write_sample

pytestmark = pytest.mark.sim
KINDS = ("relation", "sex", "id_no", "birth_date")
TURNED = {
    "子": "女",
    "女": "子",
    "配偶": "母亲",
    "母亲": "配偶",
    "父亲": "子",
    "儿媳": "子",
    "孙子": "父亲",
    "孙女": "配偶",
}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clean")
    write_sample(folder, households=4000, seed=5, rates={})
    config = load_config(folder / "gridaudit.toml")
    tables = normalise(Reading([*sorted(folder.glob("*.xlsx")), folder / "网格表.csv"]))
    codes = load_area_codes(builtin_folder(), config.extra_area_codes)
    return tables, Circumstances(as_of=date(2026, 9, 1), area_codes=codes)


def with_one_wrong_cell(person, kind, random, make_id):
    """The cells of a person after one mistake; without a number where the birth date is the mistake."""
    if kind == "relation":
        return {"relation": TURNED[person["relation"]]}
    if kind == "sex":
        return {"sex": "女" if person["sex"] == "男" else "男"}
    if kind == "id_no":
        born = date(random.randint(1935, 2020), random.randint(1, 12), random.randint(1, 28)).strftime("%Y%m%d")
        number = make_id(born=born, order=f"{random.randint(0, 999):03}")
        return dict.fromkeys(("id_no", "id_no_text", "id_no_raw"), number)
    year = person["birth_date"].year
    shifted = person["birth_date"].replace(year=year + 20 if year < 1990 else year - 40, day=1)
    return {
        "birth_date": shifted,
        "birth_date_text": str(shifted),
        "id_no": None,
        "id_no_text": None,
        "id_no_raw": None,
    }


def test_the_planted_cell_is_named(clean, compiled, make_id):
    tables, circumstances = clean
    random = Random(7)
    people = tables.residents.with_row_index("at")
    chosen = people.filter(
        pl.col("relation").is_in(list(TURNED)), pl.col("status") == "在住", pl.col("id_no").str.len_chars() == 18
    )
    # One person a home, so that every contradiction in it is this one's.
    chosen = chosen.unique("house_id", keep="last", maintain_order=True)
    kinds = {}
    edits = []
    for number, person in enumerate(chosen.iter_rows(named=True)):
        kind = KINDS[number % len(KINDS)]
        kinds[person["row"]] = kind
        edits += [(person["at"], *cell) for cell in with_one_wrong_cell(person, kind, random, make_id).items()]
    residents = tables.residents
    for name in {name for _, name, _ in edits}:
        own = {at: value for at, column, value in edits if column == name}
        values = pl.Series(list(own.values()), dtype=residents.schema[name])
        residents = residents.with_columns(residents[name].scatter(list(own), values))
    facts = derive(replace(tables, residents=residents), circumstances)
    rows = judge(facts, compiled, lang="zh", secret=b"x").rows
    said = rows.filter(pl.col("family").is_in(["I", "L"]), pl.col("row").is_in(list(kinds)), table="residents")
    label = {name: schema.columns("residents")[name].zh for name in KINDS}
    several = said.filter(pl.len().over("row") > 1).filter(pl.col("message").str.contains("先看"))
    named = [
        (kinds[row], label[kinds[row]] in "".join(messages))
        for row, messages in several.group_by("row").agg("message").rows()
    ]
    assert len(named) > 200
    assert {kind for kind, _ in named} == set(KINDS)
    assert sum(is_right for _, is_right in named) >= 0.8 * len(named)
