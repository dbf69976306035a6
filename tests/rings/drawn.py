"""Rings worth a picture: sound ones of any size, and broken ones, laid out without Swift's builder."""

from __future__ import annotations

import dataclasses

import numpy as np

from harness.rings import Device, Ring


def devices(zones: int, servers: int, disks: int, weight: float = 100.0) -> tuple[Device, ...]:
    """A ring's devices: so many zones of so many servers of so many disks."""
    places = [
        (zone, server, disk) for zone in range(zones) for server in range(servers) for disk in range(disks)
    ]
    return tuple(
        Device(number, 1, zone + 1, f"10.0.{zone + 1}.{server + 1}", 6000, f"sd{disk}", weight)
        for number, (zone, server, disk) in enumerate(places)
    )


def sound(power: int, zones: int = 3, servers: int = 1, disks: int = 2, seed: int = 1) -> Ring:
    """A ring of three replicas, each in another zone, within a zone dealt out evenly and shuffled."""
    dice, found = np.random.default_rng(seed), devices(zones, servers, disks)
    each, rows = len(found) // zones, []
    for replica in range(3):
        row = np.zeros(1 << power, np.uint16)
        for zone in range(zones):
            here = np.flatnonzero((np.arange(1 << power) + replica) % zones == zone)
            row[here] = zone * each + dice.permutation(len(here)) % each
        rows.append(row)
    return Ring(power, found, tuple(rows), "R1NG v1")


def overfull(ring: Ring, device: int, replicas: int) -> Ring:
    """The same with so many replicas more on a device, each of a partition that it does not have."""
    rows = [row.copy() for row in ring.table]
    free = np.flatnonzero(~np.any([row == device for row in rows], axis=0))[:replicas]
    for number, partition in enumerate(free.tolist()):
        rows[number % len(rows)][partition] = device
    return dataclasses.replace(ring, table=tuple(rows))


def torn(ring: Ring) -> Ring:
    """The same with replicas on nobody, on one device twice, in one zone, and one weightless device."""
    rows = [row.copy() for row in ring.table]
    rows[0][:40] = len(ring.devices) + 5
    rows[1][100:160] = rows[0][100:160]
    rows[2][200:300] = rows[1][200:300] ^ 1
    found = [dataclasses.replace(one, weight=0.0) if one.id == 1 else one for one in ring.devices]
    return Ring(ring.part_power, tuple(found), tuple(rows), ring.format)


def named(ring: Ring, name: str) -> Ring:
    """The same with a name for each disk and address that a hostile host chose."""
    found = [dataclasses.replace(one, name=f"{name}{one.id}", ip=name) for one in ring.devices]
    return dataclasses.replace(ring, devices=tuple(found))
