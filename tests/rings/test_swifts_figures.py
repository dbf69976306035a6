"""Our figures are Swift's own, ring by ring; where they differ, it is said which of the two counts what."""

from pathlib import Path
from typing import Any

import pytest

from harness.rings import audit, handoff_devices, locate
from harness.rings.plan import Plan
from harness.rings.tiers import Tiers
from tests.rings.generated import SAMPLE, SEEDS, healthy, read

pytest.importorskip("swift.common.ring")
NAMES = [("AUTH_a", None, None), ("AUTH_a", "c", None), ("AUTH_a", "c", "o"), ("AUTH_b", "é", "a/b c")]


@pytest.fixture(autouse=True)
def _hash_suffix(monkeypatch: pytest.MonkeyPatch) -> None:
    from swift.common import utils

    monkeypatch.setattr(utils, "HASH_PATH_PREFIX", b"before", raising=False)
    monkeypatch.setattr(utils, "HASH_PATH_SUFFIX", b"after", raising=False)


def at_risk_of_all(builder: Any) -> float:
    """Swift's sum over every partition; its own loop ends with the shortest row."""
    most, total = builder._build_max_replicas_by_tier(), 0
    for partition in range(builder.parts):
        counts: dict[tuple[Any, ...], int] = {}
        for row in builder._replica2part2dev:
            if partition < len(row):
                device = builder.devs[row[partition]]
                place = (device["region"], device["zone"], device["ip"], device["id"])
                for depth in range(1, 5):
                    counts[place[:depth]] = counts.get(place[:depth], 0) + 1
        depths = [0] * 5
        for tier, count in counts.items():
            depths[len(tier)] += max(0, count - int(most[tier]))
        total += max(depths)
    return total


def check(seed: int, tmp_path: Path) -> None:
    from swift.common.ring import Ring

    builder = healthy(seed)
    ring, kept = read(builder, 1 + seed % 2)
    found = audit(ring, kept)
    nominal = builder.parts * builder.replicas / ring.assigned  # Swift divides by the replicas asked for
    for device, off in builder._build_balance_per_dev().items():
        ours = (ring.off_balance[device] + 100.0) / nominal - 100.0 if builder.devs[device]["weight"] else off
        assert ours == pytest.approx(off, abs=1e-6)
    assert found.balance == pytest.approx(max(map(abs, ring.off_balance.values())), abs=0.006)
    builder._build_dispersion_graph()
    if ring.replicas == int(ring.replicas):
        assert found.dispersion == pytest.approx(builder.dispersion)
    assert found.seen.at_risk == at_risk_of_all(builder)
    same_plan(builder, found.plan)
    builder.get_ring().save(str(tmp_path / "object.ring.gz"))
    theirs = Ring(str(tmp_path / "object.ring.gz"))
    for account, container, name in NAMES:
        partition, nodes = theirs.get_nodes(account, container, name)
        ours = locate(ring, account, container, name, prefix=b"before", suffix=b"after", handoffs=0)
        assert (ours.partition, [d.id for d in ours.primaries]) == (partition, [n["id"] for n in nodes])
    for partition in {0, 1, ring.partitions // 3, ring.partitions - 1}:
        handoffs = [node["id"] for node in theirs.get_more_nodes(partition)]
        assert [device.id for device in handoff_devices(ring, partition, "today")] == handoffs


def same_plan(builder: Any, plan: Plan) -> None:
    """Weighted, wanted and target replicas of every tier, and the required overload."""
    pairs = [
        (builder._build_weighted_replicas_by_tier(), plan.weighted),
        (builder._build_wanted_replicas_by_tier(), plan.wanted),
        (builder._build_target_replicas_by_tier(), plan.target),
    ]
    slack = 2 * len(plan.ring.table) / plan.ring.partitions if plan.ring.replicas % 1 else 1e-6
    for theirs, ours in pairs:
        for tier, shares in zip(plan.tiers.levels, ours, strict=True):
            for key, share in zip(tier.keys, shares.tolist(), strict=True):
                assert share == pytest.approx(theirs.get(key, 0.0), abs=slack), (tier.level, key)
    if not plan.ring.replicas % 1:
        assert plan.required_overload == pytest.approx(builder.get_required_overload(), abs=1e-6)


@pytest.mark.parametrize("seed", SAMPLE)
def test_figures_and_placement_are_swifts(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


@pytest.mark.matrix
@pytest.mark.parametrize("seed", SEEDS)
def test_all_figures_and_placements_are_swifts(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path)


def test_the_most_of_a_tier_is_swifts() -> None:
    builder = healthy(SAMPLE[0])
    ring, _ = read(builder)
    theirs = builder._build_max_replicas_by_tier()
    tiers = Tiers.of(ring.devices, ring.places)
    for tier, most in zip(tiers.levels, tiers.most(float(builder.replicas)), strict=True):
        assert {key: theirs.get(key, 0) for key in tier.keys} == dict(
            zip(tier.keys, most.tolist(), strict=True)
        )
