"""Keep secrets out of the record.

Two nets, one after the other. *By name*: whatever stands under a name such as ``password`` or
``X-Auth-Token``, in a header, a JSON body, an option file, a URL or a key file, is cut out, and tokens met
there are remembered. *By value*: whatever was registered or remembered is cut out of the row
wherever it stands, raw or in one of the forms in which it travels (``forms``). A value that stands in the
description is public already: it is cut out by name only.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, quote_plus

from harness.arch.clauses import ClauseTable
from harness.evidence.secret_names import NAMES, PATTERNS

MARK = "[redacted]"
SHORTEST = 6
SHORTEST_ENCODED = 8
_DEEPEST = 40
_REMEMBERED = 200
_ENVELOPE = frozenset({"t", "mono", "worker", "seq", "kind"})
"""Written by the recorder itself: no word of the cloud's stands there."""


def forms(secret: str) -> set[str]:
    """The spellings of a secret as they can stand in a JSON row.

    Raw, URL-quoted (with and without slashes, form style, both cases), HTML-escaped, JSON-escaped once and
    twice (with and without non-ASCII), and base64 at each of the three alignments, plain and URL-safe; each
    again as JSON writes it.
    """
    spellings = {secret, secret.encode().decode("latin-1")}
    quoted = {quote(secret, safe=safe) for safe in ("", "/", "/:@!$&'()*+,;=")} | {quote_plus(secret)}
    spellings |= quoted | {re.sub("%..", lambda match: match[0].lower(), text) for text in quoted}
    spellings |= {
        html.escape(secret),
        html.escape(secret, quote=False),
        html.escape(secret).replace("&#x27;", "&#39;"),
    }
    if len(secret) >= SHORTEST_ENCODED:
        spellings |= _base64(secret.encode())
    for _ in range(3):
        spellings |= {
            json.dumps(text, ensure_ascii=ascii)[1:-1] for text in spellings for ascii in (True, False)
        }
    return spellings


def _base64(secret: bytes) -> set[str]:
    """What base64 of any text that contains the secret must contain, whatever stands before and after it."""
    found = set()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + secret).decode().rstrip("=")
        start = (0, 2, 3)[before]
        end = len(text) if (before + len(secret)) % 3 == 0 else len(text) - 1
        found |= {text[start:end], text[start:end].replace("+", "-").replace("/", "_")}
    return found


def public_words(table: ClauseTable) -> frozenset[str]:
    """Every word that a description says: names in paths, and described texts. None of them is a secret."""
    words: set[str] = set()
    for clause in table.clauses.values():
        values = clause.value if isinstance(clause.value, list) else [clause.value]
        words |= {*clause.path, *(value for value in values if isinstance(value, str))}
    return frozenset(words)


class Redactor:
    """Knows the secrets of this process; ``row`` serialises a record row without them.

    Safe to use from threads.
    """

    def __init__(self, *, public: Iterable[str] = ()) -> None:
        self._public = frozenset(public)
        self._known: set[str] = set()
        self._forms: tuple[str, ...] = ()
        self._visible: tuple[str, ...] = ()
        self._lock = threading.Lock()

    def secret(self, *values: str | None) -> None:
        """Register values; those under six characters or public by description are cut out by name only."""
        new = {v for v in values if v and len(v) >= SHORTEST and v != MARK} - self._known - self._public
        if not new:
            return
        with self._lock:
            self._known |= new
            spelled = set(self._forms).union(*(forms(value) for value in new))
            self._forms = tuple(sorted(spelled, key=lambda text: (-len(text), text)))
            self._visible = tuple(spelled.union(_dump(form)[1:-1] for form in spelled))

    def text(self, text: str) -> str:
        """A text without secrets; the length may change."""
        return self._by_value(self._by_name(text))

    def row(self, fields: Mapping[str, Any]) -> str:
        """``fields`` as JSON without secrets; what the recorder itself wrote stays as it is.

        Values are cut out of the texts before they are serialised for good: afterwards a cut could go
        through the middle of an escape and make the row unreadable.
        """
        named = {name: self._field(name, value, self._clean) for name, value in fields.items()}
        text = _dump(named)
        if any(map(text.__contains__, self._visible)):
            cut = {name: self._field(name, value, self._cut_out) for name, value in named.items()}
            text = _dump(cut)
        return text

    def _field(self, name: str, value: Any, how: Callable[[Any, int], Any]) -> Any:
        return value if name in _ENVELOPE else how(value, _DEEPEST)

    def _clean(self, value: Any, depth: int) -> Any:
        """The value in which no member, header or text gives a secret away by its name; JSON-able."""
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if depth <= 0:
            return MARK
        if isinstance(value, Mapping):
            return {
                self._by_name(str(key)): self._member(str(key), item, depth) for key, item in value.items()
            }
        if isinstance(value, (list, tuple, set, frozenset)):
            items = list(value)
            if len(items) == 2 and isinstance(items[0], str) and items[0].lower() in NAMES:
                return [items[0], self._member(items[0], items[1], depth)]
            return [self._clean(item, depth - 1) for item in items]
        return self._by_name(str(value))

    def _cut_out(self, value: Any, depth: int) -> Any:
        """The value in which no text holds a known secret."""
        if isinstance(value, dict):
            return {self._by_value(key): self._cut_out(item, depth) for key, item in value.items()}
        if isinstance(value, list):
            return [self._cut_out(item, depth) for item in value]
        if isinstance(value, str):
            return self._by_value(value)
        return MARK if str(value) in self._known else value

    def _member(self, name: str, value: Any, depth: int) -> Any:
        if name.lower() in NAMES and value not in (None, "", True, False):
            self._learn(value)
            return MARK
        if name == "token" and isinstance(value, Mapping) and isinstance(value.get("id"), str):
            self._learn(value["id"])
            value = {**value, "id": MARK}
        return self._clean(value, depth - 1)

    def _learn(self, value: Any) -> None:
        """Remember what was found under a secret's name, where it is long enough to be no everyday word."""
        if isinstance(value, str) and len(value) >= 2 * SHORTEST_ENCODED and not any(map(str.isspace, value)):
            self.secret(value)

    def _by_name(self, text: str) -> str:
        if len(text) < SHORTEST:
            return text
        for pattern in _concerned(text) if len(text) <= _REMEMBERED else _patterns(text):
            text = pattern.sub(self._cut, text)
        return text

    def _cut(self, match: re.Match[str]) -> str:
        secret = match["secret"]
        if not secret or secret == MARK:
            return match[0]
        self._learn(secret)
        start, end = match.span("secret")
        return match[0][: start - match.start()] + MARK + match[0][end - match.start() :]

    def _by_value(self, text: str) -> str:
        for form in self._forms:
            if form in text:
                text = text.replace(form, MARK)
        return text


def _patterns(text: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of which a text has a word at all."""
    lower = text.lower()
    return tuple(pattern for words, pattern in PATTERNS if any(word in lower for word in words))


_concerned = lru_cache(maxsize=4096)(_patterns)
"""The same, remembered: names of headers and members come with every row."""


class NoRedactor(Redactor):
    """Lets everything through: for the tests which show that the canaries would be found."""

    def text(self, text: str) -> str:
        """The text itself."""
        return text

    def row(self, fields: Mapping[str, Any]) -> str:
        """The fields as JSON."""
        return _dump(dict(fields))


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
