"""What has changed since an earlier look at hosts and services, and what rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.arch.paths import Path
from harness.fleet.belonging import ALL, of_roles, owners, with_resting
from harness.fleet.change import Change
from harness.fleet.difference import Difference, difference
from harness.fleet.snapshot import Snapshot
from harness.hosts.facts.model import Facts
from harness.hosts.visiting import Visit

TENANT = "tenant "
_ANEW = "{} is another one: this cloud was built anew"
_BY_ITSELF = ("clock", "space", "broker")
"""Parts that move all the time; every run looks at them anew in any case."""
_NAMED = ("config files", "options", "owners", "digests", "packages", "services", "versions", "users")
_HELD = ("ports",)
_OWNED = {"managed": ("nova",), "cluster": ("bus",), "volume_groups": ("nova-volume",)}
_SERVICES = {"identity": "keystone", "compute": "nova", "image": "glance", "volume": "nova-volume"}
_AREAS = {**_SERVICES, "object-store": "swift", "ec2": "nova", "s3": "nova"}


@dataclass(frozen=True)
class Changed:
    """Something is otherwise than it was. ``components`` are those of which nothing earlier holds any more;
    ``@compute-1`` among them stands for all that looked into that host, ``*`` for everything.
    """

    text: str
    components: frozenset[str]

    def touches(self, rests: frozenset[str]) -> bool:
        """Whether what rests on these holds no more; who rests on nothing known is always touched."""
        return ALL in self.components or not rests or bool(self.components & rests)


def hosts_since(
    before: Mapping[str, Visit], now: Mapping[str, Visit], roles: Mapping[str, Iterable[str]]
) -> list[Changed]:
    """What is otherwise on the hosts (node → visit). A host of which only one look tells anything counts as
    changed; one that never told anything cannot be compared, and does not.
    """
    found: list[Changed] = []
    told = _difference(before, now)
    for node in sorted({*before, *now}):
        whole = frozenset({f"@{node}"}) | with_resting(of_roles(roles.get(node, ("unknown",))))
        why = _silent(before.get(node), now.get(node))
        if why:
            found.append(Changed(f"{node} cannot be compared: {why}", whole))
        for change in told.changes.get(node, ()):
            if change.kind not in _BY_ITSELF:
                found.append(Changed(f"{change.what} changed on {node}", _touched(change, node, whole)))
        found += [
            Changed(f"{each} cannot be compared on {node}", whole) for each in told.unseen.get(node, ())
        ]
    return _once(found)


def services_since(before: Mapping[str, object], now: Mapping[str, object]) -> list[Changed]:
    """What is otherwise of the catalogue, versions and extensions (printed path → what was seen), and of the
    harness' own lasting tenants (``TENANT`` and a name → its id); only of what both looks saw.
    """
    return [
        Changed(_ANEW.format(path), frozenset({ALL}))
        if path.startswith(TENANT)
        else Changed(f"{path} changed", _served(path, before[path], now[path]))
        for path in before
        if path in now and before[path] != now[path]
    ]


def discovered(path: Path) -> bool:
    """Whether it is one of the things by which a cloud is known to be the one of before."""
    return path[:1] == ("catalogue",) or path[-1:] == ("extensions",) or path == ("identity", "version")


def unseen_hosts(now: Mapping[str, Visit]) -> list[str]:
    """Hosts that tell nothing of themselves: what changed there nobody can know."""
    return sorted(node for node, visit in now.items() if visit.facts is None)


def _difference(before: Mapping[str, Visit], now: Mapping[str, Visit]) -> Difference:
    both = [n for n in before if n in now and _facts(before[n]) is not None and _facts(now[n]) is not None]
    sides = [
        Snapshot("", "", 0.0, {n: f for n in both if (f := _facts(side[n])) is not None}).without_seals()
        for side in (before, now)
    ]
    return difference(sides[0], sides[1])


def _facts(visit: Visit) -> Facts | None:
    return None if visit.refused or visit.mute else visit.facts


def _silent(before: Visit | None, now: Visit | None) -> str:
    """Why the two looks at a host cannot be held against each other; empty where they can, or where it never
    says anything to this access.
    """
    if before is None or now is None:
        return "it was not visited then" if before is None else "it is not visited any more"
    told, tells = _facts(before) is not None, _facts(now) is not None
    if told == tells:
        return "" if told or now.mute else _why(now)
    return f"it said nothing {'then' if tells else 'now'} ({_why(before if tells else now)})"


def _why(visit: Visit) -> str:
    return visit.refused or visit.mute or visit.torn or "the visit was not over"


def _touched(change: Change, node: str, whole: frozenset[str]) -> frozenset[str]:
    named = change.what.partition(" ")[2] if change.kind not in ("options",) else change.what
    if change.kind in _OWNED:
        found = frozenset(_OWNED[change.kind])
    elif change.kind in _NAMED:
        found = owners(named.removeprefix("of the ").removeprefix("of "))
    elif change.kind in _HELD:
        found = owners(change.before) | owners(change.after)
    else:
        found = frozenset()
    return with_resting(found) if found else whole


def _served(path: str, before: object, now: object) -> frozenset[str]:
    """The components behind a path of what was discovered."""
    if path == "catalogue" and isinstance(before, list) and isinstance(now, list):
        services = {str(each) for each in {*map(str, before)} ^ {*map(str, now)}}
    else:
        first, _, rest = path.partition(".")
        services = {rest.partition(".")[0].strip('["]') if first == "catalogue" else first}
    return with_resting(_AREAS.get(name, name) for name in services)


def _once(found: Iterable[Changed]) -> list[Changed]:
    return list(dict.fromkeys(found))
