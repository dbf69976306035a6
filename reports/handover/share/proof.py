"""Proves of what is about to be published that no original is left in it, in whatever form."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from reports.handover.share.renaming import SHAPES

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_QUOTED, _ENTITY, _SPELT = re.compile(r"[\s\"'<>]+"), re.compile("[<>]+"), re.compile('"')
_RUN = re.compile(r"[A-Za-z0-9+/_-]{12,}")
_SHAPED = frozenset({"address", "id", "request id", "MAC address", "key fingerprint", "e-mail address"})


def left(
    texts: Mapping[str, str], originals: Mapping[str, str], images: Iterable[str]
) -> list[tuple[str, str]]:
    """(where, kind) of what is left in one of ``texts`` (where → text).

    ``originals``: in lower case → kind; what stands for another (``images``) is no sign of itself. Texts are
    looked at as they are, without their escapes (URL, HTML, JSON), and unpacked from base64.
    """
    wanted = {name: kind for name, kind in originals.items() if name not in set(images)}
    shaped = {name: kind for name, kind in wanted.items() if kind in _SHAPED}
    named = [(name, kind) for name, kind in wanted.items() if name not in shaped]
    found: dict[tuple[str, str], None] = {}
    for where, text in texts.items():
        for view in _views(text):
            for name, kind in named:
                if name in view and _stands(name, view):
                    found[where, kind] = None
            for match in SHAPES.finditer(view):
                kind = shaped.get(match[match.lastgroup or 0].lower(), "")
                if kind:
                    found[where, kind] = None
    return list(found)


def _stands(name: str, view: str) -> bool:
    """Whether a name stands there by itself: a number after it makes it another, and so do letters around a
    short one.
    """
    after = r"(?!\d)" if name[-1].isdigit() else ""
    body = re.escape(name) + after
    return re.search(body if len(name) > 4 else rf"(?<![^\W_]){body}(?![^\W_])", view) is not None


def _views(text: str) -> Iterator[str]:
    """The text once, line by line, and what its escaped parts say without their escapes."""
    lines = dict.fromkeys(text.splitlines())
    yield "\n".join(lines).lower()
    quoted = [unquote(part, errors="replace") for part in _parts(_QUOTED, lines, "%")]
    yield "\n".join([*quoted, *(unquote(part, errors="replace") for part in quoted)]).lower()
    yield "\n".join(map(html.unescape, _parts(_ENTITY, lines, "&"))).lower()
    spelt = (_ESCAPE.sub(lambda match: chr(int(match[1], 16)), part) for part in _parts(_SPELT, lines, "\\u"))
    yield "\n".join(spelt).lower()
    yield "\n".join(_unpacked(lines)).lower()


def _parts(pattern: re.Pattern[str], lines: Iterable[str], sign: str) -> list[str]:
    """What stands between matches of a pattern and has the sign of an escape in it."""
    found = (part for each in lines if sign in each for part in pattern.split(each) if sign in part)
    return list(dict.fromkeys(found))


def _unpacked(lines: Iterable[str]) -> Iterator[str]:
    """Every text that base64 in it could hold."""
    for run in dict.fromkeys(run for each in lines for run in _RUN.findall(each)):
        plain = run.replace("-", "+").replace("_", "/")
        for start in range(4):
            part = plain[start : len(plain) - ((len(plain) - start) % 4 == 1)]
            try:
                data = base64.b64decode(part + "=" * (-len(part) % 4), validate=True)
            except (binascii.Error, ValueError):
                continue
            if sum(32 <= each < 127 for each in data) > len(data) * 0.8:
                yield data.decode("latin-1")
