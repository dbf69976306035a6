"""Logs of a node, brought in one round trip and read: bounded, and without secrets."""

from __future__ import annotations

import re
import secrets as chance
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.hosts.commands import Asked
from harness.hosts.facts.secrets import Secrets
from harness.hosts.logs.cutting import cut
from harness.hosts.logs.lines import Clock, Entry, parse, zone_of
from harness.hosts.logs.places import Logs
from harness.hosts.logs.script import script

LARGEST = 4 * 1024 * 1024
"""Bytes that a host's answer may have."""
WINDOW = 128 * 1024
"""Bytes at the end of each file that are read for a window of seconds."""
WHOLE = 32 * 1024 * 1024
"""Bytes at the end of each file that a host looks through for errors by itself."""
_LONGEST = 2000
"""Characters of a line that are looked at."""
Ask = Callable[[str, int, float], Asked]
"""``ask(script, limit, timeout)``."""


@dataclass(frozen=True)
class Told:
    """What the logs of a node say of a window.

    ``files`` are those that were read, ``denied`` those that this user may not read; ``short`` are files
    whose part that was read begins after the window. ``why`` says what cut the answer off.
    """

    entries: tuple[Entry, ...] = ()
    files: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class _File:
    path: str
    size: int
    lines: tuple[str, ...]
    first: str = ""


def read_logs(
    ask: Ask,
    places: Sequence[Logs],
    since: float,
    until: float,
    *,
    errors: bool = False,
    timeout: float = 20.0,
    secrets: Secrets | None = None,
) -> Told:
    """The entries of a node's logs between two times (ours, epoch seconds), in the order of time.

    With ``errors`` the host looks through more, and brings only what tells of an error. Raises what ``ask``
    raises.
    """
    nonce = f"log{chance.token_hex(12)}"
    size = WHOLE if errors else WINDOW
    text = script(
        (pattern for place in places for pattern in place.patterns), nonce, size=size, errors=errors
    )
    sent = time.time()
    answer = ask(text, LARGEST, timeout)
    came = time.time()
    sealing = secrets or Secrets()
    frames = list(_frames(answer.text, nonce))
    clock = _clock(frames, sent, came)
    files, denied = list(_files(frames)), tuple(path for word, path, _ in frames if word == "denied")
    entries: list[Entry] = []
    short = []
    for file in files:
        found = parse(file.path, cut("\n".join(line[:_LONGEST] for line in file.lines), sealing), clock)
        entries += [each for each in found if _within(each, since, until) and _counts(each, places)]
        if file.size > size and _begins(file, found, clock) > since:
            short.append(file.path)
    entries.sort(key=lambda each: each.at or 0.0)
    why = "" if answer.complete else answer.why
    if not why and nonce not in answer.text:
        why = " ".join((answer.error or answer.text or "it said nothing").split())[:200]
    return Told(tuple(entries), tuple(file.path for file in files), denied, tuple(short), why)


def ignored(entry: Entry, patterns: Iterable[str]) -> bool:
    """Whether an entry is one of those that a description lets pass; ``*`` stands for anything."""
    text = entry.text.replace("\n", " ")
    return any(fnmatchcase(text, f"*{pattern}*") for pattern in patterns)


def _frames(text: str, nonce: str) -> Iterator[tuple[str, str, list[str]]]:
    """Word, rest of the frame's line, and the lines up to the next frame."""
    held: tuple[str, str, list[str]] | None = None
    for line in text.split("\n"):
        if line.startswith(f"{nonce} "):
            if held:
                yield held
            _, word, rest = (*line.split(" ", 2), "", "")[:3]
            held = (word, rest, [])
        elif held:
            held[2].append(line)
    if held:
        yield held


def _clock(frames: Sequence[tuple[str, str, list[str]]], sent: float, came: float) -> Clock:
    """What the host's clock shows against ours; a host that does not tell has ours, and no zone."""
    for word, rest, _ in frames:
        found = re.fullmatch(r"(\d{1,12}) ([+-]\d{4})", rest) if word == "clock" else None
        if found:
            now = float(found[1])
            off = now - (sent + came) / 2
            return Clock(off if abs(off) > 1.0 + (came - sent) / 2 else 0.0, zone_of(found[2]), now)
    return Clock(now=came)


def _files(frames: Sequence[tuple[str, str, list[str]]]) -> Iterator[_File]:
    path, size, lines, first = "", 0, [], ""  # type: str, int, list[str], str
    for word, rest, held in frames:
        if word == "file":
            found = re.fullmatch(r"\s*(\d{1,15})\s+(/.*)", rest)
            path, size, lines, first = (found[2], int(found[1]), held, "") if found else ("", 0, [], "")
        elif word == "first":
            first, lines = rest, held
        elif word == "end" and path:
            yield _File(path, size, tuple(lines), first)
            path = ""
    if path:
        yield _File(path, size, tuple(lines), first)


def _begins(file: _File, found: Sequence[Entry], clock: Clock) -> float:
    """When the part of a file begins that was read."""
    first = parse(file.path, file.first, clock) or found

    return next((each.at for each in first if each.at is not None), 0.0)


def _within(entry: Entry, since: float, until: float) -> bool:
    return entry.at is not None and since <= entry.at <= until


def _counts(entry: Entry, places: Sequence[Logs]) -> bool:
    """In a file that all share, only the programs of the places count."""
    named = [place.programs for place in places if place.programs]
    if not entry.program or not named:
        return True
    return any(re.fullmatch(programs, entry.program) for programs in named)
