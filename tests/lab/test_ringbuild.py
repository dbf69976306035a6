"""Rings as described, from Swift's own builder, kept by what went into them."""

from dataclasses import replace

import pytest
from swift.common.ring import RingBuilder, RingData

from harness.arch import load
from harness.errors import LabError
from harness.lab.ringbuild import build_rings, ring_specs


@pytest.fixture(scope="module")
def model():
    return load("essex/six-node").model


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


def address(prefix):
    return lambda node: f"{prefix}.{int(node[-1]) + 3}"


def test_the_files_are_what_the_description_says(model, cache, tmp_path):
    build_rings(ring_specs(model), tmp_path, address("127.77.9"), cache)
    for name, described in model.objects.rings.items():
        ring = RingData.load(str(tmp_path / f"{name}.ring.gz"))
        assert ring.part_power == described.part_power
        assert ring.replica_count == described.replicas
        found = {f"storage-{int(d['ip'][-1]) - 3}/{d['device']}": d for d in ring.devs}
        assert found.keys() == described.devices.keys()
        for key, device in described.devices.items():
            row = found[key]
            assert (row["region"], row["zone"], row["weight"], row["port"]) == (
                device.region, device.zone, device.weight, device.port
            )  # fmt: skip
            assert row["ip"] == row["replication_ip"] == f"127.77.9.{int(key[8]) + 3}"
        builder = RingBuilder.load(str(tmp_path / f"{name}.builder"))
        assert builder.min_part_hours == described.min_part_hours
        assert builder.get_balance() <= described.balance


def test_a_second_lab_takes_them_from_the_cache_with_its_own_addresses(model, cache, tmp_path):
    specs = ring_specs(model)
    build_rings(specs, tmp_path / "a", address("127.77.1"), cache)
    assert build_rings(specs, tmp_path / "b", address("127.77.2"), cache) == ()
    first, second = (RingData.load(str(tmp_path / place / "object.ring.gz")) for place in "ab")
    assert {d["ip"].rpartition(".")[0] for d in first.devs} == {"127.77.1"}
    assert {d["ip"].rpartition(".")[0] for d in second.devs} == {"127.77.2"}
    assert [list(row) for row in first._replica2part2dev_id] == [
        list(row) for row in second._replica2part2dev_id
    ]


def test_what_differs_is_built_anew(model, cache, tmp_path):
    spec = next(spec for spec in ring_specs(model) if spec.name == "object")
    for changed in (replace(spec, part_power=spec.part_power + 1), replace(spec, seed=1)):
        assert changed.fingerprint != spec.fingerprint
    built = build_rings([replace(spec, part_power=8)], tmp_path, address("127.77.1"), cache)
    assert built == ("object",)


def test_what_cannot_be_built_is_said(model, cache, tmp_path):
    spec = next(spec for spec in ring_specs(model) if spec.name == "object")
    with pytest.raises(LabError, match="the object ring cannot be built as described"):
        build_rings([replace(spec, devices=())], tmp_path, address("127.77.1"), cache)
    assert not list(tmp_path.iterdir())


def test_an_interrupted_build_leaves_nothing_that_is_taken_for_one(model, tmp_path):
    spec = next(spec for spec in ring_specs(model) if spec.name == "object")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / f"{spec.fingerprint}.builder").touch()
    assert build_rings([spec], tmp_path / "rings", address("127.77.1"), tmp_path / "cache") == ("object",)
