"""YAML as a person would write it: short mappings on one line, little in quotes."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 110
_PLAIN = re.compile(r"[A-Za-z0-9_/.<+-][A-Za-z0-9_/.<>=%+*()@$~-]*( [A-Za-z0-9_/.<>=%+*()@$~-]+)*\Z")
_KEY = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_.*/+-]*(\[[0-9]+:[0-9]+\][A-Za-z0-9_.*/+-]*)*\Z")
_NOTHING = ("", "~", "null", "Null", "NULL")
_WORDS = re.compile(r"[!-~]+( [!-~]+)*\Z")
_WHOLE: Any = {"break_long_words": False, "break_on_hyphens": False}
"""Texts are folded at blanks only."""
_LIST = "- "
_LONGEST = 400


def scalar(value: str, *, within: bool = True) -> str:
    """A text as YAML reads it back; ``within`` brackets a comma has a meaning."""
    plain = value if within else value.replace(", ", " ")
    if value in _NOTHING or not _PLAIN.match(plain) or value.startswith("- ") or value in ("-", "---"):
        return _quoted(value)
    return value


def _quoted(text: str) -> str:
    """In double quotes, with escapes that YAML knows."""
    letters = json.dumps(text, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else f"\\U{ord(letter):08x}" for letter in letters)


def flow(value: Any) -> str:
    """A value on one line."""
    if value is None:
        return "null"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow_key(name)}: {flow(child)}" for name, child in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(child) for child in value) + "]"
    return scalar(value)


def block(name: str, value: Any, indent: int = 0, *, spread: bool = False) -> Iterator[str]:
    """The lines of a key with its value; ``spread`` keeps a mapping off the line of its key."""
    pad, head = " " * indent, f"{' ' * indent}{_key(name)}:"
    short = f"{head} {scalar(value, within=False) if isinstance(value, str) else flow(value)}"
    if isinstance(value, Mapping) and value and (spread or len(short) > WIDTH):
        yield head
        for inner, child in value.items():
            yield from block(inner, child, indent + 2)
    elif isinstance(value, list) and len(short) > WIDTH:
        yield head
        yield from _wrapped(value, pad + "  ")
    elif isinstance(value, str) and len(short) > WIDTH and _WORDS.match(value):
        yield f"{head} >-"
        yield from (f"{pad}  {line}" for line in textwrap.wrap(value, WIDTH - indent - 2, **_WHOLE))
    else:
        yield short


def _wrapped(items: list[Any], pad: str) -> Iterator[str]:
    """A long list over as many lines as it needs."""
    if any(isinstance(item, Mapping | list) for item in items):
        yield from (f"{pad}{_LIST}{flow(item)}" for item in items)
        return
    line = f"{pad}["
    for index, item in enumerate(items):
        word = flow(item) + ("]" if index == len(items) - 1 else ",")
        if len(line) + len(word) + 1 > WIDTH:
            yield line.rstrip()
            line = f"{pad} "
        line += word + " "
    yield line.rstrip()


def comment(text: str, first: str = "# ", rest: str = "#   ") -> Iterator[str]:
    """A sentence as lines of a comment; nothing in it ends a line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST])
    yield from textwrap.wrap(
        printable, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _key(name: str) -> str:
    return name if _KEY.match(name) and name not in _NOTHING else _quoted(name)


def _flow_key(name: str) -> str:
    return name if _KEY.match(name) and "[" not in name and name not in _NOTHING else _quoted(name)
