"""Look for secrets in what was written, knowing nothing of how they are cut out."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, unquote_plus

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')


def found(secret: str, path: Path) -> list[str]:
    """In which spellings a secret can be read from a file."""
    return found_in(secret, path.read_text(encoding="utf-8"))


def found_in(secret: str, text: str) -> list[str]:
    return sorted({name for name, view in _views(text) if secret in view})


def _views(text: str) -> Iterator[tuple[str, str]]:
    for depth, layer in enumerate(_unescaped(text)):
        yield f"raw at depth {depth}", layer
        yield f"URL-quoted at depth {depth}", unquote(layer)
        yield f"form-quoted at depth {depth}", unquote_plus(layer)
        yield f"HTML at depth {depth}", html.unescape(layer)
        for word in _BASE64.findall(layer):
            for start in range(4):
                yield f"base64 at depth {depth}", _decoded(word[start:])


def _unescaped(text: str) -> Iterator[str]:
    """The text, and what its JSON strings say, and what the JSON strings in those say, …"""
    for _ in range(4):
        yield text
        text = "\n".join(_read(literal) for literal in _STRING.findall(text))


def _read(literal: str) -> str:
    try:
        return str(json.loads(literal, strict=False))
    except ValueError:
        return ""


def _decoded(word: str) -> str:
    word = word.replace("-", "+").replace("_", "/")
    return base64.b64decode(word[: len(word) // 4 * 4]).decode("utf-8", "ignore")
