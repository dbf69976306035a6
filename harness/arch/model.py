"""The resolved reference architecture: everything derived, every field with how it can be seen and compared.

Attribute names are the parts of clause paths; every collection is a map by name. What a user writes is the
grammar (``grammar.py``); this is what it comes to. Units: seconds, MB of memory, GB of disk, percent.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harness.arch.leaves import Collection, Leaf
from harness.arch.model_node import Node
from harness.arch.resolved import ApiFlag, ApiNumber, ApiText, HostText, Objective, Port, Resolved, RingNumber


class Role(Resolved):
    """A row of the table of roles, as far as hosts are concerned; no clause: nodes have these.

    ``packages`` are patterns: a node with the role has at least one package of each.
    """

    services: list[str]
    packages: list[str] = []


class Kind(Resolved):
    """The product behind a generic part: mysql, rabbitmq."""

    kind: HostText


class Identity(Resolved):
    """Keystone: its backends and what it must hold. ``extensions`` are aliases on the admin port."""

    backend: HostText
    catalogue: ApiText
    version: ApiText
    token_lifetime: Annotated[float, Leaf("api", "about")]
    roles: Annotated[list[str], Leaf("api", "includes")]
    tenants: Annotated[list[str], Leaf("api", "includes")]
    users: Annotated[list[str], Leaf("api", "includes")]
    extensions: Annotated[list[str], Leaf("api", "includes")]


class Endpoint(Resolved):
    """A place in the catalogue: node, port and path, no address. ``{tenant_id}`` stands for the tenant."""

    scheme: ApiText
    node: ApiText
    port: Annotated[Port, Leaf("api", "equal")]
    path: ApiText


class CatalogueEntry(Resolved):
    """One service of the catalogue. ``version`` is the id that its root document calls current."""

    name: ApiText
    version: Annotated[str | None, Leaf("api", "equal")] = None
    public: Endpoint
    internal: Endpoint
    admin: Endpoint


class Extension(Resolved):
    """An API extension, by alias."""

    name: ApiText
    updated: ApiText


class Flavor(Resolved):
    """A server size: MB of memory and swap, GB of disk."""

    id: ApiText
    ram: ApiNumber
    vcpus: ApiNumber
    disk: ApiNumber
    ephemeral: ApiNumber
    swap: ApiNumber


class Quotas(Resolved):
    """The default quotas of a tenant."""

    instances: ApiNumber
    cores: ApiNumber
    ram: ApiNumber
    floating_ips: ApiNumber
    metadata_items: ApiNumber
    injected_files: ApiNumber
    injected_file_content_bytes: ApiNumber
    security_groups: ApiNumber
    security_group_rules: ApiNumber
    volumes: ApiNumber
    gigabytes: ApiNumber


class Limits(Resolved):
    """The absolute limits, under the API's own names."""

    maxServerMeta: ApiNumber  # noqa: N815
    maxPersonality: ApiNumber  # noqa: N815
    maxImageMeta: ApiNumber  # noqa: N815
    maxPersonalitySize: ApiNumber  # noqa: N815
    maxTotalCores: ApiNumber  # noqa: N815
    maxTotalInstances: ApiNumber  # noqa: N815
    maxTotalRAMSize: ApiNumber  # noqa: N815


class ComputeHost(Resolved):
    """What the compute API lists for a host."""

    services: Annotated[list[str], Leaf("api", "exactly")]


class Compute(Resolved):
    """Nova. ``rate_limits`` are written ``POST * 10/MINUTE``; an empty list means off."""

    hypervisor: HostText
    scheduler: HostText
    hosts: Annotated[dict[str, ComputeHost], Collection(closed=True)]
    extensions: Annotated[dict[str, Extension], Collection(closed=False)]
    flavors: Annotated[dict[str, Flavor], Collection(closed=False)]
    quotas: Quotas
    limits: Limits
    rate_limits: Annotated[list[str], Leaf("api", "exactly")]


