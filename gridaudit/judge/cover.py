"""The smallest weighted set of cells that touches every complaint (Fellegi and Holt 1976, without implied edits)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any, NamedTuple

_MOST = 3


class Cell(NamedTuple):
    """A cell of a household: whose row (`h` head, `s` spouse, else a number) and which canonical column."""

    who: str
    column: str


@cache
def known_cells() -> dict[str, Any]:
    """Return the weights, and the cells of rules that are not simply their columns."""
    with files("gridaudit.judge").joinpath("cells.toml").open("rb") as file:
        return tomllib.load(file)


def weight(cells: Iterable[Cell]) -> int:
    """Add up the trust in cells."""
    weights: Mapping[str, int] = known_cells()["weights"]
    return sum(weights.get(cell.column, weights["other"]) for cell in cells)


def smallest_covers(complaints: Sequence[frozenset[Cell]]) -> list[frozenset[Cell]]:
    """Return every set of at most three cells of least weight that touches all complaints.

    Args:
        complaints: The cells of each rule that failed, none empty.

    Returns:
        At least one set when three cells can touch them all; else the cells that touch most, one complaint after the
        other.
    """
    cells = sorted(frozenset().union(*complaints))
    covers = [
        frozenset(chosen)
        for size in range(1, _MOST + 1)
        for chosen in combinations(cells, size)
        if all(not complaint.isdisjoint(chosen) for complaint in complaints)
    ]
    if not covers:
        return [_one_after_the_other(complaints)]
    least = min(weight(cover) for cover in covers)
    return [cover for cover in covers if weight(cover) == least]


def _one_after_the_other(complaints: Sequence[frozenset[Cell]]) -> frozenset[Cell]:
    left, chosen = list(complaints), set()
    while left:
        cells = sorted(frozenset().union(*left))
        best = min(cells, key=lambda cell: (-sum(cell in complaint for complaint in left), weight([cell])))
        chosen.add(best)
        left = [complaint for complaint in left if best not in complaint]
    return frozenset(chosen)


def look_first(complaints: Mapping[str, frozenset[Cell]]) -> dict[str, tuple[Cell, ...]]:
    """Say for each complaint that shares a cell with another which of its cells to look at first; ties show both.

    Args:
        complaints: The cells of each complaint, by a name of its own.

    Returns:
        The cells of the smallest covers that touch the complaint, the least trusted first; complaints that share no
        cell with another are left out.
    """
    result: dict[str, tuple[Cell, ...]] = {}
    for names in _connected(complaints):
        if len(names) < 2:
            continue
        covers = smallest_covers([complaints[name] for name in names])
        for name in names:
            touching = frozenset().union(*covers) & complaints[name]
            result[name] = tuple(sorted(touching, key=lambda cell: (weight([cell]), cell)))
    return result


def _connected(complaints: Mapping[str, frozenset[Cell]]) -> list[list[str]]:
    """Groups of complaints that hang together by shared cells."""
    groups: list[tuple[list[str], frozenset[Cell]]] = []
    for name, cells in complaints.items():
        apart = [group for group in groups if group[1].isdisjoint(cells)]
        joined = [group for group in groups if not group[1].isdisjoint(cells)]
        names = [member for group in joined for member in group[0]]
        groups = [*apart, ([*names, name], cells.union(*(group[1] for group in joined)))]
    return [names for names, _ in groups]
