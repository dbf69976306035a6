"""The lines of a log as entries: who wrote them, when, how bad it is, and the lines that go on with it.

Formats as Essex's services and their neighbours have them: nova and glance ``2012-05-04 06:00:01 ERROR …``,
keystone ``(name): 2012-05-04 06:00:01,123 ERROR …``, syslog ``May  4 06:00:01 host program …`` or with an
ISO date, libvirt with its zone, MySQL ``120504  6:00:01 [ERROR] …``, RabbitMQ
``=ERROR REPORT==== 4-May-2012::06:00:01 ===``.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

LINE = 500
LINES = 60
ERRORS = ("CRITICAL", "FATAL", "ERROR", "TRACE")
_DAY = 86400.0
_TIME = r"(?P<h>\d\d?):(?P<min>\d\d):(?P<s>\d\d)(?P<frac>[.,]\d{1,6})?"
_ISO = rf"(?P<y>\d{{4}})-(?P<mon>\d\d)-(?P<d>\d\d)[ T]{_TIME}(?P<zone>Z|[+-]\d\d:?\d\d)?"
_FORMATS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\((?P<name>[^)]{{0,200}})\): *{_ISO} (?P<rest>.*)",
        rf"{_ISO}:? *(?P<rest>.*)",
        rf"(?P<month>[A-Z][a-z]{{2}}) (?P<d>[ \d]\d) {_TIME} (?P<rest>.*)",
        rf"(?P<yy>\d\d)(?P<mon>\d\d)(?P<d>\d\d) +{_TIME} *(?P<rest>.*)",
        r"=(?P<level>[A-Z]+) REPORT==== (?P<d>\d\d?)-(?P<month>[A-Z][a-z]{2})-(?P<y>\d{4})"
        rf"::{_TIME}(?P<rest>.*)",
    )
)
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
_FIRST = re.compile(r"\s*(?:\d+:? +)?(?:\[?(?P<level>[A-Za-z]+)\]?)(?:\s|:|$)")
_WORD = re.compile(r"\b(?P<level>CRITICAL|FATAL|ERROR|TRACE)\b")
_TRACEBACK = "Traceback (most recent call last)"
_NAMES = {"CRITICAL", "FATAL", "ERROR", "TRACE", "WARNING", "WARN", "NOTE", "INFO", "AUDIT", "DEBUG"}
_SYSLOG = re.compile(r"(?P<host>\S+) (?P<program>[^\s:\[]+)(?:\[\d+\])?:? ?(?P<message>.*)")
_ODD = re.compile(r"[^\t -~\xa0-\U0010ffff]")


@dataclass(frozen=True)
class Clock:
    """A host's clock: seconds that it is ahead of ours, seconds that its zone is east of Greenwich, and what
    it shows now (its epoch seconds).
    """

    offset: float = 0.0
    zone: float = 0.0
    now: float = field(default_factory=time.time)


@dataclass(frozen=True)
class Entry:
    """One entry: the file, when it was written by our clock (None where nothing tells), how bad it is
    (``ERROR``… or ""), the program that a shared file names, and its lines.
    """

    file: str
    at: float | None
    level: str
    text: str
    program: str = ""

    @property
    def bad(self) -> bool:
        """Whether it tells of an error."""
        return self.level in ERRORS

    @property
    def first(self) -> str:
        """Its first line."""
        return self.text.partition("\n")[0]


def parse(file: str, text: str, clock: Clock) -> list[Entry]:
    """The entries of a file, in its order; lines without a time go on with the one before."""
    found: list[Entry] = []
    counts = [0]
    for line in text.splitlines():
        entry = _begun(file, _plain(line), clock)
        if entry is not None and not _goes_on(entry, found[-1] if found else None):
            found.append(entry)
            counts.append(1)
        elif found and line.strip():
            counts[-1] += 1
            if counts[-1] <= LINES:
                found[-1] = _longer(found[-1], _plain(line))
    return found


def _plain(line: str) -> str:
    line = _ODD.sub("\ufffd", line)
    return line if len(line) <= LINE else f"{line[:LINE]}…"


def _goes_on(entry: Entry, before: Entry | None) -> bool:
    """Nova begins each line of a traceback with a time and TRACE: all of them belong to the error before."""
    return (
        entry.level == "TRACE"
        and before is not None
        and before.bad
        and (entry.at is None or before.at is None or abs(entry.at - before.at) <= 1.5)
    )


def _longer(entry: Entry, line: str) -> Entry:
    level = "ERROR" if not entry.bad and _TRACEBACK in line else entry.level
    return replace(entry, text=f"{entry.text}\n{line}", level=level)


def _begun(file: str, line: str, clock: Clock) -> Entry | None:
    for form in _FORMATS:
        found = form.match(line)
        if found:
            parts = found.groupdict()
            program, message = "", parts["rest"]
            if _is_syslog(parts, file):
                said = _SYSLOG.match(parts["rest"])
                program, message = (said["program"], said["message"]) if said else ("", message)
            level = parts.get("level") or _level(message, shared=bool(program))
            return Entry(file, _at(parts, clock), level, line, program)
    return None


def _is_syslog(parts: dict[str, str | None], file: str) -> bool:
    """Whether host and program stand after the time."""
    return ("month" in parts and not parts.get("y")) or bool(parts.get("zone") and "libvirt" not in file)


def _level(message: str, *, shared: bool) -> str:
    """The first word of a message, or in a shared file the first that is a level."""
    first = _FIRST.match(message)
    if first and first["level"].upper() in _NAMES:
        return first["level"].upper()
    word = _WORD.search(message[:200]) if shared else None
    if word:
        return word["level"]
    return "ERROR" if _TRACEBACK in message else ""


def _at(parts: dict[str, str | None], clock: Clock) -> float | None:
    """Epoch seconds by our clock."""
    try:
        month = _MONTHS[str(parts["month"])] if parts.get("month") else int(str(parts["mon"]))
        clocked = (int(str(parts["h"])), int(str(parts["min"])), int(str(parts["s"])))
        fraction = float(f"0.{parts['frac'][1:]}") if parts.get("frac") else 0.0  # type: ignore[index]
        zone = _zone(parts.get("zone"), clock)
        candidates = [
            calendar.timegm((year, month, int(str(parts["d"])), *clocked, 0, 0, 0)) - zone
            for year in _years(parts, clock)
        ]
    except (KeyError, ValueError, OverflowError):
        return None
    return min(candidates, key=lambda each: abs(each - clock.now)) + fraction - clock.offset


def _years(parts: dict[str, str | None], clock: Clock) -> Iterator[int]:
    """Syslog says no year: the one in which the time is nearest."""
    if parts.get("y"):
        yield int(str(parts["y"]))
    elif parts.get("yy"):
        yield 2000 + int(str(parts["yy"]))
    else:
        this = time.gmtime(clock.now).tm_year
        yield from (this - 1, this, this + 1)


def _zone(text: str | None, clock: Clock) -> float:
    if not text:
        return clock.zone
    return zone_of(text)


def zone_of(text: str) -> float:
    """``+0200``, ``+02:00`` or ``Z`` in seconds; raises ``ValueError`` for anything else."""
    if text == "Z":
        return 0.0
    found = re.fullmatch(r"([+-])(\d\d):?(\d\d)", text)
    if not found:
        raise ValueError(f"no time zone: {text[:20]!r}")
    seconds = int(found[2]) * 3600 + int(found[3]) * 60
    return float(-seconds if found[1] == "-" else seconds)
