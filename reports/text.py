"""Text for people: values of clauses, durations, and names that a hostile host or cloud may have chosen.

Whatever a cloud answers ends up in a page, a terminal or an XML file. ``plain`` makes control characters,
bidirectional overrides and other invisible characters visible instead of obeyed; escaping for the format
comes on top of it.
"""

from __future__ import annotations

import json
import re
import time
from typing import Any

# C0 and C1 (tab and newline apart), invisible and bidirectional format characters (UAX #9; Trojan Source,
# CVE-2021-42574), lone surrogates, and the non-characters that XML 1.0 does not allow.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)


def plain(text: str) -> str:
    r"""Text in which nothing is invisible or obeyed by a terminal: ``\x1b[31m``, ``\u202e`` are spelt out."""
    return _UNSAFE.sub(_spell, text.replace("\r\n", "\n"))


def _spell(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def line(text: str, limit: int = 160) -> str:
    """One line of plain text, cut with an ellipsis."""
    flat = " ".join(plain(text[: limit * 8]).split())
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def value(thing: Any) -> str:
    """A described or observed value as a person writes it: text bare, lists with commas, the rest as JSON."""
    if thing is None:
        return "none"
    if isinstance(thing, bool):
        return "true" if thing else "false"
    if isinstance(thing, str):
        return plain(thing) if thing else '""'
    if isinstance(thing, float):
        return f"{thing:g}" if abs(thing) < 1e15 else repr(thing)
    if isinstance(thing, list | tuple) and all(not isinstance(item, dict | list | tuple) for item in thing):
        return ", ".join(value(item) for item in thing) if thing else "[]"
    return plain(json.dumps(thing, ensure_ascii=False, default=str))


def seconds(duration: float | None) -> str:
    """A duration: ``38 ms``, ``4.2 s``, ``60 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if duration is None:
        return "-"
    if duration < 0.9995:
        return f"{duration * 1000:.0f} ms"
    if duration < 99.95:
        return f"{duration:.0f} s" if duration == int(duration) else f"{duration:.1f} s"
    minutes, rest = divmod(round(duration), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def moment(since: float) -> str:
    """Seconds since the epoch as ``2026-11-21 14:02 UTC``."""
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(since))
    except (ValueError, OverflowError, OSError):
        return "?"


def count(number: int, noun: str, plural: str = "") -> str:
    """``1 scenario``, ``2 scenarios``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def size(number: int) -> str:
    """A number of bytes: ``912 B``, ``4.0 kB``, ``1.3 MB``."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
