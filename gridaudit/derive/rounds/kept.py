"""What one round knows of homes and people, as keys: so that the next round can tell who and what is gone.

People are met by number, then by home and name, by home and part of the number (its birth date, or its first six and
last four characters: two mistyped characters seldom touch both), by name and birth date. What must be equal for that is
kept as short tags of a home or a day, salted: without the secret nobody is found by them. Tags of a home are salted
with its key, so that a round in which the home has another key can make them again.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from gridaudit.derive.keyed import keyed, tags
from gridaudit.derive.keys import PASSPORT, PERSONAL_NUMBER
from gridaudit.derive.places import AREA_OF, BY_LEVEL

OF_HOME = ("called", "born", "ends")
TAGS = (*OF_HOME, "named")
# Residents who are counted as people.
IS_COUNTED = pl.col("present") & ~pl.col("is_copy")
_ENDED = "拆除"
_LONG = 18
_NUMBERED_DAY = pl.col("id_no").str.slice(6, 8)
_HOMES = {
    "home": pl.String, "house": pl.String, "spot": pl.UInt32, "ended": pl.Boolean, "named": pl.Boolean,
}  # fmt: skip


class Kept(NamedTuple):
    """The homes and people of a round.

    `homes`: `home` (its name in this run), `key`, of recorded ones `house` (the code as it may be shown), `spot`
    (its address) and `ended` (recorded as pulled down), of others `named`: whether anybody present names it. `people`:
    one row per record that is no copy: `person`, `home`, `home_key`, `street`, `community`, `grid`, `present`, `TAGS`,
    and `name`, `id_no` and `day`, never to be kept. `gone`: people of an earlier round (`known_people`) to be looked
    for in the next one as well; none without a baseline.
    """

    homes: pl.DataFrame
    people: pl.DataFrame | None
    gone: pl.DataFrame | None = None


def to_keep(residents: pl.DataFrame | None, houses: pl.DataFrame | None, secret: bytes) -> Kept:
    """Return what tables with facts know.

    Args:
        residents: None when there is no such table.
        houses: The same.
        secret: Of the store: only rounds of one store can be compared.
    """
    homes = pl.DataFrame(schema=_HOMES)
    if houses is not None:
        homes = pl.concat([homes, _recorded(houses, secret)], how="diagonal")
    if residents is not None:
        homes = pl.concat([homes, _named(residents, homes)], how="diagonal")
    homes = homes.with_columns(keyed(homes["home"], secret).alias("key"))
    people = None if residents is None else _people(residents, homes.select("home", "key"), secret)
    return Kept(homes, people)


def people_keys(residents: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """Return of everybody present `person`, `home`, `street`, `community` and `grid`: all that a large input keeps."""
    rows = _rows(residents, IS_COUNTED)
    return rows.select(_identity(rows, secret).alias("person"), "home", *AREA_OF)


def house_code(codes: pl.Series) -> pl.Series:
    """Return house codes that are codes; one that could be somebody's number or an address is not shown."""
    is_code = pl.col("code").str.contains(r"^[0-9A-Za-z][0-9A-Za-z_#-]{0,39}$") & pl.col("code").str.contains("[0-9]")
    is_person = pl.col("code").str.contains(f"{PERSONAL_NUMBER}|{PASSPORT}")
    return pl.DataFrame({"code": codes}).select(pl.when(is_code & ~is_person).then("code")).to_series()


def _recorded(houses: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    """One row per recorded home; the record that counts gives its data."""
    repeated = pl.col("code_repeated").fill_null(value=False)
    counting = houses.lazy().filter(~pl.col("is_copy") & ~repeated & pl.col("home").is_not_null())
    ended = (pl.col("occupancy") == _ENDED).fill_null(value=False)
    found = counting.select("home", "house_id", "spot", ended=ended).collect()
    if found["home"].is_duplicated().any():
        found = found.unique("home", keep="first", maintain_order=True)
    house, spot = house_code(found["house_id"]).alias("house"), tags(secret, pl.lit("address"), pl.col("spot"))
    return found.select("home", "ended", house, spot=spot)


def _named(residents: pl.DataFrame, recorded: pl.DataFrame) -> pl.DataFrame:
    """One row per home that residents name and nobody recorded."""
    names = residents.lazy().filter(pl.col("house_no").is_null() & pl.col("home").is_not_null())
    others = names.join(recorded.lazy().select("home"), on="home", how="anti", maintain_order="left")
    return others.group_by("home", maintain_order=True).agg(named=pl.col("present").any()).collect()


def _people(residents: pl.DataFrame, homes: pl.DataFrame, secret: bytes) -> pl.DataFrame:
    rows = _rows(residents, ~pl.col("is_copy"))
    found = rows.join(homes.rename({"key": "home_key"}), on="home", how="left", maintain_order="left")
    people = found.select(
        _identity(rows, secret).alias("person"), "home", "home_key", *AREA_OF, "present", "name", "id_no", _day(rows)
    )
    return people.with_columns(
        **tags_of_home(secret, pl.col("home_key")), named=tags(secret, pl.col("day"), pl.col("name"))
    )


def tags_of_home(secret: bytes, home_key: pl.Expr) -> dict[str, pl.Expr]:
    """Return the tags `OF_HOME` as expressions over `name`, `id_no` and `day`, salted with the key of a home."""
    number = pl.col("id_no")
    ends = tags(secret, home_key, number.str.head(6), number.str.tail(4))
    return {
        "called": tags(secret, home_key, pl.col("name")),
        "born": tags(secret, home_key, pl.col("day")),
        "ends": pl.when(number.str.len_bytes().is_between(_LONG - 1, _LONG + 1)).then(ends),
    }


def _day(rows: pl.DataFrame) -> pl.Series:
    """The birth date as a number of eight digits: of a right number its own, else the one written, else read off."""
    others = (~rows["is_right"] | (rows["id_no"].str.len_bytes() != _LONG)).arg_true()
    read_off = pl.when(pl.col("id_no").str.len_bytes() == _LONG).then(_NUMBERED_DAY)
    written = rows[others].select(pl.coalesce(pl.col("day").dt.strftime("%Y%m%d"), read_off)).to_series()
    days = rows.select(_NUMBERED_DAY.cast(pl.UInt32, strict=False)).to_series()
    return days.scatter(others, written.cast(pl.UInt32, strict=False)).alias("day")


def _rows(residents: pl.DataFrame, which: pl.Expr) -> pl.DataFrame:
    """What tells people apart; a number that is wrong or stands with several names tells nobody."""
    is_right = pl.col("id_valid").fill_null(value=False)
    chosen = residents.lazy().filter(which).select(
        "home", *BY_LEVEL, "present", "id_no", "name", "birth_date_text", is_right.alias("is_right"),
        day=pl.coalesce("birth_date", "id_birth_date"),
        is_numbered=is_right & ~pl.col("id_shared_by_names").fill_null(value=False),
    )  # fmt: skip
    return chosen.collect()


def _identity(rows: pl.DataFrame, secret: bytes) -> pl.Series:
    """Key of the number; of name, birth date and home where the number is wrong or stands with several names."""
    unnumbered = ~rows["is_numbered"]
    words = rows.filter(unnumbered).select(
        pl.concat_str(pl.col("name", "birth_date_text", "home").fill_null(""), separator="\x1f")
    )
    return keyed(rows["id_no"].scatter(unnumbered.arg_true(), words.to_series()), secret)
