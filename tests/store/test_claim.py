"""The secret, and the names of runs."""

from __future__ import annotations

import os
from datetime import datetime

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from gridaudit.errors import LockHeldError, OutputError, StoreError
from gridaudit.store import alone_in_store, began, claimed, secret

START = datetime.fromisoformat("2026-09-01T06:30:00+08:00")
NAME = "20260901T063000+0800"


def test_the_secret_is_made_once_and_its_owner_s_alone(tmp_path):
    made = secret(tmp_path / "store")
    assert len(made) == 32
    assert secret(tmp_path / "store") == made
    assert (tmp_path / "store" / "key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["key"]


def test_a_secret_made_meanwhile_by_another_is_kept(tmp_path, monkeypatch):
    link = os.link

    def other_was_first(source, target):
        target.write_bytes(b"o" * 32)
        link(source, target)

    monkeypatch.setattr(os, "link", other_was_first)
    assert secret(tmp_path) == b"o" * 32
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_a_disk_without_hard_links_will_do(tmp_path, monkeypatch):
    def no_links(_source, _target):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    made = secret(tmp_path)
    assert len(made) == 32
    assert secret(tmp_path) == made
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


@pytest.mark.parametrize("content", [b"", b"half of it"])
def test_a_damaged_secret_is_neither_used_nor_replaced(tmp_path, content):
    (tmp_path / "key").write_bytes(content)
    with pytest.raises(StoreError) as raised, claimed(tmp_path, START):
        pass
    assert raised.value.code == "E305"
    assert (tmp_path / "key").read_bytes() == content


def test_names_taken_are_not_given_again(tmp_path):
    with claimed(tmp_path, START) as first, claimed(tmp_path, START) as second:
        assert (first.run_id, second.run_id) == (NAME, f"{NAME}-2")
        assert first.key == second.key
        first.temporary.mkdir()
        first.temporary.rename(first.target)
    with claimed(tmp_path, START) as third:
        assert third.run_id == f"{NAME}-2"
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == [NAME]


def test_what_a_failed_run_wrote_is_taken_away(tmp_path):
    def fails():
        with claimed(tmp_path, START) as claim:
            claim.temporary.mkdir()
            (claim.temporary / "areas.parquet").write_bytes(b"PAR1")
            raise OutputError("E301")

    with pytest.raises(OutputError):
        fails()
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_live_run_is_not_swept_and_a_dead_one_is(tmp_path):
    with claimed(tmp_path, START) as live:
        live.temporary.mkdir()
        dead = live.temporary.with_name(f".tmp-{NAME}-7")
        dead.mkdir()
        (dead.with_name(f"{dead.name}.lock")).write_text("", "utf-8")
        (tmp_path / ".tmp-key-1").write_bytes(b"half")
        foreign = tmp_path / "runs" / ".tmp-mine"
        foreign.mkdir()
        with claimed(tmp_path, START):
            assert live.temporary.exists()
            assert foreign.exists()
            assert not dead.exists()
            assert not (tmp_path / ".tmp-key-1").exists()


def test_a_store_held_by_somebody_else_is_exit_4(tmp_path):
    (tmp_path / "lock").write_text("", "utf-8")
    with FileLock(tmp_path / "lock"), pytest.raises(LockHeldError) as raised, alone_in_store(tmp_path, timeout=0.05):
        pass
    assert raised.value.code == "E401"
    assert int(raised.value.exit_code) == 4


@pytest.mark.parametrize(
    "name",
    ["", "20260901", "20260901T063000", f"{NAME}-", f"{NAME}-x", f"{NAME} ", f" {NAME}", f"{NAME}\n", f".tmp-{NAME}",
     "20261301T063000+0800", "２０２６0901T063000+0800"],
)  # fmt: skip
def test_other_names_are_no_runs(name):
    assert began(name) is None


@given(moment=st.datetimes(), number=st.integers(2, 999))
def test_every_name_of_ours_tells_when_it_began(moment, number):
    moment = moment.replace(microsecond=0, tzinfo=START.tzinfo)
    name = f"{moment.year:04d}{moment.strftime('%m%dT%H%M%S%z')}"
    assert began(name) == (moment, 1)
    assert began(f"{name}-{number}") == (moment, number)
