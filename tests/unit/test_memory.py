"""Freed memory is kept for small files and given back for large ones; the settings are the allocators' own."""

from __future__ import annotations

import pytest

from gridaudit.cli import memory

KEEP = {-8: 2, -3: 64 * 1024**2, -1: 512 * 1024**2}
GIVE = {-3: 4 * 1024**2, -1: 16 * 1024**2}


@pytest.fixture
def told(monkeypatch):
    """What the system's allocator is told."""
    seen = []
    monkeypatch.setattr(memory.sys, "platform", "linux")
    monkeypatch.setattr(memory, "_set", seen.append)
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "")
    monkeypatch.delenv("_RJEM_MALLOC_CONF")
    return seen


def conf():
    return memory.os.environ["_RJEM_MALLOC_CONF"]


def test_a_small_file_leaves_freed_memory_kept(told, tmp_path):
    small = tmp_path / "residents.parquet"
    small.write_bytes(b"PAR1")
    memory.keep_freed_memory()
    kept = conf()
    memory.give_memory_back([small, tmp_path / "missing.parquet", tmp_path])
    assert told == [KEEP]
    assert conf() == kept


@pytest.mark.parametrize(("name", "size"), [("residents.parquet", 150_000_000), ("residents.csv", 450_000_000)])
def test_a_large_file_has_it_given_back(told, tmp_path, name, size):
    with (tmp_path / name).open("wb") as file:
        file.truncate(size)
    memory.keep_freed_memory()
    memory.give_memory_back([tmp_path / name])
    assert told == [KEEP, GIVE]
    assert "dirty_decay_ms:10000" not in conf()


def test_what_a_person_set_stays(told, tmp_path, monkeypatch):
    monkeypatch.setenv("_RJEM_MALLOC_CONF", "narenas:1")
    with (tmp_path / "residents.parquet").open("wb") as file:
        file.truncate(150_000_000)
    memory.keep_freed_memory()
    memory.give_memory_back([tmp_path / "residents.parquet"])
    assert told == [KEEP, GIVE]
    assert conf() == "narenas:1"


def test_other_systems_are_left_alone(told, tmp_path, monkeypatch):
    monkeypatch.setattr(memory.sys, "platform", "win32")
    memory.keep_freed_memory()
    memory.give_memory_back([tmp_path])
    assert told == []
    assert "_RJEM_MALLOC_CONF" not in memory.os.environ
