"""A kill (SIGKILL) at any moment: nothing finished is lost, the next run works and cleans up.

GRIDAUDIT_KILLS=200 is the long run, by hand: so many kills of each command at random moments, and one before every
single thing that a command does to the store and the results.
"""

from __future__ import annotations

import os
import random
import re
import time
from pathlib import Path

import pytest

KILLS = int(os.environ.get("GRIDAUDIT_KILLS", "6"))
DYING = str(Path(__file__).parent / "dying.py")
COMMANDS = ("check", "export")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="SIGKILL is not for Windows")


def state(place):
    return set(place.runs()), set(place.exported())


def looked_after(place, command, before, kept):
    """See what holds after a kill and after the next run; returns whether the killed one had kept its run."""
    place.survived(before)
    after = state(place)
    assert after[0] >= kept[0]
    assert after[1] >= kept[1]
    key = (place.home / "key").read_bytes() if (place.home / "key").exists() else None
    code, _, err = place.run(command)
    assert (code, re.findall("E[0-9]{3}", err)) == (0, [])
    assert place.leftovers() == []
    assert len(place.runs()) == len(after[0]) + 1
    assert len(place.exported()) == len(after[1]) + (command == "export")
    assert key in {None, (place.home / "key").read_bytes()}
    place.survived(before)
    return after != kept


@pytest.mark.parametrize("command", COMMANDS)
def test_killed_at_random_moments(new_place, command, digests_of):
    place = new_place()
    assert place.run(command)[0] == 0
    began = time.perf_counter()
    assert place.run(command)[0] == 0
    whole = time.perf_counter() - began
    moments = random.Random(command)
    finished = 0
    for number in range(KILLS):
        if number % 20 == 19:
            place = new_place(f"after-{number}")
        before, kept = digests_of(place.root), state(place)
        process = place.start(command)
        time.sleep(moments.uniform(0, whole))
        process.kill()
        process.communicate()
        finished += looked_after(place, command, before, kept)
    print(f"{command}: {KILLS} kills within {whole:.2f} s, {finished} of them after the run was kept")  # noqa: T201


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("command", COMMANDS)
def test_killed_before_each_thing_it_does(new_place, command, is_first, digests_of):
    """Of the first run in a new store, and of a later one; the short run takes a few of the moments."""
    trial = new_place("trial")
    if not is_first:
        assert trial.run(command)[0] == 0
    code, _, err = trial.run(command, DYING, "0", f"{trial.root}{os.sep}")
    assert code == 0
    moments = range(1, int(re.search("done=([0-9]+)", err).group(1)) + 1)
    if KILLS < 100:
        moments = random.Random(f"{command} {is_first}").sample(moments, 3)
    for moment in moments:
        place = new_place(f"killed-{moment}")
        if not is_first:
            assert place.run(command)[0] == 0
        before, kept = digests_of(place.root), state(place)
        assert place.run(command, DYING, str(moment), f"{place.root}{os.sep}")[0] == -9
        looked_after(place, command, before, kept)
