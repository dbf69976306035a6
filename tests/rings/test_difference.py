"""What moved, what a loss costs, and where names belong."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.rings import (
    Device,
    Ring,
    RingError,
    audit,
    diff,
    handoff_devices,
    in_zone,
    locate,
    on_server,
    read_ring,
    what_if,
)
from tests.rings.defects import assigned, devices, sound, without

FIXTURES = Path(__file__).parent / "fixtures"


@st.composite
def rings(draw: st.DrawFn, power: int = 4) -> Ring:
    """Any table over any devices, sound or not."""
    count = draw(st.integers(1, 8))
    listed = tuple(
        Device(n, draw(st.integers(1, 2)), draw(st.integers(1, 3)), f"10.0.0.{draw(st.integers(1, 4))}", 6200,
               f"d{n}", draw(st.sampled_from([0.0, 1.0, 100.0])))
        for n in range(count)
    )  # fmt: skip
    lengths = [1 << power] * draw(st.integers(0, 3)) + [draw(st.integers(1, 1 << power))]
    ids = st.integers(0, count - 1)
    rows = [np.array(draw(st.lists(ids, min_size=n, max_size=n)), dtype=np.uint16) for n in lengths]
    return Ring(power, listed, tuple(rows))


def sets(ring: Ring) -> list[list[int]]:
    return [[int(r[p]) for r in ring.table if p < len(r)] for p in range(ring.partitions)]


@settings(max_examples=60, deadline=None)
@given(rings())
def test_the_audit_counts_what_is_there(ring: Ring) -> None:
    found, rows = audit(ring), sets(ring)
    assert found.seen.twice.count == sum(len(set(row)) < len(row) for row in rows)
    assert {d.id: d.held for d in found.devices} == {
        d.id: sum(row.count(d.id) for row in rows) for d in ring.devices
    }
    zone_of = {d.id: (d.region, d.zone) for d in ring.devices}
    most = {
        key: max(1, int(m))
        for key, m in zip(found.plan.tiers.levels[1].keys, found.plan.most[1], strict=True)
    }
    excess = sum(
        max(0, n - most[zone]) for row in rows for zone, n in Counter(zone_of[i] for i in row).items()
    )
    assert found.level("zone").excess == excess


@settings(max_examples=60, deadline=None)
@given(rings())
def test_a_loss_counts_what_is_left(ring: Ring) -> None:
    lost, rows = what_if(ring, in_zone(1)), sets(ring)
    out = {d.id for d in ring.devices if d.zone == 1}
    left = [(sum(i not in out for i in row), len(row)) for row in rows]
    assert lost.majority == sum(n >= size // 2 + 1 for n, size in left)
    assert lost.whole == sum(n == size > 0 for n, size in left)
    assert lost.gone.count == sum(n == 0 for n, size in left)
    assert lost.partitions == ring.partitions


@settings(max_examples=60, deadline=None)
@given(rings(), st.integers(0, 15), st.randoms())
def test_a_difference_counts_what_moved(ring: Ring, partition: int, dice: object) -> None:
    table = [row.copy() for row in ring.table]
    table[0] = np.roll(table[0], partition)
    other = replace(ring, table=tuple(table))
    moved = diff(ring, other)
    pairs = list(zip(sets(ring), sets(other), strict=True))
    assert moved.partitions.count == sum(set(one) != set(two) for one, two in pairs)
    assert moved.lost.count == sum(bool(one) and not set(one) & set(two) for one, two in pairs)
    assert sum(moved.moves.values()) + moved.added == moved.replicas
    assert diff(ring, ring).same


def test_what_moved_between_which_zones() -> None:
    ring = sound()
    moved = diff(ring, assigned(ring, 0, slice(8, 12), 15))
    assert moved.partitions.ranges == ((8, 11),)
    assert (moved.replicas, moved.share) == (4, pytest.approx(4 / 768))
    assert moved.moves == {((1, 1), (1, 4)): 1, ((1, 2), (1, 4)): 1, ((1, 3), (1, 4)): 1, ((1, 4), (1, 4)): 1}
    assert (moved.across, moved.gains[(1, 4)]) == (3, 3)


def test_disks_are_known_by_their_address() -> None:
    """Other ids for the same disks move nothing; another zone for a disk is a change, not a move."""
    ring = sound()
    turned = replace(
        ring,
        devices=tuple(replace(d, id=(d.id + 3) % 16) for d in ring.devices),
        table=tuple((row + 3) % 16 for row in ring.table),
    )
    assert diff(ring, turned).same
    merged = diff(ring, devices(ring, lambda d: d.id == 5, zone=3))
    assert (merged.partitions.count, [d.id for d in merged.changed], merged.same) == (0, [5], False)
    gone = diff(ring, without(ring, 5))
    assert [d.id for d in gone.left] == [5]


def test_a_raised_part_power_moves_nothing() -> None:
    ring = sound()
    raised = replace(ring, part_power=9, table=tuple(np.repeat(row, 2) for row in ring.table))
    assert diff(ring, raised).same
    with pytest.raises(RingError, match="part powers 9 and 8"):
        diff(raised, ring)


def test_one_zone_of_four_leaves_a_majority() -> None:
    found = what_if(sound(), in_zone(2))
    assert (found.majority, found.whole, found.gone.count, found.keeps_majority) == (256, 64, 0, 1.0)
    assert found.devices == (1, 5, 9, 13)
    two = what_if(sound(), lambda device: device.zone in (1, 2))
    assert two.minority.count + two.majority == 256
    assert two.minority.count == 128
    assert what_if(sound(), on_server("10.0.0.0")).devices == (0, 8)
    assert what_if(sound(), range(16)).gone.count == 256


@pytest.mark.parametrize("name", ["account", "container", "object"])
def test_placements_of_1_4_8(name: str) -> None:
    """Partition, primaries and handoffs that the code of 1.4.8 gave."""
    told = json.loads((FIXTURES / "placements.json").read_text())
    ring, suffix = read_ring((FIXTURES / f"{name}.ring.gz").read_bytes()), told["hash_path_suffix"].encode()
    rows = told["rings"][f"{name}.ring.gz"]
    assert len(rows) > 20
    for row in rows:
        found = locate(ring, row["account"], row["container"], row["object"], suffix=suffix)
        assert found.partition == row["partition"]
        assert [device.id for device in found.primaries] == row["primaries"]
        assert [device.id for device in found.handoffs] == row["handoffs"]


@pytest.mark.parametrize("name", ["account", "container", "object"])
def test_golden_audits_of_1_4_8(name: str) -> None:
    """Balanced to the replica, zones apart; all on one address, as the recordings' set-up was."""
    found = audit(read_ring((FIXTURES / f"{name}.ring.gz").read_bytes()))
    assert [(one.kind, one.severity) for one in found.findings] == [("server-in-zones", "warning")]
    assert (found.balance, found.dispersion, found.overload, found.required_overload) == (0.0, 0.0, None, 0.0)
    assert [(zone.region, zone.zone, zone.held) for zone in found.zones] == [(1, n, 768) for n in range(1, 5)]
    assert [(device.held, device.least, device.most) for device in found.devices] == [(768, 768.0, 768.0)] * 4
    assert all(level.excess == 0 for level in found.levels)
    assert json.loads(json.dumps(found.to_data()))["ring"]["format"] == "pickle"


def test_handoffs_of_both_eras() -> None:
    """1.4.8 asks one device of each zone left over, today's order every device."""
    ring = sound()
    essex = [d.id for d in handoff_devices(ring, 77, "essex")]
    today = [d.id for d in handoff_devices(ring, 77, "today")]
    primaries = set(ring.primaries(77))
    assert len(essex) == 1
    assert ring.by_id[essex[0]].zone not in {ring.by_id[n].zone for n in primaries}
    assert sorted([*today, *primaries]) == list(range(16))
    drained = devices(ring, lambda device: device.id == essex[0], weight=0.0)
    assert [d.id for d in handoff_devices(drained, 77, "essex")] != essex
    with pytest.raises(RingError, match="partition 77 has two replicas in zone"):
        list(handoff_devices(assigned(ring, 1, 77, int(ring.table[0][77])), 77, "essex"))


def test_a_name_needs_its_container() -> None:
    with pytest.raises(ValueError, match="container"):
        locate(sound(), "a", None, "o")
