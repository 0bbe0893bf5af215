"""Rule files → `Rulebook`: parsed, checked for what every rule must have, selected, fingerprinted."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gridaudit.errors import ConfigError, RuleError
from gridaudit.rulebook.rule import (
    COUNTED_IN,
    DERIVED_TABLES,
    DIMENSIONS,
    FAMILIES,
    LEVELS,
    LOSSES,
    ROW_TABLES,
    STATUSES,
    VERDICTS,
    Case,
    Rule,
)
from gridaudit.text import Text

_REQUIRED = ("name", "table", "check", "level", "loss", "dimension", "title", "why", "fix", "not_reported")
_KEYS = {
    *_REQUIRED,
    *("when", "any_columns", "counted_in", "columns", "suggestion", "status", "since", "source", "parameters"),
    *("message", "case"),
}
_CASE_KEYS = {"verdict", "row", "table", "parameters", *ROW_TABLES}
_FIRST_CASE = "\n[[case]]"


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The rules of a run, in order of code."""

    rules: tuple[Rule, ...]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over code, file and settings of every rule: equal fingerprints judge alike."""
        lines = (f"{rule.code} {rule.sha256} {rule.level} {sorted(rule.parameters.items())}" for rule in self.rules)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)

    def get(self, code: str) -> Rule:
        """Return the rule with `code`.

        Raises:
            ConfigError: E221, no such rule; the nearest codes are offered.
        """
        for rule in self.rules:
            if rule.code == code.upper():
                return rule
        raise ConfigError("E221", near=self._near(code), selector=code)

    def matching(self, selectors: Iterable[str]) -> frozenset[str]:
        """Return the codes that a list of codes, prefixes and family letters selects.

        Raises:
            ConfigError: E221, a selector that matches no rule.
        """
        chosen: set[str] = set()
        for selector in selectors:
            codes = {rule.code for rule in self.rules if rule.code.startswith(selector.strip().upper())}
            if not codes or not selector.strip():
                raise ConfigError("E221", near=self._near(selector), selector=selector)
            chosen |= codes
        return frozenset(chosen)

    def _near(self, selector: str) -> tuple[str, ...]:
        codes = [rule.code for rule in self.rules]
        names = {rule.name: rule.code for rule in self.rules}
        near = get_close_matches(selector.upper(), codes, n=3)
        return tuple(near) or tuple(names[name] for name in get_close_matches(selector.lower(), list(names), n=3))


def builtin_folder() -> Path:
    """Return the folder of the rules that come with the program (inside the wheel, or beside the package)."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_rulebook(
    *,
    extra_folder: Path | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    with_cases: bool = True,
) -> Rulebook:
    """Load the built-in rules and those of `extra_folder`, with the config's settings per code applied.

    `with_cases` may be false where nobody looks at the cases of the built-in rules: they are half of what is to parse.

    Raises:
        RuleError: A file is malformed, or a code or name is there twice.
        ConfigError: Settings for an unknown rule or parameter.
    """
    rules = [load_rule(path, with_cases=with_cases) for path in sorted(builtin_folder().glob("?/*.toml"))]
    if extra_folder is not None:
        rules += [load_rule(path) for path in sorted(extra_folder.rglob("*.toml"))]
    _refuse_clashes(rules)
    rulebook = Rulebook(tuple(sorted(rules, key=lambda rule: rule.code)))
    return _with_settings(rulebook, settings or {})


