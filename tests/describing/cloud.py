"""A cloud that is exactly as an architecture describes it, played: its APIs answer, its hosts tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from harness.arch import Architecture, load
from harness.clients.errors import ServerFault
from harness.clients.values import (
    CatalogueEntry,
    ComputeHost,
    Extension,
    FixedNetwork,
    Flavor,
    Image,
    Limits,
    QuotaSet,
    RateLimit,
    Role,
    Tenant,
    Token,
    User,
    Version,
)
from harness.describing.capturing import Asked, _Capture
from harness.describing.found import Found
from harness.describing.names import Names
from harness.describing.ringfiles import Held
from harness.describing.roles import Roles
from harness.describing.sheet import Sheet, layers
from harness.hostlist import Host
from harness.hosts.facts.model import (
    Broker,
    ClockReading,
    Config,
    Cpu,
    Database,
    Disk,
    Facts,
    File,
    Interface,
    Listener,
    Managed,
    Memory,
    Mount,
    Service,
    Space,
    System,
    Unknown,
    VolumeGroup,
)
from harness.hosts.facts.model import User as Account
from harness.place import Undescribed
from harness.rings import Device
from harness.sitefile import SiteFile

BASE = "essex/ubuntu-12.04"
MARK = {"from": "rack7", "at": "2012-05-04T06:00Z", "by": "deployday 1.0"}
TENANT = "b5815b046cfe47bb891a7b64119e7f80"
NO_TOOL = Unknown(unknown="no such tool on this host")
VERSIONS = {"nova-common": "2012.1.3-0ubuntu1", "keystone": "2012.1.3-0ubuntu2", "swift": "1.4.8-0ubuntu2"}
VERSIONS |= {"glance-api": "2012.1.3-0ubuntu1"}


@dataclass
class Played:
    """The cloud; tests change ``session``, ``facts`` and ``rings`` as they like."""

    arch: Architecture
    addresses: dict[str, str] = field(default_factory=dict)
    session: Any = None
    facts: dict[str, Facts] = field(default_factory=dict)
    rings: dict[str, Held] = field(default_factory=dict)

    @classmethod
    def of(cls, ref: str = "essex/six-node") -> Played:
        arch = load(ref)
        found = cls(arch, {name: f"10.0.0.{n}" for n, name in enumerate(arch.model.nodes, 1)})
        found.session = _session(found)
        found.facts = {name: _facts(found, name) for name in arch.model.nodes}
        found.rings = _rings(found)
        return found

    def capture(self, *, hosts: bool = True, inside: bool = True, admin: bool = True) -> Sheet:
        """The sheet of it; ``hosts``: the site names them, ``inside``: there is a way into them."""
        known = {name: Host(address) for name, address in self.addresses.items()} if hosts else {}
        place = Undescribed("rack7", SiteFile(name="rack7", architecture="?"), known)
        base, _ = layers(BASE)
        asked = Asked(place, BASE, BASE, MARK, self.arch.name)
        work = _Capture(asked, Found(base), Names(place), Roles({**base["roles"]}))
        work.apis(self.session, admin=admin)
        if hosts and inside:
            work.held, work.told = self.rings, self.facts
        work.nodes()
        work.insides()
        return work.sheet()


def _session(cloud: Played) -> Any:
    model: Any = cloud.arch.model
    now = datetime(2012, 5, 4, tzinfo=UTC)
    lifetime = timedelta(seconds=model.identity.token_lifetime - 0.7)
    me = User("u1", "admin")
    token = Token("t", now + lifetime, now, me, Tenant(TENANT, "admin"), ("admin",), tuple(_catalogue(cloud)))
    identity = SimpleNamespace(
        token=token,
        version="v2.0",
        list_extensions=lambda interface: [Extension(each, each) for each in model.identity.extensions],
        list_endpoints=lambda: [],
        list_roles=lambda: [Role(each, each) for each in model.identity.roles],
        list_tenants=lambda: [Tenant(each, each) for each in (*model.identity.tenants, "deployday-1")],
        list_users=lambda: [User(each, each) for each in (*model.identity.users, "deployday-1")],
    )
    versions = {kind: row.version for kind, row in model.catalogue.items()}
    parts = {"identity": identity, "network": _network(model)}
    if model.compute:
        parts |= {"compute": _compute(model), "images": _images(model)}
        volumes = model.volumes
        parts["volumes"] = SimpleNamespace(types=lambda: volumes.types, extensions=lambda: [])
    return SimpleNamespace(
        account=SimpleNamespace(region="", tenant_id=TENANT),
        versions=lambda kind: _versions(versions, kind),
        **parts,
    )


def _versions(known: dict[str, Any], kind: str) -> list[Version]:
    if kind not in known:
        raise ServerFault("no list of versions")
    return [Version(known[kind], "CURRENT")]


def _catalogue(cloud: Played) -> Any:
    for kind, row in cloud.arch.model.catalogue.items():
        urls = [
            f"{at.scheme}://{cloud.addresses[at.node]}:{at.port}{at.path}".replace("{tenant_id}", TENANT)
            for at in (row.public, row.internal, row.admin)
        ]
        yield CatalogueEntry(kind, row.name, cloud.arch.model.region, *urls)


def _compute(model: Any) -> Any:
    described = model.compute
    rates = []
    for rate in described.rate_limits:
        verb, uri, value, unit = rate.replace("/", " ", 0).partition(" ")[0], *_rate(rate)
        rates.append(RateLimit(verb, uri, value, unit))
    limits = Limits(described.limits.model_dump(), tuple(rates))
    quotas = QuotaSet("x", described.quotas.model_dump())
    flavors = [Flavor(name=name, **row.model_dump()) for name, row in described.flavors.items()]
    return SimpleNamespace(
        flavors=lambda: flavors,
        extensions=lambda: [Extension(a, e.name, e.updated) for a, e in described.extensions.items()],
        default_quotas=lambda: quotas,
        quotas=lambda: quotas,
        limits=lambda: limits,
        hosts=lambda: [ComputeHost(h, s) for h, row in described.hosts.items() for s in row.services],
    )


def _rate(rate: str) -> tuple[str, int, str]:
    _, uri, amount = rate.split(" ")
    value, _, unit = amount.partition("/")
    return uri, int(value), unit


def _images(model: Any) -> Any:
    found = []
    for name, row in model.images.items():
        said = row.model_dump(exclude={"login", "kernel", "ramdisk"})
        linked = {f"{part}_id": getattr(row, part) for part in ("kernel", "ramdisk") if getattr(row, part)}
        found.append(Image(name, name, size=1, properties=linked, **said))
    private = Image("mine", "mine", "active", "raw", "bare")
    return SimpleNamespace(list=lambda: [*found, private])


def _network(model: Any) -> Any:
    row = model.network
    if row is None:
        return SimpleNamespace(networks=list, floating_pools=list)
    seen = FixedNetwork(
        "1", row.label, f"10.9.0.0/{row.fixed.size}", bridge=row.bridge or "", multi_host=row.multi_host
    )
    return SimpleNamespace(networks=lambda: [seen], floating_pools=lambda: list(row.floating))


def _facts(cloud: Played, name: str) -> Facts:
    model: Any = cloud.arch.model
    node = model.nodes[name]
    roles = set(node.roles)
    hardware = node.hardware
    memory = (hardware.memory_mb if hardware and hardware.memory_mb else 4096) + 200
    nics = hardware.nics if hardware else ["eth0"]
    nova = {"compute-api", "compute", "network", "volume", "scheduler"} & roles
    sections: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
    if nova:
        sections["/etc/nova/nova.conf"] = {"DEFAULT": _nova(cloud, name)}
    if "identity" in roles:
        driver = {"driver": (f"keystone.identity.backends.{model.identity.backend}.Identity",)}
        sections["/etc/keystone/keystone.conf"] = {"identity": driver}
    group = node.volume_group
    packages = {
        package: version
        for package, version in VERSIONS.items()
        if any(service.startswith(package.split("-")[0]) for service in node.services)
    }
    return Facts(
        node=name,
        taken=1.0,
        system=System(hostname=name, pretty="Ubuntu 12.04.5 LTS", kernel="3.2.0-23-generic"),
        clock=ClockReading(offset=0.0, error=0.01),
        cpu=Cpu(count=(hardware.cpus if hardware else 0) or 2, flags=("vmx",)),
        memory=Memory(total=memory, free=1000),
        disks={disk: Disk(size_gb=900.0) for disk in node.devices or ()},
        volume_groups={group.name: VolumeGroup(size_gb=group.size_gb + 0.4, free_gb=9.0)} if group else {},
        mounts={path: Mount(device="/dev/x", type=row.type) for path, row in node.mounts.items()},
        space={"/": Space(size_mb=90_000, free_mb=50_000)},
        interfaces={
            **{nic: Interface(physical=True) for nic in nics},
            **{bridge: Interface(is_bridge=True) for bridge in node.bridges},
        },
        resolvers=(),
        listeners=tuple(Listener(protocol="tcp", address="0.0.0.0", port=port) for port in node.ports),
        processes=(),
        services={each: Service(manager="upstart", running=True, enabled=True) for each in node.services},
        packages=packages,
        users={user: Account(uid=1, gid=1, groups=tuple(row.groups)) for user, row in node.users.items()},
        files={
            path: File(
                kind="file", owner=row.owner or "root", group=row.group or "root", mode=row.mode or "0644"
            )
            for path, row in node.files.items()
        },
        configs={path: Config(form="ini", options=found) for path, found in sections.items()},
        sysctl=dict(node.sysctl),
        rules=NO_TOOL,
        domains={},
        targets=(),
        managed=Managed(
            version="2012.1.3", floating={p: row.at_least for p, row in model.network.floating.items()}
        )
        if "compute-api" in roles and model.network
        else NO_TOOL,
        broker=Broker(nodes=("rabbit",)) if "bus" in roles else NO_TOOL,
        database=Database(kind="mysql", answers=True) if "database" in roles else NO_TOOL,
    )


def _nova(cloud: Played, name: str) -> dict[str, tuple[str, ...]]:
    model: Any = cloud.arch.model
    own = {
        "my_ip": cloud.addresses[name],
        "rabbit_password": "hmac:00112233aabbccdd",
        "sql_connection": "mysql://nova:hmac:00112233aabbccdd@10.0.0.1/nova",
        "network_manager": f"nova.network.manager.{model.network.manager}Manager",
        "libvirt_type": model.compute.hypervisor,
        "logdir": "/var/log/nova",
    }
    groups = [node.volume_group.name for node in model.nodes.values() if node.volume_group]
    own |= {"volume_group": groups[0]} if groups else {}
    own |= model.config.get("nova.conf", {})
    return {option: (value,) for option, value in own.items()}


@dataclass(frozen=True)
class Table:
    """As much of a ring as a capture looks at."""

    part_power: int
    replicas: int
    balance: float
    devices: tuple[Device, ...]


def _rings(cloud: Played) -> dict[str, Held]:
    objects = cloud.arch.model.objects
    found = {}
    for name, row in objects.rings.items() if objects else ():
        devices = []
        for number, (label, each) in enumerate(row.devices.items()):
            node, _, disk = label.partition("/")
            place = (cloud.addresses[node], each.port, disk, each.weight)
            devices.append(Device(number, each.region, each.zone, *place))
        ring: Any = Table(row.part_power, row.replicas, 0.4, tuple(devices))
        found[name] = Held(ring, tuple(row.holders), tuple(row.holders), 0.0, row.min_part_hours)
    return found
