"""A description of one controller and many compute nodes."""

from __future__ import annotations

from pathlib import Path


def rack(folder: Path, size: int) -> str:
    """The path of a file that describes it."""
    text = f"""
deployday: 1
name: rack
extends: essex/ubuntu-12.04
nodes:
  controller:
    roles: [database, bus, identity, images, compute-api, scheduler]
  compute-[001:{size:03d}]: {{roles: [compute, network], hardware: {{memory: 16 GB, nics: [eth0]}}}}
compute: {{hypervisor: kvm, scheduler: filter}}
network: {{manager: FlatDHCP, multi_host: true, fixed: {{size: /22}}}}
config:
  nova.conf: {{libvirt_type: kvm}}
hosts:
  hardware: {{cpus: 2}}
objectives: {{clock_skew: 1 s}}
"""
    path = folder / "rack.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)
