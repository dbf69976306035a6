"""What a user may write, once files are merged and node ranges expanded.

``reference_arch/README.md`` explains each key by example.

Every scalar arrives as the text that was written. What can be derived has no key here; what may be left out
is ``None`` and then follows from something else. Each mapping may also carry ``level``, which is taken off
before.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from harness.arch.fields import (
    DeviceName,
    Disk,
    Duration,
    Flag,
    Memory,
    Name,
    Names,
    NodeName,
    Number,
    Percent,
    Port,
    Prefix,
    Rates,
    Text,
    UrlPath,
    Whole,
    Zones,
)
from harness.arch.grammar_hosts import HostShape
from harness.arch.written import Written, key

Scheme = Literal["http", "https"]


class VolumeGroup(Written):
    """The LVM volume group of a node that has the role volume."""

    name: Name = key("name of the volume group")
    at_least: Disk = key("its size at least")


class Device(Written):
    """A disk that a storage node gives to the rings."""

    weight: Number | None = key("its weight, if not that of the rings", default=None)


class Node(HostShape):
    """One host; a key such as compute-[1:8] stands for eight."""

    roles: Names = key("what runs on it; each role stands in the table roles", min_length=1)
    devices: dict[DeviceName, Device] | None = key(
        "disks of a storage node: a list, or names with weights", default=None
    )
    volume_group: VolumeGroup | None = key("for nova-volume with LVM", default=None)
    zone: Whole | None = key(
        "zone of its ring devices, if not by the rule of the rings", default=None, ge=1, le=9999
    )

    @model_validator(mode="before")
    @classmethod
    def _devices_by_name(cls, value: Any) -> Any:
        devices = value.get("devices") if isinstance(value, dict) else None
        if isinstance(devices, list) and all(isinstance(name, str) for name in devices):
            twice = sorted({name for name in devices if devices.count(name) > 1})
            if twice:
                raise PydanticCustomError("twice", "a device is given twice", {"found": ", ".join(twice)})
            return {**value, "devices": {name: {} for name in devices}}
        return value


class Package(Written):
    """Packages by a pattern of their names."""

    short = "version"
    version: Name = key("version, as a pattern")


class Role(HostShape):
    """A row of the table of roles, usually from a base."""

    services: Names = key("services that run where the role is")
    ports: list[Port] = key(
        "ports it listens on that stand neither in the catalogue nor in the rings", default=[]
    )
    needs: Names = key("roles that some node must have", default=[])
    host_services: Names = key("what the compute API lists for such a host", default=[])
    packages: dict[Name, Package] = key("packages that come with it, by a pattern of their names", default={})


class Kind(Written):
    """The product behind a generic part."""

    short = "kind"
    kind: Name = key("mysql, postgresql; rabbitmq, qpid")


class Identity(Written):
    """Keystone."""

    backend: Literal["sql", "ldap", "pam", "kvs"] = key("where users are kept")
    catalogue: Literal["sql", "templated"] = key("where the catalogue is kept")
    version: Name = key("id of the API version")
    token_lifetime: Duration = key("how long a token lives")
    roles: Names = key("roles that must be there")
    tenants: Names = key("tenants that must be there")
    users: Names = key("users that must be there")
    extensions: Names = key("aliases of extensions on the admin port")


class Endpoint(Written):
    """What differs from the service's own node, port and path."""

    scheme: Scheme | None = key("http or https", default=None)
    node: NodeName | None = key("the node it points to, if not the first that has the role", default=None)
    port: Port | None = key("its port", default=None)
    path: UrlPath | None = key("its path; {tenant_id} stands for the tenant", default=None)


class Service(Written):
    """One service of the catalogue, by type."""

    name: Name = key("its name in the catalogue")
    version: Name | None = key(
        "the id that its root document calls current; none if it has no such document", default=None
    )
    role: Name = key("the role that answers it; without such a node the cloud does not have the service")
    scheme: Scheme = key("http or https", default="http")
    port: Port = key("its port")
    path: UrlPath = key("its path; {tenant_id} stands for the tenant")
    public: Endpoint = key("what differs on the public interface", default=Endpoint())
    internal: Endpoint = key("what differs on the internal interface", default=Endpoint())
    admin: Endpoint = key("what differs on the admin interface", default=Endpoint())


class Extension(Written):
    """An extension of the compute API, by alias."""

    name: Name = key("its name")
    updated: Text = key("its date, as the API gives it")


class Flavor(Written):
    """A server size, by name."""

    id: Name = key("its id in the API")
    ram: Memory = key("memory, in MB if no unit is given")
    vcpus: Whole = key("processors")
    disk: Disk = key("root disk, in GB if no unit is given")
    ephemeral: Disk = key("second disk, in GB", default=0)
    swap: Memory = key("swap, in MB", default=0)


class Quotas(Written):
    """Default quotas of a tenant, under the API's names and in its units."""

    instances: Whole = key("servers")
    cores: Whole = key("processors")
    ram: Memory = key("memory, in MB")
    floating_ips: Whole = key("floating addresses")
    metadata_items: Whole = key("metadata items of a server")
    injected_files: Whole = key("files given at boot")
    injected_file_content_bytes: Whole = key("bytes of each such file")
    security_groups: Whole = key("security groups")
    security_group_rules: Whole = key("rules of a group")
    volumes: Whole = key("volumes")
    gigabytes: Disk = key("their total size, in GB")


