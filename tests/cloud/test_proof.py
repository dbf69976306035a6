"""Which names a placement proof takes, and what it says of the copies."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest

from harness.clients.storage import Copy
from harness.cloud.proof import SAMPLE, Proof, sampled
from harness.errors import CloudError
from harness.rings import Device, Placement, Ring, RingError, locate


def ring_of(devices: int, power: int = 8, replicas: int = 3) -> Ring:
    """Each replica a zone of its own, devices in turn."""
    made = tuple(
        Device(n, 1, n % replicas, f"10.0.{n % replicas}.1", 6000, f"sd{n}", 1.0) for n in range(devices)
    )
    parts = np.arange(1 << power)
    of_zone = [[one.id for one in made if one.zone == zone] for zone in range(replicas)]
    table = tuple(np.array(ids, dtype=np.uint16)[parts % len(ids)] for ids in of_zone)
    return Ring(power, made, table)


def located(ring: Ring, name: str, handoffs: int) -> Placement:
    return locate(ring, "AUTH_1", "c", name, suffix=b"s", handoffs=handoffs)


def proof_of(ring: Ring) -> Proof:
    places = sampled(ring, lambda name, more: located(ring, name, more))
    proof = Proof(places, ring, lambda device: f"node-{device.zone}/{device.name}")
    for name, place in places.items():
        hold(proof, name, (device.id for device in place.primaries))
    return proof


def hold(proof: Proof, name: str, devices: Iterable[int], copy: Copy | None = None) -> None:
    for number in devices:
        proof.held[name, number] = copy or Copy(f"etag of {name}", "1.0")


@pytest.mark.parametrize("devices", [3, 6, 60, 64])
def test_a_small_ring_is_met_whole(devices: int) -> None:
    ring = ring_of(devices)
    places = sampled(ring, lambda name, more: located(ring, name, more))
    assert {one.id for place in places.values() for one in place.primaries} == set(range(devices))
    assert list(places)[:SAMPLE] == [f"sample-{n}" for n in range(SAMPLE)]
    assert all(place.partition == located(ring, name, 0).partition for name, place in places.items())


def test_a_large_ring_is_drawn_from_and_no_more() -> None:
    ring = ring_of(90)
    assert len(sampled(ring, lambda name, more: located(ring, name, more))) == SAMPLE


def test_devices_without_a_partition_are_not_waited_for() -> None:
    ring = ring_of(6)
    idle = Ring(ring.part_power, (*ring.devices, Device(6, 1, 1, "10.0.0.9", 6000, "new", 0.0)), ring.table)
    assert len(sampled(idle, lambda name, more: located(idle, name, more))) <= SAMPLE + 6


def test_a_release_that_finds_no_handoff_is_asked_for_none() -> None:
    ring = ring_of(6)

    def essex(name: str, more: int) -> Placement:
        if more:
            raise CloudError(str(RingError("two replicas in zone 1")))
        return located(ring, name, 0)

    assert all(not place.handoffs for place in sampled(ring, essex).values())


def test_all_in_place_is_whole_and_told_with_its_interval() -> None:
    proof = proof_of(ring_of(6))
    assert proof.whole
    assert proof.amiss == ""
    assert "complete 10 of 10 (69 to 100 %)" in proof.told
    assert "zone 10 of 10 (69 to 100 %)" in proof.told


def test_what_is_lacking_and_what_lies_elsewhere_is_told_by_device() -> None:
    proof = proof_of(ring_of(6))
    place = proof.places["sample-3"]
    first, handoff = place.primaries[0], place.handoffs[0]
    del proof.held["sample-3", first.id]
    assert not proof.whole
    assert proof.amiss == f"missing at {proof.label(first)}: sample-3"
    hold(proof, "sample-3", [handoff.id])
    assert proof.amiss.endswith(f"; instead at {proof.label(handoff)}: sample-3")
    assert "complete 9 of 10 (55 to 100 %), a majority 10 of 10" in proof.told


def test_a_copy_that_a_handoff_keeps_beside_all_others_is_amiss() -> None:
    proof = proof_of(ring_of(6))
    hold(proof, "sample-0", [proof.places["sample-0"].handoffs[0].id])
    assert not proof.whole
    assert proof.amiss.startswith("instead at ")
    assert any(share.hits < share.sample for share in proof.spread.apart.values())


def test_other_contents_and_other_moments_are_told_of() -> None:
    proof = proof_of(ring_of(6))
    told = {name: f"etag of {name}" for name in proof.places}
    assert (proof.unlike(told), proof.undated) == ("", "")
    last = proof.places["sample-5"].primaries[-1]
    hold(proof, "sample-5", [last.id], Copy("another", "0.5"))
    assert proof.unlike(told) == proof.undated == f"{proof.label(last)}: sample-5"


def test_many_words_are_bounded() -> None:
    proof = proof_of(ring_of(60))
    proof.held.clear()
    assert "and 55 more devices" in proof.lacking
    assert len(proof.lacking) < 700
