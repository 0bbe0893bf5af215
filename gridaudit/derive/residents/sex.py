"""What the codes of a sex column mean, by the ID numbers beside them."""

from __future__ import annotations

import polars as pl

_SURE = 0.9
_MIN_EVIDENCE = 20
_WORD = pl.coalesce("sex", pl.when("sex_undeclared").then(pl.col("sex_text")))


def sex_habits(frame: pl.DataFrame) -> pl.DataFrame:
    """Count by sheet and word how many valid numbers are male: `sheet_no`, `word`, `n_male`, `n`; parts add up."""
    votes = frame.lazy().select("sheet_no", word=_WORD, male=pl.col("id_sex") == "男").drop_nulls()
    return votes.group_by("sheet_no", "word").agg(n_male=pl.col("male").sum(), n=pl.len()).collect()


def decode_sex(frame: pl.DataFrame, votes: pl.DataFrame) -> pl.DataFrame:
    """Give bare codes of a sheet (0/1, 1/2, M/F) the sex that the ID numbers of the column say.

    A code that too few valid numbers speak for stays undeclared. Words that contradict nearly every number (男
    written for women throughout) are read the other way round; W102 says so.
    """
    share = pl.col("n_male") / pl.col("n")
    votes = votes.with_columns(
        sure=pl.when(pl.col("n") >= _MIN_EVIDENCE).then(
            pl.when(share >= _SURE).then(pl.lit("男")).when(share <= 1 - _SURE).then(pl.lit("女"))
        )
    )
    if votes.is_empty():
        return frame.with_columns(sex_coding_reversed=pl.lit(None, dtype=pl.Boolean))
    standard = pl.col("word").replace_strict({"男": "男", "女": "女", "1": "男", "2": "女"}, default=None)
    against = (pl.col("sure") != standard).fill_null(pl.col("sure").is_not_null() & (pl.col("word") == "0"))
    told = pl.col("sure").is_not_null()
    sheets = votes.group_by("sheet_no").agg(
        sex_coding_reversed=pl.when(told.any()).then((against & told).any()),
        to_decode=(told & (against | ~pl.col("word").is_in(["男", "女"]))).any(),
    )
    frame = frame.join(sheets, on="sheet_no", how="left", maintain_order="left")
    if not sheets["to_decode"].any():
        return frame.drop("to_decode")
    sure = votes.select("sheet_no", "sure", _word="word")
    frame = frame.with_columns(_word=_WORD).join(sure, on=["sheet_no", "_word"], how="left", maintain_order="left")
    turned = pl.col("sex_coding_reversed") & told & pl.col("sex").is_not_null()
    return frame.with_columns(
        sex=pl.when(turned).then("sure").otherwise(pl.coalesce("sex", "sure")),
        sex_undeclared=pl.col("sex_undeclared") & ~told,
    ).drop("_word", "sure", "to_decode")
