"""Swift's rings, read without Swift: the pickles of Essex, R1NG version 1 and version 2, and builder files.

    ring = read_ring(data)                       # RingError says what is wrong with the file, and where
    found = audit(ring, builder)                 # .findings, .ok, .balance, .dispersion, .devices, .levels
    where = locate(ring, account, container, object, suffix=suffix)
    moved = diff(old, new)                       # .partitions, .share, .moves
    copies.add(node, data, mtime); agreement = compare(copies)
    left = what_if(ring, in_zone(2))             # .majority, .minority, .gone
    drawn = picture(found)                       # balance per zone, a map of partitions, as bounded data

``unpickle`` builds nothing but plain data, ``formats`` knows the files, ``model`` holds a ring as arrays. A
file that comes from a host is hostile input: everything is bounded, and what is wrong is a ``RingError``.
Numpy is loaded with the first file, not with this package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from harness.rings.errors import RingError
from harness.rings.model import Builder, Device, Ring
from harness.rings.read import read_builder, read_ring

if TYPE_CHECKING:
    from harness.rings.agreement import Agreement, Copies, Copy, Outlier, agreed, compare
    from harness.rings.auditing import Audit, audit
    from harness.rings.crosschecks import Described, DescribedDevice, against_builder, against_description
    from harness.rings.difference import Difference, diff
    from harness.rings.estimate import Sample, Share, Spread, exact, spread, wilson
    from harness.rings.findings import Finding, Places
    from harness.rings.hashing import HashSettings, hash_settings, odd_ones
    from harness.rings.loss import Loss, in_zone, on_server, what_if
    from harness.rings.picture import picture
    from harness.rings.placement import Placement, handoff_devices, locate, primary_devices

_LATE = {
    "agreement": ("Agreement", "Copies", "Copy", "Outlier", "agreed", "compare"),
    "auditing": ("Audit", "audit"),
    "crosschecks": ("Described", "DescribedDevice", "against_builder", "against_description"),
    "difference": ("Difference", "diff"),
    "estimate": ("Sample", "Share", "Spread", "exact", "spread", "wilson"),
    "findings": ("Finding", "Places"),
    "hashing": ("HashSettings", "hash_settings", "odd_ones"),
    "loss": ("Loss", "in_zone", "on_server", "what_if"),
    "picture": ("picture",),
    "placement": ("Placement", "handoff_devices", "locate", "primary_devices"),
}
_PLACES = {name: module for module, names in _LATE.items() for name in names}


def __getattr__(name: str) -> Any:
    """What needs numpy, when it is asked for."""
    from importlib import import_module

    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"harness.rings.{_PLACES[name]}"), name)
    globals()[name] = found
    return found


__all__ = [
    "Agreement",
    "Audit",
    "Builder",
    "Copies",
    "Copy",
    "Described",
    "DescribedDevice",
    "Device",
    "Difference",
    "Finding",
    "HashSettings",
    "Loss",
    "Outlier",
    "Placement",
    "Places",
    "Ring",
    "RingError",
    "Sample",
    "Share",
    "Spread",
    "against_builder",
    "against_description",
    "agreed",
    "audit",
    "compare",
    "diff",
    "exact",
    "handoff_devices",
    "hash_settings",
    "in_zone",
    "locate",
    "odd_ones",
    "on_server",
    "picture",
    "primary_devices",
    "read_builder",
    "read_ring",
    "spread",
    "what_if",
    "wilson",
]
