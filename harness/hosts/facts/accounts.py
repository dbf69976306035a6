"""Accounts and their groups."""

from __future__ import annotations

import re

from harness.hosts.facts.frames import Section
from harness.hosts.facts.model import Unknown, User

_ID = re.compile(r"\d{1,10}")


def read_users(section: Section) -> dict[str, User] | Unknown:
    """By name; password fields are not looked at."""
    passwd, group = section.part("passwd", "/etc/passwd"), section.part("group", "/etc/group")
    if passwd is None or group is None or not passwd.ok or not group.ok:
        return section.unknown("passwd", "/etc/passwd", "group", "/etc/group")
    names, members = _groups(group.lines)
    found: dict[str, User] = {}
    for line in passwd.lines:
        words = line.split(":")
        if len(words) != 7 or not words[0] or not _ID.fullmatch(words[2]) or not _ID.fullmatch(words[3]):
            continue
        own = [names[words[3]]] if words[3] in names else []
        groups = dict.fromkeys([*own, *members.get(words[0], [])])
        found.setdefault(
            words[0],
            User(uid=int(words[2]), gid=int(words[3]), home=words[5], shell=words[6], groups=tuple(groups)),
        )
    return found or section.unknown("passwd")


def _groups(lines: tuple[str, ...]) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Number → name, member → names."""
    names: dict[str, str] = {}
    members: dict[str, list[str]] = {}
    for line in lines:
        words = line.split(":")
        if len(words) == 4 and words[0]:
            names.setdefault(words[2], words[0])
            for member in filter(None, words[3].split(",")):
                members.setdefault(member, []).append(words[0])
    return names, members
