"""Facts about one resident's own row: presence, age, agreement of columns with the ID number, shapes, dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from gridaudit import schema
from gridaudit.derive.residents.lunar import is_lunar_date
from gridaudit.derive.residents.sex import decode_sex, sex_habits
from gridaudit.derive.residents.shapes import name_shape, phone_shape

MONTH_ONLY = r"^[0-9]{4}[-/.年]?[0-9]{1,2}月?份?$"
_SHORT_YEAR = r"^[0-9]{2}[-/.年]"
_BOOK_ELSEWHERE = ("流动人口", "人在户不在", "境外人员")
_PAPERS_FROM_ABROAD = (
    "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "港澳台居民居住证", "永久居留证", "居留证", "香港身份证",
    "澳门身份证", "台湾身份证",
)  # fmt: skip
_NUMBER_FROM_ABROAD = r"^(?:8[123]0000[0-9]{11}[0-9X]|9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12}|[HM][0-9]{8}(?:[0-9]{2})?)$"


class Habits(NamedTuple):
    """How each sheet writes sex and ages, counted so that the counts of parts add up.

    `sex`: `n` rows and `n_male` by ID number per `sheet_no` and `word`; `ages`: `n_ages` and `n_traditional` (a year or
    two more than the ID number says) per `sheet_no`; `marks_alone`: whether anybody is marked as living alone.
    """

    sex: pl.DataFrame
    ages: pl.DataFrame
    marks_alone: bool


def habits(frame: pl.DataFrame, *, as_of: date) -> Habits:
    """Count the habits of residents with the facts of `identity`."""
    ages = _age_habits(frame.select("sheet_no", _age_gap=_age_gap(as_of)))
    return Habits(sex_habits(frame), ages, bool(_marks(frame["key_group"]).any()))


def added_habits(parts: Sequence[Habits]) -> Habits:
    """Add up the habits of parts."""
    return Habits(
        pl.concat(part.sex for part in parts).group_by("sheet_no", "word").agg(pl.col("n_male", "n").sum()),
        pl.concat(part.ages for part in parts).group_by("sheet_no").agg(pl.col("n_traditional", "n_ages").sum()),
        any(part.marks_alone for part in parts),
    )


def add_person(frame: pl.DataFrame, *, as_of: date, of_whole: Habits | None = None) -> pl.DataFrame:
    """Add the facts of one row.

    Args:
        frame: Residents with the facts of `identity`.
        as_of: The date the data speak of.
        of_whole: Habits of the whole table when `frame` is a part of it.

    Returns:
        `frame` with `sex` decoded and the person facts of `facts.toml`.
    """
    frame = decode_sex(frame, sex_habits(frame) if of_whole is None else of_whole.sex)
    id_age = _years(pl.col("id_birth_date"), as_of)
    seen_on = pl.coalesce("updated_on", "collected_on")
    frame = frame.with_columns(
        as_of=pl.lit(as_of),
        present=present(as_of),
        age_years=pl.coalesce(id_age, _years(pl.col("birth_date"), as_of), pl.col("age").cast(pl.Int32, strict=False)),
        sex_matches_id=pl.col("sex") == pl.col("id_sex"),
        is_migrant=pl.when(pl.col("pop_type").is_not_null()).then(pl.col("pop_type") == "流动人口"),
        from_abroad=_from_abroad(),
        has_other_document=pl.col("other_id").is_not_null(),
        status_agrees=_status_agrees(as_of),
        days_since_update=(pl.lit(as_of) - seen_on).dt.total_days().cast(pl.Int32),
        _age_gap=_age_gap(as_of),
        _age_then=(pl.col("age") - _years(pl.col("id_birth_date"), seen_on)).cast(pl.Int32, strict=False),
    )
    ages = _age_habits(frame) if of_whole is None else of_whole.ages
    counting = ages.filter(pl.col("n_traditional") >= 0.5 * pl.col("n_ages"), pl.col("n_ages") > 0)["sheet_no"]
    traditional = pl.col("sheet_no").is_in(counting.implode())
    one_year = pl.col("_age_gap").abs() <= 1
    at_collection = (pl.col("_age_then").abs() <= 1).fill_null(value=False)
    frame = frame.with_columns(
        name_shape(frame),
        _birth_matches(frame),
        age_matches_id=pl.when(pl.col("_age_gap").is_not_null()).then(
            one_year | at_collection | (traditional & (pl.col("_age_gap") == 2))
        ),
        phone_shape_ok=phone_shape(frame["phone"]),
        work_kind=_kinds(frame["work"], schema.words()["work_kinds"]),
        marked_alone=_marked_alone(frame["key_group"], of_whole),
    )
    return frame.drop("_age_then").rename({"_age_gap": "age_gap"})


def _age_gap(as_of: date) -> pl.Expr:
    return (pl.col("age") - _years(pl.col("id_birth_date"), as_of)).cast(pl.Int32, strict=False)


def _age_habits(frame: pl.DataFrame) -> pl.DataFrame:
    gap = pl.col("_age_gap")
    return frame.group_by("sheet_no").agg(n_traditional=gap.is_between(1, 2).sum(), n_ages=gap.count())


def _years(born: pl.Expr, on: date | pl.Expr) -> pl.Expr:
    """Completed years on a day."""
    day = pl.lit(on) if isinstance(on, date) else on
    before_birthday = _month_and_day(day) < _month_and_day(born)
    return (day.dt.year() - born.dt.year() - before_birthday.cast(pl.Int32)).cast(pl.Int32)


def _month_and_day(day: pl.Expr) -> pl.Expr:
    return day.dt.month().cast(pl.Int32) * 100 + day.dt.day()


def present(as_of: date) -> pl.Expr:
    """Neither dead nor moved out, as far as the columns that are there say."""
    gone = pl.col("status").is_in(["死亡", "迁出"]).fill_null(value=False)
    return ~(gone | _died(as_of) | _left(as_of))


def _from_abroad() -> pl.Expr:
    """A foreigner, or of Hong Kong, Macau or Taiwan; a passport is a foreigner's unless its holder is of this place."""
    pop_type, papers = pl.col("pop_type"), pl.col("id_type")
    passport = (papers == "护照") & pop_type.ne_missing("户籍人口")
    marks = (pop_type == "境外人员", papers.is_in(_PAPERS_FROM_ABROAD), passport,
             pl.col("id_no").str.contains(_NUMBER_FROM_ABROAD))  # fmt: skip
    return pl.any_horizontal(mark.fill_null(value=False) for mark in marks)


