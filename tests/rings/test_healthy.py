"""No healthy ring is reported: what weights force is said to be forced."""

import pytest

from harness.rings import Ring, audit
from harness.rings.findings import Finding
from tests.rings.generated import SAMPLE, SEEDS, healthy, read

pytest.importorskip("swift.common.ring")


def reported(found: tuple[Finding, ...]) -> list[str]:
    return [f"{one.severity} {one.kind}: {one.sentence}" for one in found if one.severity != "info"]


def check(seed: int) -> None:
    ring, builder = read(healthy(seed))
    alone, beside = audit(ring), audit(ring, builder)
    assert reported(alone.findings) == []
    assert reported(beside.findings) == []
    assert_sums(ring)


def assert_sums(ring: Ring) -> None:
    found = audit(ring)
    assert sum(device.held for device in found.devices) == ring.assigned
    assert sum(zone.held for zone in found.zones) == ring.assigned
    for level in found.levels:
        assert 0 <= level.forced <= level.excess == level.forced + level.avoidable


@pytest.mark.parametrize("seed", SAMPLE)
def test_a_healthy_ring_is_not_reported(seed: int) -> None:
    check(seed)


@pytest.mark.matrix
@pytest.mark.parametrize("seed", SEEDS)
def test_no_healthy_ring_is_reported(seed: int) -> None:
    check(seed)
