"""Folders that may not be written: exit 3, the E-code, what to do. Root is held to what the folders allow."""

from __future__ import annotations

import ctypes
import os
import sys

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="rights are told differently on Windows")
DROP_FROM_BOUNDING_SET, OVERRIDE, READ_SEARCH = 24, 1, 2  # of <linux/prctl.h> and <linux/capability.h>


def without_privilege():
    libc = ctypes.CDLL(None)
    for capability in (OVERRIDE, READ_SEARCH):
        libc.prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


PLAIN = {"preexec_fn": without_privilege} if sys.platform == "linux" and os.geteuid() == 0 else {}


@pytest.fixture
def shared(place):
    """A place whose folders are there; what a test locks is opened again."""
    place.home.mkdir()
    place.out.mkdir()
    yield place
    for path in (place.home, place.home / "runs", place.out):
        if path.exists():
            path.chmod(0o755)


def test_a_store_that_may_not_be_written(shared, digests_of):
    shared.home.chmod(0o555)
    before = digests_of(shared.root)
    code, out, err = shared.run("check", **PLAIN)
    assert (code, out) == (3, "")
    assert "E302" in err
    assert "no permission to write" in err
    assert "--no-save" in err
    assert digests_of(shared.root) == before
    code, out, _ = shared.run(["check", str(shared.root / "in"), "--no-save", "--fail-on", "never"], **PLAIN)
    assert code == 0
    assert out.startswith("Check ")


def test_a_store_that_may_only_be_read_is_still_shown(shared):
    assert [shared.run("check")[0], shared.run("check")[0]] == [0, 0]
    names = shared.runs()
    shared.home.chmod(0o555)
    (shared.home / "runs").chmod(0o555)
    assert shared.run(["report"], **PLAIN)[0] == 0
    code, out, _ = shared.run(["runs"], **PLAIN)
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == names
    code, _, err = shared.run(["runs", "prune", "--keep", "1"], **PLAIN)
    assert code == 3
    assert "E301" in err
    assert shared.runs() == names


def test_results_that_may_not_be_written(shared):
    shared.out.chmod(0o555)
    code, out, err = shared.run("export", **PLAIN)
    assert (code, out) == (3, "")
    assert "E301" in err
    assert "no permission to write" in err
    assert "folder read-only" in err
    assert list(shared.out.iterdir()) == []


@pytest.mark.parametrize("command", ["check", "export"])
def test_a_file_in_place_of_the_store(place, command):
    place.home.write_text("not a folder", "utf-8")
    code, out, err = place.run(command)
    assert (code, out) == (3, "")
    assert "E302" in err
    assert place.home.read_text("utf-8") == "not a folder"
    assert place.exported() == []


def test_a_file_in_place_of_the_results(place):
    place.out.write_text("not a folder", "utf-8")
    code, out, err = place.run("export")
    assert (code, out) == (3, "")
    assert "E301" in err
    assert place.out.read_text("utf-8") == "not a folder"
