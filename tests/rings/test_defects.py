"""Every defect of the catalogue is found, named and located; the sound ring has none of them."""

from dataclasses import replace

import numpy as np
import pytest

from harness.rings import (
    Builder,
    Copies,
    Ring,
    RingError,
    against_description,
    audit,
    compare,
    hash_settings,
    odd_ones,
    read_ring,
)
from harness.rings.findings import Finding, counted
from tests.rings.defects import DEFECTS, Defect, described, devices, sound, written


def builder_of(ring: Ring) -> Builder:
    return Builder(
        ring.part_power,
        float(ring.replicas),
        1,
        ring.version or 0,
        ring.devices,
        ring.table,
        places=ring.places,
    )


def found(defect: Defect) -> tuple[Finding, ...]:
    ring, made = sound(), defect.make(sound())
    if defect.of == "ring":
        assert isinstance(made, Ring)
        return (*audit(made).findings, *against(made))
    if defect.of == "description":
        return tuple(against_description(ring, made))  # type: ignore[arg-type]
    if defect.of == "builder":
        assert isinstance(made, Ring)
        return audit(ring, builder_of(made)).findings
    copies = Copies("account")
    for node in range(6):
        copies.add(f"storage-{node}", written(ring), 100.0)
    copies.absent("proxy") if made is None else copies.add("proxy", made, 100.0)  # type: ignore[arg-type]
    other = devices(sound(2), lambda device: True, port=6201)
    agreement = compare(copies, {"account": ring, "container": other})
    assert [one.holder for one in agreement.outliers] == ["proxy"]
    assert len(agreement.holders) == 6
    return agreement.findings


def against(ring: Ring) -> tuple[Finding, ...]:
    """Only in the eyes of the description can two zones be seen to have been merged."""
    told = against_description(ring, described(sound()))
    return tuple(
        replace(one, kind="unlike-described") for one in told if one.kind == "device-not-as-described"
    )


@pytest.mark.parametrize("defect", [d for d in DEFECTS if d.of != "file"], ids=lambda defect: defect.name)
def test_a_defect_is_found_named_and_located(defect: Defect) -> None:
    kinds = {one.kind: one for one in reversed(found(defect))}
    assert defect.finds in kinds
    finding = kinds[defect.finds]
    assert finding.severity in ("error", "warning")
    assert len(finding.sentence) > 10
    if defect.partitions:
        assert finding.partitions.ranges == defect.partitions
    if defect.devices:
        assert finding.devices == defect.devices


@pytest.mark.parametrize("defect", [d for d in DEFECTS if d.of == "file"], ids=lambda defect: defect.name)
def test_a_file_that_is_no_ring_says_why(defect: Defect) -> None:
    data = defect.make(sound())
    assert isinstance(data, bytes)
    with pytest.raises(RingError, match=defect.finds):
        read_ring(data)


def test_the_sound_ring_has_none() -> None:
    ring = read_ring(written(sound()))
    assert [one for one in audit(ring, builder_of(ring)).findings if one.severity != "info"] == []
    assert against_description(ring, described(ring)) == []
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS) >= 25


def test_a_wrong_suffix_is_found_and_never_told() -> None:
    text = "[swift-hash]\nswift_hash_path_suffix = {}\n"
    settings = {f"storage-{n}": hash_settings(text.format("secret-one")) for n in range(3)}
    settings["proxy"] = hash_settings(text.format("secret-two"))
    assert odd_ones(settings) == ("proxy",)
    assert "secret" not in repr(settings) + settings["proxy"].mark
    for bad in ("[swift-hash\nsecret", "", "[other]\n", "[swift-hash]\n", "x" * 2_000_000):
        with pytest.raises(RingError) as error:
            hash_settings(bad)
        assert "secret" not in str(error.value)


@pytest.mark.parametrize(("mtime", "reason"), [(90.0, "behind"), (110.0, "ahead"), (100.0, "differs")])
def test_who_missed_the_last_push_by_the_time_of_the_file(mtime: float, reason: str) -> None:
    copies = Copies("object")
    for node in range(3):
        copies.add(f"storage-{node}", written(replace(sound(), version=None)), 100.0)
    copies.add("proxy", written(replace(sound(1), version=None)), mtime)
    outlier = compare(copies).outliers[0]
    assert (outlier.holder, outlier.reason) == ("proxy", reason)
    assert outlier.difference is not None
    assert outlier.difference.share == pytest.approx(1.0)


def test_no_majority_and_no_ring() -> None:
    copies = Copies("object")
    copies.add("one", written(sound()))
    copies.add("other", written(sound(1)))
    assert next(one.kind for one in compare(copies).findings) == "no-majority"
    nothing = Copies("object")
    nothing.absent("one")
    nothing.add("other", b"no ring")
    found = compare(nothing)
    assert found.majority is None
    assert not found.agreed
    assert [one.reason for one in found.outliers] == ["missing", "unreadable"]


def test_a_thousand_copies_cost_one_hash_each(monkeypatch: pytest.MonkeyPatch) -> None:
    from harness.rings import agreement

    read: list[int] = []
    monkeypatch.setattr(agreement, "read_ring", lambda data: read.append(len(data)) or read_ring(data))
    copies, data = Copies("object"), written(sound())
    for node in range(1000):
        copies.add(f"storage-{node}", data if node % 100 else data[:-1])
    found = compare(copies)
    assert (len(read), len(found.holders), len(found.outliers)) == (2, 990, 10)
    assert len(found.findings) == 1


def test_one_is_told_as_one() -> None:
    assert counted(1, "replica", "shares", "share") == "1 replica shares"
    assert counted(2, "replica", "shares", "share") == "2 replicas share"
    assert counted(0, "device") == "0 devices"


def test_an_idle_device_is_told_once() -> None:
    """A device with a weight that holds nothing is idle, and not underfull as well."""
    ring = sound()
    rows = tuple(np.where(row == 0, 8, row).astype(row.dtype) for row in ring.table)
    found = audit(replace(ring, table=rows))
    kinds = [finding.kind for finding in found.warnings]
    assert "idle-device" in kinds
    assert "underfull" not in kinds
