"""What only a whole table can tell of its rows, so that any part of it can be derived alone.

Counts add up over parts (`Habits`, places, `alike`); what is told of a row (its house, its repeats, whether it is a
copy) is told in the order of the part's rows.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from gridaudit.derive.homes import Meeting
from gridaudit.derive.residents.person import Habits


class OfWhole(NamedTuple):
    """What the whole table tells of a part of the residents.

    Attributes:
        habits: How each sheet writes sex and ages.
        places: What `resolved_places` gave for all places written.
        meeting: The house of each row of the part, a row of the part's houses; None without a houses table.
        is_copy: Whether each row is a copy of one before it, in this part or another.
        repeated: What `compare_people` said of rows of this part, by `_index`, their row in the part.
        nearly: Rows of this part whose number is nearly a right one of the same person elsewhere.
        words: What `words_counted` gave for places and collectors.
        phones: What `homes_per_phone` gave.
        split: What `split_numbers` gave.
    """

    habits: Habits
    places: pl.DataFrame
    meeting: Meeting | None
    is_copy: pl.Series
    repeated: pl.DataFrame
    nearly: pl.Series
    words: pl.DataFrame
    phones: pl.DataFrame
    split: pl.Series
