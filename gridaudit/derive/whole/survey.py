"""What all rows of a large table show together: from it the parts get what only the whole can tell (`OfWhole`)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import accumulate
from typing import NamedTuple

import polars as pl

from gridaudit.derive.homes import Meeting, added_meetings, writing_alike
from gridaudit.derive.households.rare import split_numbers
from gridaudit.derive.of_whole import OfWhole
from gridaudit.derive.places import resolved_places
from gridaudit.derive.residents.person import Habits, added_habits
from gridaudit.derive.residents.phones import homes_per_phone
from gridaudit.derive.shown import added_words
from gridaudit.derive.whole.glance import Glance


class Survey(NamedTuple):
    """What all rows together show.

    Attributes:
        habits: How each sheet writes sex and ages.
        meetings: What the meetings with houses count; None without a houses table.
        places: The area of every place written.
        words: How often each word for a place or a collector stands in the table.
        phones: In how many homes a number stands that is in several rows.
        split: Household numbers that stand in several homes.
        rows: Per row `key`, `house_no` and `is_copy`.
        sharing: Rows whose number stands in another row as well, with a hash of the number.
        alike: Wrong numbers and right ones of people of one name and birth date, by their hash, `who`.
    """

    habits: Habits
    meetings: pl.DataFrame | None
    places: pl.DataFrame
    words: pl.DataFrame
    phones: pl.DataFrame
    split: pl.Series
    rows: pl.DataFrame
    sharing: pl.DataFrame
    alike: pl.DataFrame

    def of_rows(self, at: pl.Series, *, house_no: pl.Series, repeated: pl.DataFrame, nearly: pl.Series) -> OfWhole:
        """Return what the whole table tells of some rows.

        Args:
            at: The rows.
            house_no: The house each of them meets, as the rows of the part's houses are numbered.
            repeated: What is told of rows that share a number, by `_index`, their row in the whole table.
            nearly: Rows of the whole table whose number is nearly a right one of the same person.
        """
        local = pl.DataFrame({"_index": at}).with_row_index("local").join(repeated, on="_index")
        return OfWhole(
            habits=self.habits,
            places=self.places,
            meeting=None if self.meetings is None else Meeting(house_no, self.meetings),
            is_copy=self.rows["is_copy"].gather(at),
            repeated=local.drop("_index").rename({"local": "_index"}),
            nearly=at.is_in(nearly.implode()).arg_true(),
            words=self.words,
            phones=self.phones,
            split=self.split,
        )


def surveyed(glances: Sequence[Glance], roster: pl.DataFrame | None, houses: pl.DataFrame | None) -> Survey:
    """Put together what all pieces show.

    Args:
        glances: What was seen of the pieces, in their order.
        roster: What `roster_frame` gives.
        houses: With the facts of `derive_houses`.
    """
    counts = [seen.alike for seen in glances if seen.alike is not None]
    alike = added_meetings(counts) if counts else None
    sheets = set() if alike is None else set(writing_alike(alike))
    words = added_words([seen.words for seen in glances])
    numbers = pl.concat(seen.numbers.select("household_no", home=_home(seen, sheets)) for seen in glances)
    rows = pl.concat(_settled(seen, sheets, has_houses=houses is not None) for seen in glances)
    rows = rows.with_columns(is_copy=pl.col("copy").is_not_null() & ~pl.col("copy").is_first_distinct()).drop("copy")
    near = _alike(glances, rows)
    rows = rows.drop("who")
    at_home = rows.filter(~pl.col("is_copy")).select("home", number="phone").drop_nulls()
    phones = homes_per_phone(at_home)
    numbered = rows.select("number", "is_copy").with_row_index("at").filter(~pl.col("is_copy")).drop_nulls("number")
    return Survey(
        habits=added_habits([seen.habits for seen in glances]),
        meetings=alike,
        places=resolved_places(pl.concat(seen.places for seen in glances).unique(), roster, words=words, placed=houses),
        words=words,
        phones=phones,
        split=split_numbers(numbers),
        rows=_tied(rows.select("key", "house_no", "is_copy"), pl.concat(seen.ties for seen in glances)),
        sharing=numbered.filter(pl.col("number").is_duplicated()).drop("is_copy"),
        alike=near,
    )


def _alike(glances: Sequence[Glance], rows: pl.DataFrame) -> pl.DataFrame:
    """Rows with a wrong number and rows with a right one of the same name and birth date: `at` and `who`."""
    starts = accumulate((seen.marks.height for seen in glances), initial=0)
    wrong = pl.concat(
        seen.wrong.with_columns(pl.col("at") + start) for seen, start in zip(glances, starts, strict=False)
    )
    wrong = wrong.filter(~rows["is_copy"].gather(wrong["at"]))
    right = (rows["who"].is_in(wrong["who"].unique().implode()) & ~rows["is_copy"]).arg_true()
    found = pl.DataFrame([right.alias("at"), rows["who"].gather(right)])
    return pl.concat([found, wrong.filter(pl.col("who").is_in(found["who"].unique().implode()))])


def _home(seen: Glance, alike: Collection[int]) -> str:
    return "home" if seen.sheet_no in alike else "sure_home"


def _settled(seen: Glance, alike: Collection[int], *, has_houses: bool) -> pl.DataFrame:
    """The marks of a piece with the home of each row, and with `key`: rows of equal keys belong in one part."""
    home = pl.col(_home(seen, alike))
    key = pl.coalesce(home, "group") if has_houses else pl.coalesce("group", home)
    return seen.marks.select("house_no", "copy", "who", "number", "phone", home=home, key=key)


def _tied(rows: pl.DataFrame, ties: pl.DataFrame) -> pl.DataFrame:
    """Give keys that belong together, directly or through others, one key."""
    if ties.is_empty():
        return rows
    ties = ties.unique().with_columns(one=pl.min_horizontal("home", "place"))
    while True:
        least = ties.with_columns(pl.col("one").min().over("home")).with_columns(pl.col("one").min().over("place"))
        if least["one"].equals(ties["one"]):
            break
        ties = least
    both = pl.concat(ties.select("one", key=name) for name in ("home", "place")).unique("key")
    joined = rows.join(both, on="key", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("one", "key").alias("key")).drop("one")
