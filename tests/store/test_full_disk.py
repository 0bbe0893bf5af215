"""A disk that is full: exit 3 with an E-code, no half run, and what was waited for is still printed."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

resource = pytest.importorskip("resource", reason="limits of a process are for Unix")
FIRST_LINE = "Check "


def limited(size):
    """Writing a file larger than this fails as on a full disk."""
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}


@pytest.mark.parametrize("size", [16, 2_000, 8_000])
def test_a_check_prints_its_report_and_keeps_nothing(place, digests_of, size):
    """With room for nothing, for a small file, and for all but the largest."""
    assert place.run("check")[0] == 0
    before, names = digests_of(place.root), place.runs()
    code, out, err = place.run("check", **limited(size))
    assert code == 3
    assert out.startswith(FIRST_LINE)
    assert "Data quality by grid" in out
    assert "E302" in err
    assert "over the limit for the size of a file" in err
    assert "--no-save" in err
    assert place.runs() == names
    assert place.leftovers() == []
    place.survived(before)
    assert digests_of(place.root) == before
    assert place.run("check")[0] == 0


def test_a_secret_is_not_made_by_halves(place):
    code, out, err = place.run("check", **limited(16))
    assert (code, out) == (3, "")
    assert "E302" in err
    assert not (place.home / "key").exists()
    assert place.leftovers() == []
    assert place.run("check")[0] == 0


@pytest.mark.parametrize("size", [16, 2_000, 8_000])
def test_an_export_leaves_the_last_one_in_place(place, digests_of, size):
    assert place.run("export")[0] == 0
    before, names = digests_of(place.root), place.exported()
    code, out, err = place.run("export", **limited(size))
    assert (code, out) == (3, "")
    assert "E301" in err
    assert "whether the disk is full" in err
    assert place.exported() == names
    assert place.leftovers() == []
    assert digests_of(place.root) == before
    assert place.run("export")[0] == 0


def test_an_output_file_keeps_its_old_content(place):
    target = place.root / "findings.csv"
    target.write_text("the last one", "utf-8")
    command = ["check", str(place.root / "in"), "--no-save", "--format", "csv", "-o", str(target)]
    code, out, err = place.run(command, **limited(2_000))
    assert (code, out) == (3, "")
    assert "E301" in err
    assert target.read_text("utf-8") == "the last one"
    assert [path.name for path in place.root.iterdir() if path.name.startswith(".findings")] == []


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is Linux's")  # noqa: PTH110
def test_a_result_printed_to_a_full_disk_is_no_bug_of_ours(place):
    with open("/dev/full", "w", encoding="utf-8") as full:  # noqa: PTH123
        code, _, err = place.run("check", stdout=full)
    assert code == 3
    assert "E301" in err
    assert "the disk is full" in err
    assert "E501" not in err


@pytest.fixture
def small_disk(tmp_path):
    """Make a file system of some kilobytes; it is taken away again."""
    mounted = []

    def build(kilobytes):
        folder = tmp_path / f"disk-{kilobytes}"
        folder.mkdir()
        options = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
        if sys.platform != "linux" or subprocess.run(options, check=False, capture_output=True).returncode:
            pytest.skip("a file system of its own may not be mounted here")
        mounted.append(folder)
        return folder

    yield build
    for folder in mounted:
        subprocess.run(["umount", str(folder)], check=True)


def grow(folder):
    subprocess.run(["mount", "-o", "remount,size=4m", str(folder)], check=True)


def test_a_store_on_a_disk_that_fills_up(place, small_disk):
    """Three runs at most have room; later ones are printed and not kept, until there is room again."""
    disk = small_disk(200)
    place.home.symlink_to(disk)
    codes = []
    for _ in range(5):
        names = place.runs()
        code, out, err = place.run("check")
        codes.append(code)
        assert out.startswith(FIRST_LINE) or "E302" in err
        assert ("the disk is full" in err) == (code == 3)
        assert place.runs()[: len(names)] == names
        assert place.leftovers() == []
    assert codes == sorted(codes)
    assert {codes[0], codes[-1]} == {0, 3}
    grow(disk)
    assert place.run("check")[0] == 0


def test_results_on_a_disk_that_fills_up(place, small_disk):
    disk = small_disk(200)
    place.out.symlink_to(disk)
    codes = []
    for _ in range(6):
        names = place.exported()
        code, out, err = place.run("export")
        codes.append(code)
        assert ("E301" in err) == (code == 3) == (out == "")
        assert place.exported()[: len(names)] == names
        assert [path.name for path in disk.iterdir() if path.name.startswith(".tmp-")] == []
    assert codes == sorted(codes)
    assert {codes[0], codes[-1]} == {0, 3}
    grow(disk)
    assert place.run("export")[0] == 0


def test_results_that_are_whole_are_named_when_the_run_could_not_be_kept(place, small_disk):
    """The store's disk is full, the results' is not: latest.json says 3 and names the new results."""
    place.home.symlink_to(small_disk(24))
    code, out, err = place.run("export")
    assert (code, out) == (3, "")
    assert "E302" in err
    (name,) = place.exported()
    latest = (place.out / "latest.json").read_text("utf-8")
    assert f'"run": "{name}"' in latest
    assert '"exit": 3' in latest
