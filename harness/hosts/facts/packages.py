"""Packages and their versions, of dpkg and of rpm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from harness.hosts.facts.frames import Section
from harness.hosts.facts.model import Unknown


def read_packages(section: Section) -> dict[str, str] | Unknown:
    """What is installed: name → version as its manager writes it, with the epoch where there is one.

    Of a package that is installed in several versions the one listed last counts.
    """
    if not section.whole:
        return section.unknown("dpkg", "rpm")
    found: dict[str, str] = {}
    for label, read in (("rpm", _rpm), ("dpkg", _dpkg)):
        part = section.part(label)
        if part is not None and part.ok:
            found.update(read(part.lines))
    return found or section.unknown("dpkg", "rpm")


def _dpkg(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        words = line.split("\t")
        if len(words) == 3 and words[0] and words[2].split()[-1:] == ["installed"]:
            yield words[0], words[1]


def _rpm(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, _, version = line.partition("\t")
        if version and "\t" not in version and name != "gpg-pubkey":
            yield name, version.removeprefix("(none):").removeprefix("0:")
