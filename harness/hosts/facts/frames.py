"""The answer of a host taken apart: sections, and the parts that they consist of.

A frame is a line that begins with the nonce. What stands between two frames is made harmless here, once:
control characters become U+FFFD, lines end after 4,096 characters, a part after 20,000 lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from harness.hosts.facts.model import Unknown

LINE = 4096
LINES = 20_000
TABBED = frozenset({"dpkg", "rpm", "floating"})
"""Parts whose columns stand between tabs; in all others a tab is a blank."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_ODD = re.compile(r"[^\t -~]")
_DENIED = re.compile(
    r"permission denied|operation not permitted|must be (?:run (?:as|by) )?(?:the )?(?:super)?(?:root|user)"
    r"|are you root|need to be root|requires root|as a non-root user|root privileges|only root can"
    r"|access denied for user|run as root|\beacces\b",
    re.IGNORECASE,
)
WHY = {
    "late": "it took too long and was ended",
    "skipped": "the time for all questions was used up before it",
}
_LACKING = {
    "missing": "is not on this host",
    "absent": "is not on this host",
    "other": "is no regular file",
    "cut": "is too large",
}


@dataclass(frozen=True)
class Part:
    """What one command printed, or what a file says. ``status``: ``0``…, ``missing``, ``denied``, ``absent``,
    ``other`` (no regular file), ``cut`` (too large); empty where the part was cut short.
    """

    label: str
    lines: tuple[str, ...] = ()
    status: str = ""

    @property
    def ok(self) -> bool:
        """Whether all of it came, and it ended well."""
        return self.status == "0"

    @property
    def came(self) -> bool:
        """Whether it ran to its end, well or not."""
        return self.status.isdecimal()

    @property
    def denied(self) -> bool:
        """Whether another user could see more."""
        return self.status == "denied" or (
            self.status != "0" and any(_DENIED.search(line) for line in self.lines[:50])
        )


@dataclass(frozen=True)
class Section:
    """One part of the facts: ``whole`` where everything came that the script has to say about it."""

    name: str
    parts: dict[str, Part] = field(default_factory=dict)
    whole: bool = False
    why: str = ""

    def part(self, *labels: str) -> Part | None:
        """The first of these parts that there is a text of."""
        found = (self.parts[label] for label in labels if label in self.parts)
        return next((part for part in found if part.came), None)

    def unknown(self, *labels: str) -> Unknown:
        """Why none of these parts tells anything."""
        parts = [self.parts[label] for label in labels if label in self.parts]
        if any(part.denied for part in parts):
            return Unknown(unknown="this user may not see it", denied=True)
        if self.why:
            return Unknown(unknown=self.why)
        for part in parts:
            if part.status in _LACKING:
                return Unknown(unknown=f"{part.label} {_LACKING[part.status]}")
            if part.came and not part.ok:
                return Unknown(unknown=f"{part.label} ended with {part.status}: {_first(part.lines)}")
        if not self.whole:
            return Unknown(unknown="the answer ended before it was told")
        return Unknown(unknown=f"{' or '.join(labels)}: a format never seen")


def _first(lines: tuple[str, ...]) -> str:
    return next((line.strip()[:200] for line in lines if line.strip()), "nothing")


def printable(text: str) -> str:
    """The text without anything that a terminal or a report could take for an order; colours are left out."""
    if not _ODD.search(text):
        return text
    text = _COLOURS.sub("", text)
    return "".join(sign if sign.isprintable() or sign == "\t" else "\ufffd" for sign in text)


def sections(output: str, nonce: str) -> dict[str, Section]:
    """Every section that the answer begins; a line that did not come whole is not taken for one."""
    *lines, rest = output.split("\n")
    reader = _Reader(nonce)
    for line in lines:
        reader.take(line)
    return reader.done(rest)


class _Reader:
    """Takes the lines of an answer one after the other."""

    def __init__(self, nonce: str) -> None:
        self._mark = f"{nonce} "
        self._found: dict[str, Section] = {}
        self._name = ""
        self._whole = False
        self._parts: dict[str, Part] = {}
        self._label: str | None = None
        self._lines: list[str] = []

    def take(self, line: str) -> None:
        """One line: a frame, or text of the open part."""
        if not line.startswith(self._mark):
            if self._label is not None and len(self._lines) <= LINES:
                self._lines.append(line)
            return
        kind, _, rest = line[len(self._mark) :].partition(" ")
        if kind == "{":
            self._close("")
            self._name = rest
        elif kind == "@":
            self._end("")
            self._label, self._lines = printable(rest), []
        elif kind == "?":
            self._end(rest)
        elif kind == "=":
            self._whole = True
        elif kind == "}":
            self._close(rest.partition(" ")[2])

    def done(self, rest: str) -> dict[str, Section]:
        """The sections, the one included in whose middle the answer ended with half a line."""
        self._lines.append(rest)
        self._close("")
        return self._found

    def _end(self, status: str) -> None:
        if self._label is None:
            return
        lines = self._lines if status and self._lines[-1:] != [""] else self._lines[:-1]
        kept = tuple(printable(line.rstrip("\r")[:LINE]) for line in lines[:LINES])
        if self._label not in TABBED:
            kept = tuple(line.replace("\t", " ") for line in kept)
        self._parts.setdefault(self._label, Part(self._label, kept, status))
        self._label, self._lines = None, []

    def _close(self, why: str) -> None:
        self._end("")
        if self._name:
            why = WHY.get(why, why) if not self._whole else ""
            self._found.setdefault(self._name, Section(self._name, self._parts, self._whole, why))
        self._name, self._whole, self._parts = "", False, {}
