"""The hosts of a cloud that nobody has described yet, each asked once for all that a base speaks of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from harness.describing.found import Found, shown
from harness.describing.options import FILES
from harness.hosts import Node
from harness.hosts.facts import Facts, Questions, Unknown
from harness.hosts.facts.secrets import Secrets
from harness.hosts.visiting import Visit, visit
from harness.place import Place

_COMMAND = re.compile(r"sh -s < [^:]*: ")


def facts(place: Place, opened: Callable[[str], Node], found: Found) -> dict[str, Facts]:
    """Node → facts, of those that answered; why others did not is told.

    Secrets are replaced before anything is looked at, under a key that is forgotten here.
    """
    if not place.hosts:
        return {}
    questions = Questions(
        files=_named(found.base, "files"), configs=FILES, sysctl=_named(found.base, "sysctl")
    )
    visits = visit(opened, dict.fromkeys(place.hosts, questions), Secrets(), _kept)
    for name, each in visits.items():
        if why := each.refused or each.mute or each.torn:
            found.blind(f"{'the rest of ' if each.facts else ''}{name}", shown(_bare(why, name)))
    return {name: each.facts for name, each in visits.items() if each.facts is not None}


def _bare(why: str, node: str) -> str:
    """A reason without the node and the command that it came of."""
    return _COMMAND.sub("", why.removeprefix(f"{node}: "))


def _kept(visit: Visit, raw: str) -> None:
    """Nothing of an answer is kept but what is made of it."""


def _named(base: Mapping[str, Any], part: str) -> tuple[str, ...]:
    """The files or kernel settings that a base speaks of, of whichever role."""
    shapes = [base.get("hosts") or {}, *(base.get("roles") or {}).values()]
    names = {name for shape in shapes for name in shape.get(part) or ()}
    return tuple(sorted(name for name in names if "{" not in name))


def services(facts: Mapping[str, Facts]) -> dict[str, set[str]]:
    """Node → the services that run there, or that would after a start."""
    return {
        node: {name for name, each in told.services.items() if each.running or each.enabled}
        for node, told in facts.items()
        if not isinstance(told.services, Unknown)
    }


def known(facts: Mapping[str, Facts]) -> dict[str, set[str]]:
    """Node → every service that is known there."""
    return {node: {*told.services} for node, told in facts.items() if not isinstance(told.services, Unknown)}


def addresses(facts: Mapping[str, Facts]) -> Iterator[tuple[str, str]]:
    """Every address that a host says it has, with its node; those of this machine alone left out."""
    for node, told in facts.items():
        if not isinstance(told.interfaces, Unknown):
            for each in told.interfaces.values():
                for address in each.addresses:
                    bare = address.partition("/")[0]
                    if bare != "127.0.0.1" and not bare.startswith(("::1", "fe80:")):
                        yield bare, node