class Image(Resolved):
    """An image that must be there; ``kernel`` and ``ramdisk`` name other images, ``login`` a user inside."""

    disk_format: ApiText
    container_format: ApiText
    public: ApiFlag
    protected: ApiFlag
    status: ApiText
    min_ram: ApiNumber
    min_disk: ApiNumber
    kernel: Annotated[str | None, Leaf("api", "equal")] = None
    ramdisk: Annotated[str | None, Leaf("api", "equal")] = None
    login: Annotated[str | None, Leaf("host", "equal")] = None


class FixedNetwork(Resolved):
    """The network that servers are born on; ``size`` is the prefix length."""

    size: ApiNumber


class FloatingPool(Resolved):
    """A pool of floating addresses; the API names it, and only nova-manage on a host counts its addresses."""

    at_least: Annotated[int, Leaf("host", "at_least")]


class Network(Resolved):
    """nova-network."""

    manager: HostText
    multi_host: ApiFlag
    fixed: FixedNetwork
    bridge: Annotated[str | None, Leaf("api", "equal")] = None
    dns: Annotated[str | None, Leaf("api", "equal")] = None
    label: Annotated[str | None, Leaf("api", "equal")] = None
    vlan: Annotated[int | None, Leaf("api", "equal")] = None
    floating: Annotated[dict[str, FloatingPool], Collection(closed=False)]


class Volumes(Resolved):
    """nova-volume."""

    driver: HostText
    types: Annotated[list[str], Leaf("api", "exactly")]
    extensions: Annotated[list[str], Leaf("api", "includes")]


class RingDevice(Resolved):
    """A device of a ring, named node/device."""

    region: RingNumber
    zone: RingNumber
    port: Annotated[Port, Leaf("ring", "equal")]
    weight: Annotated[float, Leaf("ring", "equal")]


class Ring(Resolved):
    """One of the three rings. ``holders`` are the nodes that must have the file; ``balance`` and
    ``dispersion`` are Swift's figures, in percent.
    """

    part_power: Annotated[int, Field(ge=1, le=32), Leaf("ring", "equal")]
    replicas: Annotated[int, Field(ge=1), Leaf("ring", "equal")]
    min_part_hours: RingNumber
    holders: Annotated[list[str], Leaf("ring", "exactly")]
    balance: Annotated[float, Leaf("ring", "at_most")]
    dispersion: Annotated[float | None, Leaf("ring", "at_most")] = None
    devices: Annotated[dict[str, RingDevice], Collection(closed=True)]


class Objects(Resolved):
    """Swift."""

    rings: Annotated[dict[str, Ring], Collection(closed=True)]


class Objectives(Resolved):
    """How long things may take, in seconds; also the bound of every wait."""

    boot: Objective
    delete: Objective
    volume: Objective
    token: Objective
    image: Objective
    object: Objective
    clock_skew: Objective


class Package(Resolved):
    """Installed packages whose name matches; ``version`` is a glob."""

    version: Annotated[str, Leaf("host", "matches")]


class ReferenceArchitecture(Resolved):
    """A whole cloud. An area is ``None`` when no node has a role for it: the description does not have it."""

    name: str
    release: str
    description: str = ""
    region: ApiText
    nodes: Annotated[dict[str, Node], Collection(closed=True)]
    roles: dict[str, Role] = {}
    database: Kind | None = None
    bus: Kind | None = None
    identity: Identity | None = None
    catalogue: Annotated[dict[str, CatalogueEntry], Collection(closed=True)]
    compute: Compute | None = None
    images: Annotated[dict[str, Image], Collection(closed=False)]
    network: Network | None = None
    volumes: Volumes | None = None
    objects: Objects | None = None
    objectives: Objectives
    packages: Annotated[dict[str, Package], Collection(closed=False)]
    config: Annotated[
        dict[str, Annotated[dict[str, Annotated[str, Leaf("host", "option")]], Collection(closed=False)]],
        Collection(closed=False),
    ]
