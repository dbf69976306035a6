"""Secrets of option files against each other: sealed under one run's key, so that equal ones look equal."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.hosts.facts.model import Config, Facts, Unknown

_SEAL = re.compile(r"hmac:[0-9a-f]{16}")
Place = tuple[str, str, str]
"""File, section, option."""


def secrets_of(facts: Facts) -> Iterator[tuple[Place, tuple[str, ...]]]:
    """The seals in the option files of a host, by place."""
    for file, copy in ({} if isinstance(facts.configs, Unknown) else facts.configs).items():
        if not isinstance(copy, Config):
            continue
        for section, options in copy.options.items():
            for option, values in options.items():
                if found := tuple(_SEAL.findall(" ".join(values))):
                    yield (file, section, option), found


@dataclass(frozen=True)
class Unequal:
    """A secret of a file that differs, and the nodes where it is another one; prints as a sentence."""

    file: str
    nodes: tuple[str, ...]
    told: str

    def __str__(self) -> str:
        return f"{self.told}: {', '.join(self.nodes)}"


def unequal_secrets(fleet: Mapping[str, Facts]) -> tuple[Unequal, ...]:
    """Secrets that stand at one place of one file on several hosts and differ, with the odd ones out."""
    found: dict[Place, dict[str, tuple[str, ...]]] = {}
    for node, facts in fleet.items():
        for place, seals in secrets_of(facts):
            found.setdefault(place, {})[node] = seals
    return tuple(
        told for place, holders in sorted(found.items()) if (told := _told(place, holders)) is not None
    )


def _told(place: Place, holders: Mapping[str, tuple[str, ...]]) -> Unequal | None:
    counted = Counter(holders.values()).most_common()
    if len(counted) < 2:
        return None
    file, section, option = place
    where = f"{file}: {f'[{section}] ' if section not in ('', 'DEFAULT') else ''}{option}"
    if counted[0][1] == counted[1][1]:
        return Unequal(file, tuple(holders), f"{where}: no two sides agree")
    odd = [node for node, seals in holders.items() if seals != counted[0][0]]
    return Unequal(file, tuple(odd), f"{where}: other than on most nodes")
