# ruff: noqa: E501 - a table, a line a defect
"""A catalogue of ring defects as data: how each is made, and by what name it must be found, and where.

A defect changes one sound ring (power 8, 3 replicas, 4 zones of 2 servers with 2 devices) as a file, as a
ring, or as the copies, builder or description beside it. ``finds`` is the kind of a finding, or words of the
``RingError``; ``partitions`` and ``devices`` are what the finding must name.
"""

from __future__ import annotations

import gzip
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from harness.rings import Described, DescribedDevice, Device, Ring

POWER, ZONES, SERVERS, DISKS = 8, 4, 2, 2
PARTITIONS = 1 << POWER


def sound(shift: int = 0) -> Ring:
    """Sixteen equal devices; replica r of partition p is in zone p + r, each device with 48 of them."""
    devices = tuple(
        Device(
            number,
            1,
            1 + number % ZONES,
            f"10.0.{number % ZONES}.{number // ZONES % SERVERS}",
            6200,
            disk,
            100.0,
        )
        for number, disk in enumerate(("sdb", "sdc")[n // (ZONES * SERVERS)] for n in range(16))
    )
    partitions = np.arange(PARTITIONS)
    inside = (partitions // ZONES + shift) % (SERVERS * DISKS)
    rows = [((partitions + replica) % ZONES + ZONES * inside).astype(np.uint16) for replica in range(3)]
    return Ring(POWER, devices, tuple(rows), "R1NG 1", version=20)


def written(ring: Ring, **head: object) -> bytes:
    """The ring as a file of R1NG version 1."""
    by_id = ring.by_id
    devices = [_row(by_id[n]) if n in by_id else None for n in range(ring.places)]
    summary = {"devs": devices, "part_shift": 32 - ring.part_power, "replica_count": len(ring.table)}
    summary |= {"byteorder": "little", "version": ring.version} | head
    text = json.dumps(summary).encode()
    table = b"".join(row.astype("<u2").tobytes() for row in ring.table)
    return gzip.compress(b"R1NG" + struct.pack("!HI", 1, len(text)) + text + table, mtime=0)


def _row(device: Device) -> dict[str, object]:
    parts = ("id", "region", "zone", "ip", "port", "weight", "meta")
    return {part: getattr(device, part) for part in parts} | {"device": device.name}


def described(ring: Ring) -> Described:
    """What would describe the ring."""
    devices = tuple(
        DescribedDevice(d.name, d.ip, d.region, d.zone, d.port, d.weight, f"{d.ip}/{d.name}")
        for d in ring.devices
    )
    return Described(ring.part_power, ring.replicas, devices, 1)


def devices(ring: Ring, chosen: Callable[[Device], bool], **changes: object) -> Ring:
    """Some devices changed."""
    found = tuple(replace(d, **changes) if chosen(d) else d for d in ring.devices)  # type: ignore[arg-type]
    return replace(ring, devices=found)


def without(ring: Ring, *numbers: int) -> Ring:
    """Some devices gone from the list, though not from the table."""
    return replace(ring, devices=tuple(d for d in ring.devices if d.id not in numbers))


def assigned(ring: Ring, replica: int, partition: int | slice, device: int) -> Ring:
    """Some replicas on another device."""
    rows = [row.copy() for row in ring.table]
    rows[replica][partition] = device
    return replace(ring, table=tuple(rows))


def flipped(data: bytes, place: int) -> bytes:
    """One bit turned over."""
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


@dataclass(frozen=True)
class Defect:
    """One way for a ring to be wrong. ``of`` says what is changed: file, ring, copy, builder, description."""

    name: str
    of: str
    make: Callable[[Ring], object]
    finds: str
    partitions: tuple[tuple[int, int], ...] = ()
    devices: tuple[int, ...] = ()


def _all_on_one_server(ring: Ring) -> Ring:
    """Partition 9 on the four disks of one address."""
    for replica, device in enumerate((1, 9, 5)):
        ring = assigned(ring, replica, 9, device)
    return devices(ring, lambda d: d.id in (1, 5, 9), ip="10.0.1.0")


def _merged(ring: Ring) -> Ring:
    return devices(ring, lambda d: d.zone == 2, zone=1)


DEFECTS = (
    # files that cannot be read
    Defect("one flipped bit", "file", lambda r: flipped(written(r), len(written(r)) // 2), "damaged|says|JSON|not"),
    Defect("flipped bit in the sum", "file", lambda r: flipped(written(r), len(written(r)) - 7), "damaged"),
    Defect("truncated gzip", "file", lambda r: written(r)[:-40], "torn"),
    Defect("half a file", "file", lambda r: written(r)[: len(written(r)) // 2], "torn"),
    Defect("empty file", "file", lambda r: b"", "empty"),
    Defect("something behind it", "file", lambda r: written(r) + b"PUT", "3 bytes follow"),
    Defect("not compressed", "file", lambda r: gzip.decompress(written(r)), "not as gzip"),
    Defect("a page instead of a ring", "file", lambda r: gzip.compress(b"<html>"), "not a|pickle"),
    Defect("a replica missing", "file", lambda r: written(r, replica_count=4), "4 rows .* announced, 3"),
    Defect("wrong part power", "file", lambda r: written(r, part_shift=25), "announced"),
    Defect("a device without zone", "file", lambda r: written(r, devs=[{"id": 0}]), "device 0 has no 'zone'"),
    Defect("negative weight", "file", lambda r: written(devices(r, lambda d: d.id == 3, weight=-1)), "device 3: a weight"),
    Defect("unknown byte order", "file", lambda r: written(r, byteorder="middle"), "middle"),
    # rings that can be read
    Defect("device id out of range", "ring", lambda r: assigned(r, 1, 77, 400), "unknown-device", ((77, 77),), (400,)),
    Defect("never assigned", "ring", lambda r: assigned(r, 2, slice(4, 6), 65535), "unassigned", ((4, 5),), (65535,)),
    Defect("removed device in use", "ring", lambda r: without(r, 5), "removed-device", (), (5,)),
    Defect("twice on one device", "ring", lambda r: assigned(r, 1, 40, int(r.table[0][40])), "twice-on-device", ((40, 40),)),
    Defect("all replicas on one server", "ring", _all_on_one_server, "shared-server", ((9, 9),)),
    Defect("two replicas in one zone", "ring", lambda r: assigned(r, 1, 8, 4), "shared-zone", ((8, 8),)),
    Defect("two zones merged", "ring", _merged, "unlike-described"),
    Defect("zero weight and in use", "ring", lambda r: devices(r, lambda d: d.id == 6, weight=0.0), "weightless-holds", (), (6,)),
    Defect("weight raised, not balanced", "ring", lambda r: devices(r, lambda d: d.id == 2, weight=300.0), "underfull", (), (2,)),
    Defect("weight lowered, not balanced", "ring", lambda r: devices(r, lambda d: d.id == 2, weight=20.0), "overfull", (), (2,)),
    Defect("idle device", "ring", lambda r: replace(r, devices=(*r.devices, replace(r.devices[0], id=16, name="sdx"))), "idle-device", (), (16,)),
    Defect("one disk under two ids", "ring", lambda r: devices(r, lambda d: d.id == 8, name="sdb"), "same-disk", (), (0, 8)),
    Defect("a server in two zones", "ring", lambda r: devices(r, lambda d: d.id == 1, ip="10.0.0.0"), "server-in-zones", (), (0, 1, 8)),
    Defect("no port", "ring", lambda r: devices(r, lambda d: d.id == 11, port=0), "no-address", (), (11,)),
    Defect("all weights zero", "ring", lambda r: devices(r, lambda d: True, weight=0.0), "no-weight"),
    Defect("fewer devices than replicas", "ring", lambda r: devices(r, lambda d: d.id > 1, weight=0.0), "too-few-devices"),
    Defect("partitions without a replica", "ring", lambda r: replace(r, table=(r.table[0][:200],)), "unassigned", ((200, 255),)),
    Defect("never balanced", "ring", lambda r: replace(r, table=()), "no-partitions"),
    Defect("no devices", "ring", lambda r: replace(r, devices=()), "no-devices"),
    # against a description
    Defect("described device missing", "description", lambda r: replace(described(r), devices=described(r).devices[:-1]), "device-not-described", (), (15,)),
    Defect("device too many described", "description", lambda r: replace(described(r), devices=(*described(r).devices, DescribedDevice("sdz", "10.9.9.9", 1, 1, 6200, 100.0))), "described-device-missing"),
    Defect("two zones merged, as described", "description", lambda r: described(_merged(r)), "device-not-as-described", (), (1, 5, 9, 13)),
    Defect("other weight described", "description", lambda r: described(devices(r, lambda d: d.id == 4, weight=50.0)), "device-not-as-described", (), (4,)),
    Defect("other power described", "description", lambda r: replace(described(r), part_power=10), "part-power-not-as-described"),
    Defect("other replicas described", "description", lambda r: replace(described(r), replicas=2), "replicas-not-as-described"),
    # against the builder
    Defect("builder newer than ring", "builder", lambda r: replace(r, version=21), "builder-newer"),
    Defect("builder older than ring", "builder", lambda r: replace(r, version=19), "builder-older"),
    Defect("builder assigns otherwise", "builder", lambda r: assigned(r, 0, slice(16, 20), 5), "builder-assigns-otherwise", ((16, 19),)),
    Defect("builder of another power", "builder", lambda r: replace(sound(), part_power=7, table=tuple(row[:128] for row in r.table)), "part-power"),
    Defect("device only in the builder", "builder", lambda r: replace(r, devices=(*r.devices, replace(r.devices[0], id=16, name="sdx"))), "device-not-in-ring", (), (16,)),
    Defect("device only in the ring", "builder", lambda r: without(r, 15), "device-not-in-builder", (), (15,)),
    Defect("device moved in the builder", "builder", lambda r: devices(r, lambda d: d.id == 7, ip="10.0.9.9"), "device-differs", (), (7,)),
    # copies
    Defect("stale ring on one proxy", "copy", lambda r: written(replace(sound(1), version=19)), "copy-behind"),
    Defect("newer ring on one node", "copy", lambda r: written(replace(sound(1), version=21)), "copy-ahead"),
    Defect("one partition elsewhere", "copy", lambda r: written(assigned(r, 0, 33, 13)), "copy-differs", ((33, 33),)),
    Defect("swapped account and container ring", "copy", lambda r: written(devices(sound(2), lambda d: True, port=6201)), "copy-other-ring"),
    Defect("copy of another power", "copy", lambda r: written(replace(r, part_power=7, table=tuple(row[:128] for row in r.table))), "copy-differs"),
    Defect("copy cut off", "copy", lambda r: written(r)[:-9], "copy-unreadable"),
    Defect("no copy", "copy", lambda r: None, "copy-missing"),
)  # fmt: skip
