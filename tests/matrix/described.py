"""The two clouds that are reduced, as plain data that a reduction may change before it is written down."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

import reference_arch

RA = dict[str, Any]
_YAML = YAML(typ="safe")


@dataclass
class Described:
    """An architecture in the making, and the names in it that a site or a neighbour must know.

    ``member`` and ``second`` are ordinary users in tenants of the same name, ``neighbour`` is somebody else.
    """

    ra: RA
    member: str
    second: str
    neighbour: str
    storage: tuple[str, ...] = field(default=())

    def write(self, path: Path) -> Path:
        """The architecture as a file."""
        with path.open("w", encoding="utf-8") as file:
            _YAML.dump(self.ra, file)
        return path


def six_node() -> Described:
    """The shipped six-node cloud with three ordinary users."""
    path = Path(str(reference_arch.__file__)).parent / "essex" / "six-node.yaml"
    ra: RA = _YAML.load(path.read_text(encoding="utf-8"))
    names = ("demo", "alt", "neighbour")
    ra["identity"]["tenants"] = ["admin", "service", *names]
    ra["identity"]["users"] = ["admin", *names, "nova", "glance", "swift"]
    return Described(ra, *names, storage=("storage-[1:3]",))


_USUAL_FLAVORS = ("m1.tiny", "m1.small", "m1.medium", "m1.large", "m1.xlarge")


def other_names() -> Described:
    """A cloud in which nothing is called, numbered or sized as usual."""
    names = ("wharf", "quay", "tug")
    ra: RA = {
        "deployday": 1,
        "name": "harbour",
        "extends": "essex/ubuntu-12.04",
        "region": "Kontor-1",
        "nodes": {
            "mole": {
                "roles": ["database", "bus", "identity", "images", "compute-api", "scheduler", "volume"],
                "volume_group": {"name": "ballast", "at_least": "50 GB"},
            },
            "gate": {"roles": ["dashboard", "object-proxy"]},
            "pier-[07:09]": {"roles": ["compute", "network"]},
            "crane[1:2]-east": {"roles": ["object-storage"], "devices": ["vdb", "vdc", "vdd"]},
            "crane[1:2]-west": {"roles": ["object-storage"], "devices": ["vdb", "vdc", "vdd"]},
        },
        "identity": {
            "token_lifetime": "3 h",
            "roles": ["admin", "_member_", "harbour-master"],
            "tenants": ["admin", "service", *names],
            "users": ["admin", *names, "nova", "glance", "swift"],
        },
        "catalogue": {
            "identity": {"name": "doorman", "port": 5055, "admin": {"port": 35399}},
            "compute": {"name": "shipyard", "port": 8884},
            "image": {"name": "sailmaker", "port": 9393},
            "volume": {"name": "ballast", "port": 8886},
            "object-store": {"name": "warehouse", "port": 8181},
        },
        "compute": {
            "hypervisor": "qemu",
            "rate_limits": [],
            "flavors": {
                **dict.fromkeys(_USUAL_FLAVORS),
                "dinghy": {"id": 71, "ram": "384 MB", "vcpus": 1, "disk": "1 GB"},
                "barge": {"id": 72, "ram": "1536 MB", "vcpus": 2, "disk": "7 GB", "ephemeral": "3 GB"},
                "tanker": {"id": 75, "ram": "6 GB", "vcpus": 3, "disk": "30 GB", "swap": "512 MB"},
            },
        },
        "images": {
            "rope 1.2": {"format": "ami", "public": True, "login": "sailor"},
            "anchor": {"format": "qcow2", "container": "bare", "public": True, "login": "sailor"},
        },
        "network": {
            "manager": "FlatDHCP",
            "multi_host": True,
            "fixed": {"size": "/23"},
            "bridge": "br7",
            "label": "lagoon",
            "floating": {"open sea": {"at_least": 9}, "canal": {"at_least": 5}},
        },
        "volumes": {"driver": "lvm-iscsi", "types": ["iron", "tin"]},
        "objects": {
            "rings": {
                "part_power": 9,
                "zone": "each node",
                "weight": 55,
                "balance": "<= 2 %",
                "account": {"port": 7002},
                "container": {"port": 7001},
                "object": {"port": 7000, "part_power": 10},
            }
        },
        "config": {"nova.conf": {"libvirt_type": "qemu"}},
        "objectives": {"boot": "50 s", "volume": "25 s"},
    }
    return Described(ra, *names, storage=("crane[1:2]-east", "crane[1:2]-west"))
