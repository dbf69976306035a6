"""Paths that were asked for, and settings of the kernel."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from typing import Any, Literal

from harness.hosts.facts.frames import Part, Section
from harness.hosts.facts.model import File, Unknown

Kind = Literal["file", "folder", "link", "other"]
_STAT = re.compile(
    r"(?P<mode>[0-9a-f]{1,8})\|(?P<size>\d{1,19})\|(?P<owner>[^|]*)\|(?P<group>[^|]*)\|(?P<path>/.*)"
)
_LS = re.compile(
    r"(?P<kind>.)(?P<mode>[-rwxsStT]{9})[.+@]?\s+\d+\s+(?P<owner>\S+)\s+(?P<group>\S+)\s+"
    r"(?:(?P<size>\d{1,19})|\d+,\s*\d+)\s+(?P<rest>.*)"
)
_DIGESTS = (
    re.compile(r"(?P<digest>[0-9a-f]{64}) [ *](?P<path>/.*)"),
    re.compile(r"SHA2?-?256\((?P<path>/.*)\)= (?P<digest>[0-9a-f]{64})"),
)
_REFUSED = re.compile(r"grep: (?P<path>/proc/sys/.*): (?:Permission denied|Operation not permitted)")
_LETTERS: dict[str, Kind] = {"-": "file", "d": "folder", "l": "link"}


def read_files(section: Section, asked: tuple[str, ...]) -> dict[str, File | Unknown] | Unknown:
    """By path; what came before an answer was cut short is kept."""
    looked = section.parts.get("looked")
    if not asked:
        return {}
    found: dict[str, File | Unknown] = {}
    for line in looked.lines if looked else ():
        word, _, path = line.partition(" ")
        if path in asked and word == "absent":
            found[path] = File(kind="absent")
        elif path in asked and word == "denied":
            found[path] = Unknown(unknown="this user may not look there", denied=True)
    digests = dict(_digests(section))
    for path, told in _seen(section, asked):
        digest = digests.get(path, "") if told["kind"] in ("file", "link") else ""
        found[path] = File(**told, sha256=digest)
    lost = section.unknown("stat", "ls")
    return {path: found.get(path, lost) for path in asked}


def _digests(section: Section) -> Iterator[tuple[str, str]]:
    part = section.parts.get("sha256sum") or section.parts.get("openssl")
    for line in part.lines if part else ():
        for pattern in _DIGESTS:
            if match := pattern.fullmatch(line):
                yield match["path"], match["digest"]


def _seen(section: Section, asked: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What ``stat`` has told; where it does not know its option, what ``ls`` has."""
    yield from _from_ls(section.parts.get("ls"), asked)
    part = section.parts.get("stat")
    for match in filter(None, map(_STAT.fullmatch, part.lines if part else ())):
        if match["path"] in asked:
            yield match["path"], _from_stat(match)


def _from_stat(match: re.Match[str]) -> dict[str, Any]:
    mode = int(match["mode"], 16)
    kinds: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    return {
        "kind": kinds.get(stat.S_IFMT(mode), "other"),
        "mode": f"{stat.S_IMODE(mode):04o}",
        "size": int(match["size"]),
        "owner": _name(match["owner"]),
        "group": _name(match["group"]),
    }


def _from_ls(part: Part | None, asked: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for match in filter(None, map(_LS.fullmatch, part.lines if part else ())):
        rest = match["rest"].partition(" -> ")[0] if match["kind"] == "l" else match["rest"]
        path = max((path for path in asked if rest.endswith(f" {path}")), key=len, default="")
        if path:
            yield (
                path,
                {
                    "kind": _LETTERS.get(match["kind"], "other"),
                    "mode": _octal(match["mode"]),
                    "size": int(match["size"]) if match["size"] else None,
                    "owner": _name(match["owner"]),
                    "group": _name(match["group"]),
                },
            )


def _name(text: str) -> str:
    return "" if text == "UNKNOWN" else text


def _octal(letters: str) -> str:
    """``rwxr-s--T`` → ``3750``… as four octal digits."""
    bits = sum(1 << (8 - place) for place, letter in enumerate(letters) if letter in "rwxst")
    special = sum(4 >> place for place in range(3) if letters[place * 3 + 2] in "sStT")
    return f"{special:o}{bits:03o}"


def setting_path(name: str) -> str:
    """Where the kernel has a setting: dots are slashes, and a slash in a name is a dot of an interface's."""
    return "/proc/sys/" + name.translate(str.maketrans("./", "/."))


def read_sysctl(section: Section, asked: tuple[str, ...]) -> dict[str, str] | Unknown:
    """Settings that the kernel has; one that it does not have is not in it; of a long one, its first line."""
    if not asked:
        return {}
    part = section.part("settings")
    if part is None:
        return section.unknown("settings")
    names = {setting_path(name): name for name in asked}
    found: dict[str, str] = {}
    for line in part.lines:
        refused = _REFUSED.fullmatch(line)
        if refused and refused["path"] in names:
            return Unknown(unknown=f"this user may not read {names[refused['path']]}", denied=True)
        path, colon, value = line.partition(":")
        if colon and path in names:
            found.setdefault(names[path], " ".join(value.split()))
    return found
