"""A small district, a store and an export folder; commands run in processes of their own, which can be killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

import gridaudit
from gridaudit.sample import DEFAULT_RATES, write_sample
from gridaudit.store import list_runs

TABLES = ("areas", "findings", "records", "tallies")
HOLDS = f"{os.sep}.gridaudit.lock", f"{os.sep}lock"


def digests(folder):
    """SHA-256 of every file below a folder, but for the locks and what is still being written."""
    found = {str(path): path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}
    finished = {name: path for name, path in found.items() if ".tmp-" not in name and not name.endswith(HOLDS)}
    return {name: sha256(path.read_bytes()).hexdigest() for name, path in finished.items()}


@dataclass(frozen=True)
class Place:
    """Where a scheduled job lives: input, store, results."""

    root: Path

    @property
    def home(self):
        return self.root / "store"

    @property
    def out(self):
        return self.root / "out"

    @property
    def environment(self):
        own = {"GRIDAUDIT_HOME": str(self.home), "GRIDAUDIT_LANG": "en", "POLARS_MAX_THREADS": "2"}
        own["PYTHONPATH"] = str(Path(gridaudit.__file__).parents[1])
        return {**os.environ, **own}

    def arguments(self, command):
        config = ["--config", str(self.root / "in" / "gridaudit.toml")]
        if command == "check":
            return ["check", str(self.root / "in"), *config, "--fail-on", "never"]
        return ["export", "--out", str(self.out), *config] if command == "export" else [*command, *config]

    def start(self, command, *before, **options):
        """Start a command; `before` stands in place of `-m gridaudit`."""
        words = [sys.executable, *(before or ("-m", "gridaudit")), *self.arguments(command)]
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        return subprocess.Popen(words, env=self.environment, cwd=self.root, **{**streams, **options})

    def run(self, command, *before, **options):
        """Run a command to its end: exit code, stdout, stderr."""
        with self.start(command, *before, **options) as process:
            out, err = process.communicate(timeout=120)
        return process.returncode, out, err

    def runs(self):
        """Names of the runs kept; each must load whole."""
        runs = list_runs(self.home)
        for run in runs:
            assert run.damaged is None
            assert run.manifest["run"] == run.run_id
            for table in TABLES:
                assert run.frame(table).width > 3
        return [run.run_id for run in runs]

    def exported(self):
        """Names of the folders exported; each must be whole, and latest.json must name one of them."""
        if not self.out.exists():
            return []
        folders = sorted(path for path in self.out.iterdir() if path.is_dir() and not path.name.startswith(".tmp-"))
        for folder in folders:
            manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
            assert sorted(manifest["files"]) == sorted(path.name for path in folder.iterdir())
            for name, content in manifest["contents"].items():
                assert sha256((folder / name).read_bytes()).hexdigest() == content["sha256"]
        names = [folder.name for folder in folders]
        latest = self.out / "latest.json"
        if latest.exists():
            assert json.loads(latest.read_text("utf-8"))["run"] in names
        return names

    def leftovers(self):
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob(".tmp-*"))

    def survived(self, before):
        """Nothing finished is lost: every file that was there is there, with the same bytes."""
        now = digests(self.root)
        pointer = str(self.out / "latest.json")
        assert {name: now.get(name) for name in before if name != pointer} == {
            name: digest for name, digest in before.items() if name != pointer
        }
        key = self.home / "key"
        assert not key.exists() or key.stat().st_size == 32


@pytest.fixture(scope="session")
def digests_of():
    return digests


@pytest.fixture(scope="session")
def district(tmp_path_factory):
    return write_sample(tmp_path_factory.mktemp("district"), households=60, seed=5, rates=DEFAULT_RATES).folder


@pytest.fixture
def new_place(district, tmp_path):
    """Make a place with input and nothing else."""

    def build(name="srv", root=tmp_path):
        place = Place(root / name)
        (place.root / "in").mkdir(parents=True)
        for path in district.iterdir():
            (place.root / "in" / path.name).write_bytes(path.read_bytes())
        return place

    return build


@pytest.fixture
def place(new_place):
    return new_place()
