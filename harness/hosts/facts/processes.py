"""Processes, their command lines without secrets."""

from __future__ import annotations

import re

from harness.hosts.facts.frames import LINE, Section
from harness.hosts.facts.model import Process, Unknown
from harness.hosts.facts.secrets import Secrets

_ROW = re.compile(r"\s*(?P<pid>\d{1,10})\s+(?P<user>\S+)\s+(?P<command>\S.*)")
_KERNEL = re.compile(r"\[[^\]]+\]\Z")
_INTERPRETER = re.compile(r"(?:.*/)?(?:python[\d.]*|perl|ruby|(?:ba|da)?sh)\Z")


def read_processes(section: Section, secrets: Secrets) -> tuple[Process, ...] | Unknown:
    """All but the kernel's own."""
    part = section.part("ps")
    if part is None or not part.ok:
        return section.unknown("ps")
    rows = (_ROW.match(line) for line in part.lines[1:])
    found = tuple(
        Process(
            pid=int(row["pid"]),
            user=row["user"],
            command=secrets.cut(row["command"].replace("\t", " ").rstrip())[:LINE],
        )
        for row in rows
        if row and not _KERNEL.match(row["command"].strip())
    )
    return found or section.unknown("ps")


def program(command: str) -> str:
    """What runs: the name of the program, or of the script that an interpreter runs."""
    words = command.split()
    if words and _INTERPRETER.match(words[0]):
        words = [word for word in words[1:] if not word.startswith("-")] or words
    return words[0].rpartition("/")[2].rstrip(":") if words else ""