def _died(as_of: date) -> pl.Expr:
    return pl.col("deceased").fill_null(value=False) | (pl.col("deceased_on") <= as_of).fill_null(value=False)


def _left(as_of: date) -> pl.Expr:
    """Moved out by a column of its own.

    The household book may have moved away while the person stays, and people come back: somebody recorded as living
    here has not left where the population type or a later update explains the removal.
    """
    left_on = (pl.col("moved_out_on") <= as_of).fill_null(value=False)
    left = pl.col("moved_out").fill_null(value=False) | pl.col("cancelled").fill_null(value=False) | left_on
    back = (pl.coalesce("updated_on", "collected_on") > pl.col("moved_out_on")).fill_null(value=False)
    book_only = pl.col("pop_type").is_in(_BOOK_ELSEWHERE).fill_null(value=False)
    return left & ~(pl.col("status").eq_missing("在住") & (back | book_only))


def _status_agrees(as_of: date) -> pl.Expr:
    """A status of living here, or of being away, is not contradicted by another column."""
    here, away = pl.col("status") == "在住", pl.col("status") == "外出"
    return pl.when(here | away).then(~(_died(as_of) | (here & _left(as_of))))


def _birth_matches(frame: pl.DataFrame) -> pl.Series:
    """Whether the column agrees with the number; only where it does not at once, how it is written is looked at.

    The lunar date of the same day agrees.
    """
    same = (frame["id_birth_date"] == frame["birth_date"]).alias("birth_matches_id")
    rest = (~same).fill_null(value=False).arg_true()
    if rest.is_empty():
        return same
    apart = frame[rest]
    as_far = apart.select(_birth_as_far()).to_series()
    return same.scatter(rest, as_far | is_lunar_date(apart["id_birth_date"], apart["birth_date"]))


def _birth_as_far() -> pl.Expr:
    """A month alone, or a year of two digits, is compared as far as it goes."""
    born, own, text = pl.col("id_birth_date"), pl.col("birth_date"), pl.col("birth_date_text")
    same_month = (born.dt.month() == own.dt.month()) & (born.dt.year() == own.dt.year())
    same_short = (
        (born.dt.month() == own.dt.month())
        & (born.dt.day() == own.dt.day())
        & (born.dt.year() % 100 == own.dt.year() % 100)
    )
    return (
        pl.when(born == own)
        .then(pl.lit(value=True))
        .when(text.str.contains(MONTH_ONLY) & ~text.str.contains(r"^[0-9]{8}$"))
        .then(same_month)
        .when(text.str.contains(_SHORT_YEAR))
        .then(same_short)
        .otherwise(born == own)
    )


def _kinds(texts: pl.Series, patterns: Mapping[str, str]) -> pl.Series:
    """The first kind whose pattern a text contains, told once per distinct text; null when none does."""
    values = texts.unique().drop_nulls()
    if values.is_empty():
        return pl.Series([None], dtype=pl.String).new_from_index(0, texts.len())
    kinds = (pl.when(pl.col("text").str.contains(pattern)).then(pl.lit(kind)) for kind, pattern in patterns.items())
    told = values.to_frame("text").select(pl.coalesce(kinds)).to_series()
    return texts.replace_strict(values, told, default=None, return_dtype=pl.String)


def _marks(groups: pl.Series) -> pl.Series:
    """Whether a person is marked as living alone."""
    return groups.str.contains(schema.words()["marks_living_alone"]).fill_null(value=False)


def _marked_alone(groups: pl.Series, of_whole: Habits | None) -> pl.Series:
    """Whether a person is marked as living alone; null throughout where the column marks nobody so."""
    marked = _marks(groups)
    marks_somebody = marked.any() if of_whole is None else of_whole.marks_alone
    return marked if marks_somebody else pl.Series([None], dtype=pl.Boolean).new_from_index(0, groups.len())
