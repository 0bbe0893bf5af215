"""`gridaudit doctor`: each thing that could hurt is found, said with what to do, and bad ones are exit 2."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace

import pytest

from gridaudit.cli import doctor, machine, premises
from gridaudit.config import Config
from gridaudit.text import catalogue, has

ITEMS = (
    "processor", "polars", "python", "libraries", "output", "locale", "width", "clock", "store", "secret", "disk",
    "temporary", "memory", "config", "rules",
)  # fmt: skip
CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 9, 1, 12, tzinfo=CHINA)


@pytest.fixture
def items(run_cli):
    """Run it and give its items by name."""

    def look(*options):
        code, out, err = run_cli("doctor", "--format", "json", *options)
        assert err == ""
        return code, {item["item"]: item for item in json.loads(out)["items"]}

    return look


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_item_is_shown_and_fits(run_cli, faults, home, lang):
    home.mkdir(mode=0o700)
    code, out, err = run_cli("doctor", "--lang", lang)
    assert (code, err) == (0, "")
    for item in ITEMS:
        assert catalogue()[f"doctor_item.{item}"].in_(lang) in out
    assert faults(out) == []
    assert "gridaudit check --show-config" in out
    out.encode("gbk")


def test_the_document_names_every_item_in_order(run_cli, items, home):
    home.mkdir(mode=0o700)
    code, found = items()
    assert code == 0
    assert {*found} == {*ITEMS}
    document = json.loads(run_cli("doctor", "--format", "json", "--lang", "en")[1])
    assert document["schema_version"] == 1
    assert found["rules"]["status"] == "ok"


def test_quiet_says_only_what_is_not_well(run_cli, home, monkeypatch):
    home.mkdir(mode=0o700)
    monkeypatch.setattr(doctor.machine, "look_at_width", lambda: machine.Finding("width", "look", "60", "width"))
    out = run_cli("doctor", "-q")[1]
    assert "屏幕宽度" in out
    assert "处理器" not in out
    assert "--show-config" not in out


def test_a_bad_config_is_said_by_its_code_and_is_exit_2(items, tmp_path):
    (tmp_path / "gridaudit.toml").write_text("[rulez]\nx = 1\n", "utf-8")
    code, found = items()
    assert code == 2
    assert (found["config"]["status"], found["config"]["reason"]) == ("bad", "config")
    assert "E202" in found["config"]["seen"]
    assert found["rules"]["status"] == "unknown"


def test_a_rule_that_does_not_compile_is_bad(items, tmp_path, local_rules):
    local_rules(
        (Path(__file__).parents[2] / "rules" / "I" / "I103.toml").read_text("utf-8").replace("check = ", "chek = ")
    )
    (tmp_path / "gridaudit.toml").write_text('[rules]\nfolder = "my-rules"\n', "utf-8")
    code, found = items()
    assert code == 2
    assert (found["rules"]["status"], found["rules"]["seen"]) == ("bad", "E217")


def test_a_config_that_loads_is_named(items, tmp_path):
    (tmp_path / "gridaudit.toml").write_text('district = "样例区"\n[privacy]\nmin_cell = 9\n', "utf-8")
    _, found = items()
    assert (found["config"]["status"], found["config"]["seen"]) == ("ok", str(tmp_path / "gridaudit.toml"))


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        ("pni ssse3 sse4_1 sse4_2 popcnt cx16 avx avx2 fma bmi1 bmi2 abm pclmulqdq movbe", "ok"),
        ("pni ssse3 sse4_1 sse4_2 popcnt cx16", "bad"),
    ],
)
def test_an_old_processor_is_bad(monkeypatch, tmp_path, flags, status):
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: fpu {flags}\n", "utf-8")
    features = machine.processor_features(cpuinfo)
    monkeypatch.setattr(machine, "processor_features", lambda: features)
    monkeypatch.setattr(machine, "runtimes", lambda: {"32": "+sse4.2,+avx2,+lzcnt,+cmpxchg16b,+sse3"})
    monkeypatch.setattr(machine.platform, "machine", lambda: "x86_64")
    found = machine.look_at_processor()
    assert found.status == status
    assert ("-avx2" in found.seen) == (status == "bad")


def test_a_processor_that_cannot_be_told_is_unknown(monkeypatch):
    monkeypatch.setattr(machine, "processor_features", lambda: None)
    monkeypatch.setattr(machine.platform, "machine", lambda: "AMD64")
    assert machine.look_at_processor()[:2] == ("processor", "unknown")
    monkeypatch.setattr(machine.platform, "machine", lambda: "aarch64")
    assert machine.look_at_processor().status == "ok"


def test_a_polars_that_dies_is_bad_and_takes_nothing_with_it(items, monkeypatch):
    def dies(*_args, **_kwargs):
        return SimpleNamespace(returncode=-4)

    monkeypatch.setattr(machine.subprocess, "run", dies)
    code, found = items()
    assert code == 2
    assert (found["polars"]["status"], found["polars"]["reason"]) == ("bad", "polars")
    assert "exit -4" in found["polars"]["seen"]
    assert found["rules"]["status"] == "unknown"


@pytest.mark.parametrize(
    ("version", "wanted", "meets"),
    [
        ("2.1.0", ">=2.1,<3", True),
        ("3.0", ">=2.1,<3", False),
        ("2.0.9", ">=2.1,<3", False),
        ("0.10", ">=0.9", True),
        ("2025.1", ">=2025.1", True),
        ("1.0rc1", "", True),
        ("26.0.1", "==26.0.1", True),
    ],
)
def test_versions_are_compared_as_numbers(version, wanted, meets):
    assert machine.satisfies(version, wanted) is meets


def test_a_library_too_old_is_bad(monkeypatch):
    monkeypatch.setattr(machine.importlib.metadata, "requires", lambda _: ["polars<3,>=9", "ruff>=99; extra == 'dev'"])
    found = machine.look_at_libraries()
    assert (found.status, found.reason) == ("bad", "libraries")
    assert found.seen.startswith("polars ")


@pytest.mark.parametrize(("encoding", "status"), [("utf-8", "ok"), ("gbk", "ok"), ("cp437", "look"), ("ascii", "look")])
def test_an_output_without_chinese_is_said(monkeypatch, encoding, status):
    monkeypatch.setattr(machine.sys, "stdout", SimpleNamespace(encoding=encoding, isatty=lambda: False))
    assert machine.look_at_output("zh").status == status
    assert machine.look_at_output("en").status == "ok"


@pytest.mark.parametrize(("columns", "status"), [(60, "look"), (80, "ok"), (200, "ok")])
def test_a_narrow_terminal_is_said(monkeypatch, columns, status):
    monkeypatch.setattr(machine.sys, "stdout", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(machine.shutil, "get_terminal_size", lambda: SimpleNamespace(columns=columns))
    assert machine.look_at_width().status == status


@pytest.mark.parametrize(
    ("now", "last_run", "status", "reason"),
    [
        (NOON, "", "ok", None),
        (NOON, "2026-08-31T09:00:00+08:00", "ok", None),
        (NOON, "nonsense", "ok", None),
        (NOON, "2026-09-20T09:00:00+08:00", "bad", "clock"),
        (datetime(2009, 1, 1, tzinfo=CHINA), "", "bad", "clock"),
        (NOON.astimezone(UTC), "", "look", "zone"),
    ],
)
def test_the_clock(now, last_run, status, reason):
    found = premises.look_at_clock(now, last_run)
    assert (found.status, found.reason) == (status, reason)
    assert "Asia/Shanghai 20" in found.seen


def test_a_store_that_others_may_enter_and_what_a_killed_run_left(tmp_path):
    store = tmp_path / "store"
    assert premises.look_at_store(store).status == "ok"
    store.mkdir(mode=0o700)
    assert premises.look_at_store(store)[1:3] == ("ok", f"{store} 0700")
    (store / "runs" / ".tmp-x-1").mkdir(parents=True)
    assert premises.look_at_store(store).reason == "leftover"
    store.chmod(0o755)
    assert premises.look_at_store(store)[1:4:2] == ("look", "store_open")
    (tmp_path / "file").write_text("", "utf-8")
    assert premises.look_at_store(tmp_path / "file").status == "bad"


def test_the_secret(tmp_path):
    assert premises.look_at_secret(tmp_path).status == "ok"
    key = tmp_path / "key"
    key.write_bytes(b"x" * 32)
    key.chmod(0o600)
    assert premises.look_at_secret(tmp_path)[1:3] == ("ok", "0600")
    key.chmod(0o644)
    assert premises.look_at_secret(tmp_path).reason == "secret_open"
    key.chmod(0o600)
    key.write_bytes(b"x" * 5)
    assert premises.look_at_secret(tmp_path).reason == "secret_short"


@pytest.mark.parametrize(("free", "status"), [(50 << 20, "bad"), (1 << 30, "look"), (9 << 30, "ok")])
def test_the_disk(monkeypatch, tmp_path, free, status):
    monkeypatch.setattr(premises.shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert premises.look_at_disk("disk", tmp_path / "not" / "there").status == status


@pytest.mark.parametrize(("kilobytes", "status"), [(500_000, "look"), (8_000_000, "ok")])
def test_the_memory(tmp_path, kilobytes, status):
    (tmp_path / "meminfo").write_text(f"MemTotal: 9 kB\nMemAvailable:   {kilobytes} kB\n", "utf-8")
    assert premises.look_at_memory(tmp_path / "meminfo").status == status
    assert premises.look_at_memory(tmp_path / "nothing").status == "unknown"


def test_every_reason_has_its_remedy():
    """Whatever a look may give has a sentence in both languages."""
    text = "".join(Path(module.__file__).read_text("utf-8") for module in (machine, premises, doctor))
    reasons = [key.removeprefix("doctor_do.") for key in catalogue() if key.startswith("doctor_do.")]
    assert len(reasons) > 15
    assert [reason for reason in reasons if f'"{reason}"' not in text] == []
    assert all(has(f"doctor_item.{item}") for item in ITEMS)
    assert premises.look_at_rules(Config()).status == "ok"
