"""What an operator can put right: kinds of error, E-codes, exit codes. Never a cell value.

An error carries a code and parameters, not a sentence; the boundary in `cli` turns them into words.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FINDINGS = 1
    COULD_NOT_START = 2
    BROKE = 3
    LOCKED = 4
    INTERRUPTED = 130


class GridauditError(Exception):
    """Something the operator can put right.

    Args:
        code: The E-code; `messages/errors.toml` holds its sentences.
        near: Nearest matches for what was not found, best first.
        **params: What was seen: file names, columns, counts. Never a cell value.
    """

    exit_code = Exit.COULD_NOT_START

    def __init__(self, code: str, *, near: tuple[str, ...] = (), **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.near = near
        self.params = params


class InputError(GridauditError):
    """A file that cannot be read, or holds no table or no rows."""


class InputErrors(InputError):  # noqa: N818 - several errors in one
    """Several named files that cannot be read, said together."""

    def __init__(self, errors: tuple[InputError, ...]) -> None:
        super().__init__(errors[0].code)
        self.errors = errors


class RuleError(GridauditError):
    """A rule file that is malformed, refused, or clashes with another."""


class ConfigError(GridauditError):
    """A bad option, an unknown key or a contradictory setting."""


class StoreError(GridauditError):
    """A run that cannot be found, read or written."""


class OutputError(GridauditError):
    """A result that could not be written."""

    exit_code = Exit.BROKE


class LockHeldError(GridauditError):
    """Another run is at work; nothing was done."""

    exit_code = Exit.LOCKED
