"""A placement proof: a sample of objects, and every copy of them that the devices hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.clients.errors import WaitTimeout
from harness.clients.storage import Copy
from harness.errors import CloudError
from harness.rings import Device, Placement, Ring, Sample, Share, Spread, spread

if TYPE_CHECKING:
    from harness.cloud.story import Cloud

SAMPLE = 10
"""Objects drawn by chance. If all are complete, at least 69 % of all are, with 95 % confidence (Clopper and
Pearson): enough to know that placement works at all. 88 % would take 29, and each costs a cloud four writes,
four deletions and its clean-up. To count the damage of a sick disk is the business of ``swift-dispersion``.
"""
CONFIDENCE = 0.95
MOST_MET = 64
"""In a ring of at most so many devices every device is met: names are added until each has a copy."""
_MOST_TRIED = 20_000
_SHOWN = 5

Locate = Callable[[str, int], Placement]
"""``locate(name, handoffs)``."""


def sampled(ring: Ring, locate: Locate) -> dict[str, Placement]:
    """``SAMPLE`` names and their places, and those that make the sample meet every device.

    The hash makes chance of any name; those that are added are not drawn by chance and count for no figure.
    """
    chosen = {f"sample-{number}": locate(f"sample-{number}", 0) for number in range(SAMPLE)}
    unmet = (
        {number for number, parts in ring.parts.items() if parts} if len(ring.devices) <= MOST_MET else set()
    )
    unmet -= {device.id for place in chosen.values() for device in place.primaries}
    for number in range(SAMPLE, _MOST_TRIED):
        if not unmet:
            break
        place = locate(f"sample-{number}", 0)
        if met := unmet & {device.id for device in place.primaries}:
            chosen[f"sample-{number}"] = place
            unmet -= met
    return {name: _with_handoff(name, place, locate) for name, place in chosen.items()}


def _with_handoff(name: str, place: Placement, locate: Locate) -> Placement:
    """With the first device that would help out; without one where the release would find none."""
    try:
        return locate(name, 1)
    except CloudError:
        return place


@dataclass
class Proof:
    """What the devices hold of a sample: ``held[name, device id]``."""

    places: Mapping[str, Placement]
    ring: Ring
    label: Callable[[Device], str]
    held: dict[tuple[str, int], Copy] = field(default_factory=dict)

    @property
    def lacking(self) -> str:
        """Which devices lack copies of which objects, in words; "" where none."""
        return self._where(lambda place: place.primaries, lambda _, copy: copy is None)

    @property
    def astray(self) -> str:
        """Which devices hold copies that others should hold."""
        return self._where(lambda place: place.handoffs, lambda _, copy: copy is not None)

    @property
    def whole(self) -> bool:
        """Whether every primary has its copy and no handoff has one."""
        return not self.lacking and not self.astray

    @property
    def amiss(self) -> str:
        """What is lacking and what lies elsewhere, in words."""
        told = (("missing at ", self.lacking), ("instead at ", self.astray))
        return "; ".join(f"{where}{found}" for where, found in told if found)

    def unlike(self, etags: Mapping[str, str]) -> str:
        """Which devices hold copies with another ETag than the proxy told."""
        return self._where(_all, lambda name, copy: copy is not None and copy.etag != etags[name])

    @property
    def undated(self) -> str:
        """Which devices hold copies of another moment than the first copy of the same object."""
        first = {name: self._first(name) for name in self.places}
        return self._where(_all, lambda name, copy: copy is not None and copy.timestamp != first[name])

    def _first(self, name: str) -> str:
        copies = (self.held.get((name, device.id)) for device in _all(self.places[name]))
        return next((copy.timestamp for copy in copies if copy), "")

    def _where(
        self, devices: Callable[[Placement], tuple[Device, ...]], wrong: Callable[[str, Copy | None], bool]
    ) -> str:
        found: dict[str, list[str]] = {}
        for name, place in self.places.items():
            for device in devices(place):
                if wrong(name, self.held.get((name, device.id))):
                    found.setdefault(self.label(device), []).append(name)
        return _listed(found)

    @property
    def spread(self) -> Spread:
        """The shares of objects that lie as meant, with their intervals; of those drawn by chance."""
        drawn = list(self.places.items())[:SAMPLE]
        samples = [
            Sample(place.partition, tuple(number for (of, number) in self.held if of == name))
            for name, place in drawn
        ]
        return spread(self.ring, samples, CONFIDENCE)

    @property
    def told(self) -> str:
        """What is amiss, and the dispersion: shares with the interval of all objects, for each level."""
        found = self.spread
        apart = ", ".join(f"{level} {_told(share)}" for level, share in found.apart.items())
        figure = (
            f"complete {_told(found.complete)}, a majority {_told(found.majority)}; as far apart as the ring "
            f"means by {apart}; with {CONFIDENCE * 100:.0f} % confidence"
        )
        return "; ".join(part for part in (self.amiss, figure) if part)


def _all(place: Placement) -> tuple[Device, ...]:
    return (*place.primaries, *place.handoffs)


def _listed(found: Mapping[str, list[str]]) -> str:
    """Devices with names in words, a few of them."""
    some = [f"{device}: {_few(names)}" for device, names in list(found.items())[:_SHOWN]]
    more = len(found) - len(some)
    return "; ".join(some) + (f"; and {more} more devices" if more else "")


def _few(names: list[str]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _told(share: Share) -> str:
    return f"{share.hits} of {share.sample} ({share.low * 100:.0f} to {share.high * 100:.0f} %)"


def gathered(cloud: Cloud, places: Mapping[str, Placement], limit: float) -> Proof:
    """Ask primaries and first handoffs; those primaries that lack something again, until nothing is lacking
    or ``limit`` seconds are over. Proxies answer when most copies are written: the last may be late.
    """
    storage = cloud.storage
    proof = Proof(places, cloud.rings.ring("object"), storage.label)

    def ask(name: str, device: Device) -> None:
        if (name, device.id) not in proof.held:
            found = storage.copy(device, places[name])
            if found is not None:
                proof.held[name, device.id] = found

    def look() -> Proof:
        for name, place in places.items():
            for device in place.primaries:
                ask(name, device)
        return proof

    with suppress(WaitTimeout):  # what is lacking, the proof tells
        cloud.wait(
            "all copies are there",
            look,
            lambda seen: not seen.lacking,
            limit=limit,
            state=lambda seen: seen.lacking or "complete",
        )
    for name, place in places.items():
        for device in place.handoffs:
            ask(name, device)
    return proof
