"""Two at once: checks both succeed under names of their own; a second export into the same folder leaves with 4."""

from __future__ import annotations

import os

ROUNDS = max(2, int(os.environ.get("GRIDAUDIT_KILLS", "6")) // 20)


def together(place, *commands):
    """Start commands at the same time; gives what they end with."""
    processes = [place.start(command) for command in commands]
    ends = [(process.communicate(), process.returncode) for process in processes]
    return [(code, out, err) for (out, err), code in ends]


def test_two_checks_are_both_kept(place):
    for number in range(1, ROUNDS + 1):
        ends = together(place, "check", "check")
        assert [code for code, _, _ in ends] == [0, 0]
        names = place.runs()
        assert len(names) == 2 * number
        assert {line.split("/")[-1] for _, _, err in ends for line in err.splitlines()} == set(names[-2:])
    assert place.leftovers() == []
    assert {(place.home / "key").stat().st_size} == {32}


def test_checks_that_make_the_store_together_agree_on_its_secret(new_place):
    """Findings of both have the keys of one secret."""
    for number in range(ROUNDS):
        place = new_place(f"new-{number}")
        ends = together(place, "check", "check", "check")
        assert [code for code, _, _ in ends] == [0, 0, 0]
        kept = [path.read_bytes() for path in sorted(place.home.glob("runs/*/records.parquet"))]
        assert len(kept) == 3
        assert len(set(kept)) == 1


def test_the_second_export_into_a_folder_leaves_with_4(place):
    done = 0
    for _ in range(ROUNDS):
        ends = together(place, "export", "export")
        codes = [code for code, _, _ in ends]
        assert set(codes) <= {0, 4}
        assert 0 in codes
        done += codes.count(0)
        assert all("E401" in err for code, _, err in ends if code == 4)
        assert all(err == "" for code, _, err in ends if code == 0)
        assert len(place.exported()) == len(place.runs()) == done
    assert place.leftovers() == []


def test_a_check_and_an_export_do_not_meet(place):
    for number in range(1, ROUNDS + 1):
        ends = together(place, "check", "export")
        assert [code for code, _, _ in ends] == [0, 0]
        assert len(place.runs()) == 2 * number
        assert len(place.exported()) == number
    assert place.leftovers() == []