class Limits(Written):
    """Absolute limits, under the API's names."""

    maxServerMeta: Whole = key("metadata items of a server")  # noqa: N815
    maxPersonality: Whole = key("files given at boot")  # noqa: N815
    maxImageMeta: Whole = key("metadata items of an image")  # noqa: N815
    maxPersonalitySize: Whole = key("bytes of each file given at boot")  # noqa: N815
    maxTotalCores: Whole = key("processors of a tenant")  # noqa: N815
    maxTotalInstances: Whole = key("servers of a tenant")  # noqa: N815
    maxTotalRAMSize: Whole = key("memory of a tenant, in MB")  # noqa: N815


class Compute(Written):
    """Nova."""

    hypervisor: Name = key("kvm, qemu, xen, lxc, fake")
    scheduler: Name = key("filter, simple, chance")
    extensions: dict[Name, Extension] = key("extensions by alias")
    flavors: dict[Name, Flavor] = key("flavors by name")
    quotas: Quotas = key("default quotas")
    limits: Limits = key("absolute limits")
    rate_limits: Rates = key("rate limits, as POST * 10/MINUTE; [] means off")


class Image(Written):
    """An image that must be there, by name."""

    format: Literal["raw", "qcow2", "vhd", "vmdk", "vdi", "iso", "ami", "aki", "ari"] = key(
        "disk format; ami also brings <name>-kernel and <name>-ramdisk, unless both are named"
    )
    container: Literal["bare", "ovf", "ami", "aki", "ari"] | None = key(
        "container format, if not the usual one", default=None
    )
    public: Flag = key("seen by every tenant", default=False)
    protected: Flag = key("cannot be deleted", default=False)
    min_ram: Memory = key("memory that a server needs, in MB", default=0)
    min_disk: Disk = key("disk that a server needs, in GB", default=0)
    kernel: Name | None = key("an image of format aki", default=None)
    ramdisk: Name | None = key("an image of format ari", default=None)
    login: Name | None = key("user inside of a server", default=None)


class Fixed(Written):
    """The network that servers are born on."""

    size: Prefix = key("prefix length")


class Pool(Written):
    """A pool of floating addresses, by name."""

    at_least: Whole = key("how many addresses it has at least")


class Network(Written):
    """nova-network."""

    manager: Literal["Flat", "FlatDHCP", "VLAN"] = key("which network manager")
    multi_host: Flag = key("every compute node does its own networking")
    fixed: Fixed = key("the fixed network")
    bridge: Name | None = key("its bridge (Flat and FlatDHCP)", default=None)
    label: Name | None = key("its label", default=None)
    dns: Name | None = key("its name server", default=None)
    vlan: Whole | None = key("the first VLAN (VLAN only)", default=None, ge=1, le=4094)
    floating: dict[Name, Pool] = key("pools of floating addresses", default={})


class Volumes(Written):
    """nova-volume."""

    driver: Name = key("lvm-iscsi, nexenta, san, fake")
    types: Names = key("volume types, all of them", default=[])
    extensions: Names = key("aliases of extensions on its own port", default=[])


class RingShape(Written):
    """What can be said of all three rings or of one."""

    part_power: Whole | None = key("2 to this power partitions", default=None, ge=1, le=32)
    replicas: Whole | None = key("copies of each partition", default=None, ge=1, le=16)
    min_part_hours: Whole | None = key("hours before a partition may move again", default=None)
    region: Whole | None = key("region of all devices", default=None, ge=1, le=9999)
    zone: Zones | None = key("each node, each device, or one number for all", default=None)
    weight: Number | None = key("weight of a device", default=None)
    balance: Percent | None = key("how far a device may be from its share", default=None)
    dispersion: Percent | None = key("share of replicas that may stand too close to each other", default=None)


class Ring(RingShape):
    """One ring: what differs from the others."""

    port: Port | None = key("port of its server on the storage nodes", default=None)


class Rings(RingShape):
    """All three rings in one mapping; a mapping of one ring goes before."""

    account: Ring = key("what differs for accounts", default=Ring())
    container: Ring = key("what differs for containers", default=Ring())
    object: Ring = key("what differs for objects", default=Ring())


class Objects(Written):
    """Swift."""

    rings: Rings = key("the three rings")


class Objectives(Written):
    """How long things may take. An objective is needed where the cloud has what it is about."""

    boot: Duration | None = key("from the request to ACTIVE", default=None)
    delete: Duration | None = key("until a server is gone", default=None)
    volume: Duration | None = key("until a volume is available", default=None)
    token: Duration | None = key("until a token is issued", default=None)
    image: Duration | None = key("until a small image is active", default=None)
    object: Duration | None = key("until a small object is stored", default=None)
    clock_skew: Duration | None = key("between this machine and the API", default=None)


class Description(Written):
    """A whole reference architecture."""

    name: NodeName = key("name of the architecture")
    release: Literal["essex"] = key("which release it speaks")
    description: Text = key("one sentence for people", default="")
    region: Name = key("the region of the catalogue")
    nodes: dict[NodeName, Node] = key("hosts by name or range", min_length=1)
    hosts: HostShape | None = key("what is said of every host", default=None)
    roles: dict[Name, Role] = key("what each role brings; usually from a base", default={})
    database: Kind | None = key("the database", default=None)
    bus: Kind | None = key("the message bus", default=None)
    identity: Identity | None = key("the identity service", default=None)
    catalogue: dict[Name, Service] = key("the catalogue by service type", default={})
    compute: Compute | None = key("the compute service", default=None)
    images: dict[Name, Image] = key("images by name", default={})
    network: Network | None = key("networks of servers", default=None)
    volumes: Volumes | None = key("the volume service", default=None)
    objects: Objects | None = key("the object storage", default=None)
    objectives: Objectives = key("how long things may take", default=Objectives())
    packages: dict[Name, Package] = key("installed packages", default={})
    config: dict[Name, dict[Name, Text]] = key("values in configuration files, by file and key", default={})
