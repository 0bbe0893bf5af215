"""The guard of the rulebook: refuses rule text that is more than a row-wise expression.

`pl.sql_expr` opens files and sockets while it parses a sub-query (`x IN (FROM read_csv('...'))`), so the text is
tokenised against an allow-list before polars sees it.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<comment>--|/\*)
      | (?P<string>'(?:[^']|'')*')
      | (?P<quoted>"[^"]*")
      | (?P<number>\d+(?:\.\d+)?)
      | (?P<word>[^\W\d]\w*)
      | (?P<operator><>|<=|>=|!=|\|\||[-+*%=<>(),~])""",
    re.VERBOSE,
)
_QUERY_WORDS = frozenset("select from with table union except intersect exists any all unnest values into over".split())
_CLOCK_WORDS = frozenset(
    "current_date current_time current_timestamp localtime localtimestamp now today getdate".split()
)
_BEFORE_BRACKET = frozenset("in and or not between like ilike is when then else".split())
FUNCTIONS = frozenset(
    "abs ceil char_length coalesce date_part ends_with extract floor greatest least left length lower ltrim "
    "mod nullif regexp_like replace right round rtrim starts_with strftime strpos substr trim upper".split()
)


def refusal(text: str) -> str | None:
    """Return why `text` is refused as a rule expression, or None when it may be given to polars."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return f"character {text[position]!r} at {position + 1}"
        kind, token = str(match.lastgroup), match.group()
        if kind == "comment":
            return "a comment"
        if kind == "string" and position and text[position - 1].isalnum():
            return "a prefixed string"
        if kind != "space":
            tokens.append((kind, token))
        position = match.end()
    if not tokens:
        return "no text"
    return _refused_token(tokens)


def _refused_token(tokens: list[tuple[str, str]]) -> str | None:
    for index, (kind, token) in enumerate(tokens):
        word = token.lower()
        if kind == "word" and word in _CLOCK_WORDS:
            return f"the clock ({token}): use as_of"
        if kind == "word" and word in _QUERY_WORDS and not _inside_extract(tokens, index):
            return f"the word {token}"
        if kind == "operator" and token.startswith("(") and index and (reason := _refused_call(*tokens[index - 1])):
            return reason
    return None


def _inside_extract(tokens: list[tuple[str, str]], index: int) -> bool:
    """EXTRACT(YEAR FROM x) is the one place for FROM."""
    before = [token.lower() for _, token in tokens[max(0, index - 3) : index]]
    return len(before) == 3 and before[:2] == ["extract", "("] and tokens[index][1].lower() == "from"


def _refused_call(kind: str, token: str) -> str | None:
    if kind in {"quoted", "string", "number"}:
        return f"a call of {token}"
    if kind == "word" and token.lower() not in FUNCTIONS | _BEFORE_BRACKET:
        return f"the function {token}"
    return None
