"""What may be disturbed: which node a disruptive story takes, as the site's grant and the clock allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from harness.arch import Architecture
from harness.site import Site


class Picked(NamedTuple):
    """The place that is disturbed (``storage-1/object-server``), or why none is."""

    place: str
    reason: str = ""


Picking = Callable[[str], Picked]
"""Gives the place for what a story declares, ``object-storage/object-server``: one node with that role."""

NOTHING = "the site does not allow that anything is disturbed (disruptive: {until: …, nodes: […]})"


def picking(site: Site, now: datetime) -> Picking:
    """The first node with the role that the site grants and knows an address of."""

    def pick(disturbs: str) -> Picked:
        role, _, service = disturbs.partition("/")
        nodes = site.arch.nodes_with(role)
        granted = [node for node in nodes if site.may_disturb(node, service)]
        there = [node for node in granted if node in site.hosts]
        reason = _why_not(site, now, service) if nodes else f"no node has the role {role}"
        if not reason and not there:
            names = ", ".join(granted or nodes)
            reason = f"the site {'does not say where these are' if granted else _NONE}: {names}"
        return Picked("", reason) if reason else Picked(f"{there[0]}/{service}")

    return pick


def picking_any(arch: Architecture) -> Picking:
    """The first node with the role: the lab grants all of its own."""

    def pick(disturbs: str) -> Picked:
        role, _, service = disturbs.partition("/")
        nodes = arch.nodes_with(role)
        return Picked(f"{nodes[0]}/{service}") if nodes else Picked("", f"no node has the role {role}")

    return pick


def nothing(disturbs: str) -> Picked:
    """No place: there is no grant."""
    return Picked("", NOTHING)


_NONE = "allows none of these to be disturbed"


def _why_not(site: Site, now: datetime, service: str) -> str:
    if not site.hosts:
        return "the site names no hosts"
    grant = site.file.disruptive
    if grant is None:
        return NOTHING
    if not site.granted(now):
        return f"the site allowed to disturb until {grant.until:%Y-%m-%d %H:%M %Z}, which is over"
    if grant.services and service not in grant.services:
        return f"the site allows to disturb {', '.join(grant.services)}, not {service}"
    return ""
