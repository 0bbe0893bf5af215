"""Results are whole or not there, and what a killed command left beside one is taken away by the next."""

from __future__ import annotations

import errno
import os

import pytest

from gridaudit import disk
from gridaudit.errors import OutputError

DEAD = 4194304  # beyond the largest number of a process


def test_put_replaces_and_leaves_nothing_beside(tmp_path):
    target = tmp_path / "new" / "f.csv"
    disk.put(target, b"one")
    disk.put(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in target.parent.iterdir()] == ["f.csv"]


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps files that are open, so all are tried")
def test_leftovers_of_dead_processes_are_taken_away(tmp_path):
    dead, live = f".f.csv.{DEAD}", f".f.csv.{os.getppid()}"
    foreign = (".f.csv.bak", f".other.csv.{DEAD}", ".f.csv.", f"f.csv.{DEAD}", ".f.csv.12345678901")
    for name in (dead, live, *foreign):
        (tmp_path / name).write_text("x", "utf-8")
    disk.put(tmp_path / "f.csv", b"whole")
    assert {path.name for path in tmp_path.iterdir()} == {"f.csv", live, *foreign}


def test_put_that_fails_keeps_the_old_content_and_says_why(tmp_path, monkeypatch):
    target = tmp_path / "f.csv"
    disk.put(target, b"old")

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError) as raised:
        disk.put(target, b"new")
    assert (raised.value.code, raised.value.params) == ("E301", {"file": "f.csv", "reason": "ENOSPC"})
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["f.csv"]


def test_write_makes_new_files_only(tmp_path):
    disk.write(tmp_path / "f", b"one", mode=0o600)
    assert (tmp_path / "f").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        disk.write(tmp_path / "f", b"two")
    assert (tmp_path / "f").read_bytes() == b"one"


def test_a_fingerprint_is_size_and_sha256(tmp_path):
    (tmp_path / "f").write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert disk.fingerprint((tmp_path / "f").read_bytes()) == {"bytes": 3, "sha256": digest}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "ENOSPC"),
        (PermissionError(errno.EACCES, "Permission denied"), "EACCES"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (OSError(), "OSError"),
    ],
)
def test_the_reason_is_a_key_of_the_catalogue_or_the_system_s_words(error, expected):
    assert disk.reason(error) == expected