def load_rule(path: Path, *, with_cases: bool = True) -> Rule:
    """Load one rule file; its cases stand at its end.

    Raises:
        RuleError: E216 no valid TOML, E217 a key is missing, unknown or has a value it cannot have.
    """
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
        data = tomllib.loads(text if with_cases else text.partition(_FIRST_CASE)[0])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise RuleError("E216", file=path.name) from None
    for key in (*(key for key in _REQUIRED if key not in data), *(key for key in data if key not in _KEYS)):
        raise RuleError("E217", file=path.name, key=key, near=tuple(get_close_matches(key, _KEYS, n=1)))
    tables = (data["table"],) if isinstance(data["table"], str) else tuple(data["table"])
    counted_in = data.get("counted_in")
    for key, value, allowed in (
        *(("table", table, (*ROW_TABLES, *DERIVED_TABLES)) for table in tables),
        ("level", data["level"], LEVELS),
        ("loss", data["loss"], LOSSES),
        ("dimension", data["dimension"], DIMENSIONS),
        ("status", data.get("status", "stable"), STATUSES),
        ("counted_in", counted_in, (*COUNTED_IN, None) if data["loss"] == "none" else COUNTED_IN),
        ("code", path.stem[:1], FAMILIES),
    ):
        if value not in allowed:
            raise RuleError("E217", file=path.name, key=key, near=tuple(str(item) for item in allowed if item))
    return Rule(
        code=path.stem,
        name=data["name"],
        tables=tables,
        when=data.get("when", "TRUE"),
        check=data["check"],
        any_columns=data.get("any_columns", False),
        level=data["level"],
        loss=data["loss"],
        counted_in=counted_in,
        dimension=data["dimension"],
        columns=tuple(data.get("columns", ())),
        suggestion=data.get("suggestion", "none"),
        status=data.get("status", "stable"),
        since=data.get("since", ""),
        source=data.get("source", ""),
        parameters=data.get("parameters", {}),
        title=_text(path, data, "title"),
        why=_text(path, data, "why"),
        fix=_text(path, data, "fix"),
        not_reported=_text(path, data, "not_reported"),
        message=_text(path, data, "message") if "message" in data else None,
        cases=tuple(_case(path, case, tables[0]) for case in data.get("case", ())),
        origin=path,
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _text(path: Path, data: Mapping[str, Any], key: str) -> Text:
    entry = data[key]
    if not isinstance(entry, dict) or not all(
        isinstance(entry.get(lang), str) and entry[lang] for lang in ("zh", "en")
    ):
        raise RuleError("E217", file=path.name, key=f"{key}.zh / {key}.en")
    return Text(entry["zh"], entry["en"])


def _case(path: Path, data: Mapping[str, Any], table: str) -> Case:
    if data.get("verdict") not in VERDICTS or not isinstance(data.get("row"), dict) or set(data) - _CASE_KEYS:
        raise RuleError("E217", file=path.name, key="case")
    return Case(
        verdict=data["verdict"],
        row=data["row"],
        table=data.get("table", table),
        context={name: tuple(data[name]) for name in ROW_TABLES if name in data},
        parameters=data.get("parameters", {}),
    )


def _refuse_clashes(rules: list[Rule]) -> None:
    for attribute in ("code", "name"):
        seen: dict[str, Rule] = {}
        for rule in rules:
            key = getattr(rule, attribute)
            if key in seen:
                raise RuleError("E218", rule=rule.code, file=rule.origin.name, other=seen[key].origin.name)
            seen[key] = rule


def _with_settings(rulebook: Rulebook, settings: Mapping[str, Mapping[str, Any]]) -> Rulebook:
    changed = {rule.code: rule for rule in rulebook}
    for code, values in settings.items():
        rule = rulebook.get(code)
        parameters = dict(rule.parameters)
        level: Any = values.get("level", rule.level)
        for key, value in values.items():
            if key in {"level", "enabled"}:
                continue
            if key not in parameters:
                near = tuple(get_close_matches(key, ["level", "enabled", *parameters], n=2))
                raise ConfigError("E202", near=near, key=f"rules.{code}.{key}")
            if type(value) is not type(parameters[key]) and not (
                isinstance(value, (int, float)) and isinstance(parameters[key], (int, float))
            ):
                raise ConfigError("E203", key=f"rules.{code}.{key}")
            parameters[key] = value
        if level not in LEVELS:
            raise ConfigError("E203", key=f"rules.{code}.level")
        if values.get("enabled", True) is False:
            del changed[rule.code]
        else:
            changed[rule.code] = replace(rule, parameters=parameters, level=level)
    return Rulebook(tuple(changed.values()))
