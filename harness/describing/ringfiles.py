"""The ring files of a cloud that nobody has described yet: fetched from every host, the majority's taken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from harness.arch.layout import RINGS
from harness.describing.found import Found, shown
from harness.errors import OutOfReach
from harness.hosts import FileMissing, HostError, HostUnreachable, Node
from harness.place import Place
from harness.rings import Builder, Copies, Ring, RingError, audit, compare, read_builder

_AT_ONCE = 16


@dataclass
class Fetched:
    """What one host has: its ring files and builders by ring. One that cannot be entered has none."""

    node: str
    rings: dict[str, bytes] = field(default_factory=dict)
    builders: dict[str, bytes] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    entered: bool = True


@dataclass(frozen=True)
class Held:
    """A ring as most hosts have it, who has it and who could be asked, which share of its replicas (percent)
    stand too close to each other, and how long a partition must rest, where a builder tells.
    """

    ring: Ring
    holders: tuple[str, ...]
    asked: tuple[str, ...]
    dispersion: float
    min_part_hours: int | None = None


def rings(place: Place, opened: Callable[[str], Node], found: Found) -> dict[str, Held]:
    """The rings by name, of those that some host has; what is odd about their copies is told."""
    names = list(place.hosts)
    fetched = [_fetch(opened, name, place) for name in names[:1]]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rings") as pool:
        fetched += pool.map(lambda name: _fetch(opened, name, place), names[1:])
    for each in fetched:
        for what, why in each.failed.items():
            found.blind(f"{what} of {each.node}", why)
    held = {name: one for name in RINGS if (one := _held(name, fetched, found)) is not None}
    lacking = [name for name in RINGS if name not in held]
    if held and lacking:
        found.odd.append(f"no host has a readable {' or '.join(lacking)} ring: object storage is left out")
        return {}
    return held


def _fetch(opened: Callable[[str], Node], name: str, place: Place) -> Fetched:
    found, at = Fetched(name), place.file.rings
    try:
        node = opened(name)
        node.reach()
    except (HostUnreachable, OutOfReach):
        found.entered = False
        return found
    for ring in RINGS:
        for into, path in (
            (found.rings, f"{at.path.rstrip('/')}/{ring}.ring.gz"),
            (found.builders, f"{at.builders.rstrip('/')}/{ring}.builder"),
        ):
            try:
                into[ring] = node.fetch(path)
            except FileMissing as error:
                if not str(error).endswith("no such file"):
                    found.failed[path] = shown(str(error).rpartition(": ")[2])
            except HostError as error:
                found.failed[path] = shown(str(error))
    return found


def _held(name: str, fetched: Iterable[Fetched], found: Found) -> Held | None:
    copies = Copies(name)
    for each in fetched:
        if name in each.rings:
            copies.add(each.node, each.rings[name])
    agreement = compare(copies)
    for finding in agreement.findings:
        found.odd.append(shown(finding.sentence))
    if agreement.majority is None:
        return None
    builder = _builder(name, fetched)
    if builder is None:
        found.blind(f"objects.rings.{name}.min_part_hours", "no host keeps a builder that can be read")
    hours = builder.min_part_hours if builder else None
    dispersion = audit(agreement.majority).dispersion
    asked = tuple(each.node for each in fetched if each.entered)
    return Held(agreement.majority, agreement.holders, asked, dispersion, hours)


def _builder(name: str, fetched: Iterable[Fetched]) -> Builder | None:
    for each in fetched:
        try:
            if name in each.builders:
                return read_builder(each.builders[name])
        except RingError:
            continue
    return None
