"""The rings of a lab, made by Swift's own builder from the described devices.

A build is kept in a cache by the fingerprint of what went into it, with addresses of the prefix
``127.77.0``; a lab takes a copy and gives the devices its own addresses, as an operator does with
``swift-ring-builder set_info``.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from harness.errors import LabError

RINGS = ("account", "container", "object")
_SEED = 20120405
_FORMAT = 2


@dataclass(frozen=True)
class DeviceSpec:
    """One device of a ring: where it is in the description, its place and its share."""

    node: str
    device: str
    region: int
    zone: int
    port: int
    weight: float


@dataclass(frozen=True)
class RingSpec:
    """What the builder is told about one ring."""

    name: str
    part_power: int
    replicas: float
    min_part_hours: int
    devices: tuple[DeviceSpec, ...]
    seed: int = _SEED

    @property
    def fingerprint(self) -> str:
        """A digest of everything that decides the built files."""
        text = json.dumps([_FORMAT, asdict(self)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def ring_specs(model: Any) -> tuple[RingSpec, ...]:
    """The rings that a resolved architecture describes, in the order account, container, object."""
    rings = model.objects.rings
    return tuple(_spec(name, rings[name]) for name in RINGS if name in rings)


def _spec(name: str, ring: Any) -> RingSpec:
    devices = tuple(
        DeviceSpec(node, device, dev.region, dev.zone, dev.port, float(dev.weight))
        for (node, _, device), dev in ((key.partition("/"), dev) for key, dev in ring.devices.items())
    )
    return RingSpec(name, ring.part_power, ring.replicas, ring.min_part_hours, devices)


def spec_from(row: dict[str, Any]) -> RingSpec:
    """A spec as ``dataclasses.asdict`` wrote it."""
    return RingSpec(**{**row, "devices": tuple(DeviceSpec(**device) for device in row["devices"])})


def build_rings(
    specs: Iterable[RingSpec], target: Path, address: Callable[[str], str], cache: Path
) -> tuple[str, ...]:
    """Write ``<name>.ring.gz`` and ``<name>.builder`` of every ring into ``target``.

    ``address`` gives a node's address in this lab. Returns the names of the rings that were not in the
    cache and had to be built. Raises ``LabError`` where the builder cannot build what is described.
    """
    target.mkdir(parents=True, exist_ok=True)
    built = []
    for spec in specs:
        kept = cache / f"{spec.fingerprint}.builder"
        if not _usable(kept):
            _into_cache(spec, kept)
            built.append(spec.name)
        _copy_with_addresses(spec, kept, target, address)
    return tuple(built)


def build(spec: RingSpec, address: Callable[[str], str]) -> Any:
    """A balanced ``swift.common.ring.RingBuilder`` of one ring."""
    from swift.common.exceptions import RingBuilderError
    from swift.common.ring import RingBuilder

    builder = RingBuilder(spec.part_power, spec.replicas, spec.min_part_hours)
    try:
        for device in spec.devices:
            builder.add_dev(_device(device, address(device.node)))
        builder.rebalance(seed=spec.seed)
        builder.validate()
    except RingBuilderError as error:
        raise LabError(f"the {spec.name} ring cannot be built as described: {error}") from None
    return builder


def save(builder: Any, target: Path, name: str) -> None:
    """Write the ring and its builder file, each complete or not at all."""
    _atomically(target / f"{name}.ring.gz", builder.get_ring().save)
    _atomically(target / f"{name}.builder", builder.save)


def _device(spec: DeviceSpec, address: str) -> dict[str, Any]:
    place = {
        "region": spec.region,
        "zone": spec.zone,
        "device": spec.device,
        "weight": spec.weight,
        "meta": "",
    }
    return place | {
        "ip": address,
        "port": spec.port,
        "replication_ip": address,
        "replication_port": spec.port,
    }


def _into_cache(spec: RingSpec, kept: Path) -> None:
    nodes = list(dict.fromkeys(device.node for device in spec.devices))
    builder = build(spec, lambda node: f"127.77.0.{nodes.index(node) + 1}")
    kept.parent.mkdir(parents=True, exist_ok=True)
    _atomically(kept, builder.save)


def _copy_with_addresses(spec: RingSpec, kept: Path, target: Path, address: Callable[[str], str]) -> None:
    from swift.common.ring import RingBuilder

    builder = RingBuilder.load(str(kept))
    for device, described in zip(builder.devs, spec.devices, strict=True):
        device["ip"] = device["replication_ip"] = address(described.node)
    save(builder, target, spec.name)


def _usable(kept: Path) -> bool:
    """A cached builder that belongs to this user: another user's file would be unpickled."""
    try:
        found = kept.stat()
    except OSError:
        return False
    return found.st_uid == os.getuid() and found.st_size > 0


def _atomically(path: Path, save_to: Callable[[str], None]) -> None:
    folder = Path(tempfile.mkdtemp(prefix=".making-", dir=path.parent))
    try:
        save_to(str(folder / path.name))
        (folder / path.name).replace(path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def cache_folder() -> Path:
    """The user's own cache of built rings (``$XDG_CACHE_HOME``, else ``~/.cache``)."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "deployday" / "rings"
