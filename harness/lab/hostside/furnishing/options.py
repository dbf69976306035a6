"""The configuration of OpenStack as a deployer writes it, from what is described and what the host is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from harness.lab.hostside.furnishing.plan import HostPlan

_SCHEDULERS = {
    "filter": "nova.scheduler.filter_scheduler.FilterScheduler",
    "simple": "nova.scheduler.simple.SimpleScheduler",
    "chance": "nova.scheduler.chance.ChanceScheduler",
}
_MANAGERS = {"Flat": "FlatManager", "FlatDHCP": "FlatDHCPManager", "VLAN": "VlanManager"}
_CONNECTIONS = {"kvm": "libvirt", "qemu": "libvirt", "lxc": "libvirt", "xen": "xenapi", "fake": "fake"}
_NOVA = {"compute-api", "scheduler", "compute", "network", "volume", "s3"}


def write_options(host: HostPlan) -> None:
    """Every option file of the host's components, with the described values last."""
    roles = set(host.roles)
    makers: dict[str, tuple[bool, Callable[[HostPlan], str]]] = {
        "nova/nova.conf": (bool(roles & _NOVA), nova_conf),
        "nova/api-paste.ini": (bool(roles & _NOVA), _nova_paste),
        "nova/nova-compute.conf": ("compute" in roles, _nova_compute),
        "keystone/keystone.conf": ("identity" in roles, _keystone),
        "keystone/logging.conf": ("identity" in roles, _keystone_logging),
        "glance/glance-api.conf": ("images" in roles, _glance_api),
        "glance/glance-api-paste.ini": ("images" in roles, _glance_paste),
        "glance/glance-registry.conf": ("images" in roles, _glance_registry),
        "mysql/my.cnf": ("database" in roles, _mysql),
        "mysql/debian.cnf": ("database" in roles, _mysql_debian),
        "rabbitmq/rabbitmq-env.conf": ("bus" in roles, lambda _: "NODENAME=rabbit@localhost\n"),
        "memcached.conf": (
            "object-proxy" in roles,
            lambda _: "-d\n-m 64\n-p 11211\n-u memcache\n-l 0.0.0.0\n",
        ),
        "rsyncd.conf": ("object-storage" in roles, _rsync),
        "default/rsync": ("object-storage" in roles, lambda _: "RSYNC_ENABLE=true\nRSYNC_OPTS=''\n"),
    }
    for name, (wanted, make) in makers.items():
        if wanted:
            path = host.folder / "etc" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(make(host), encoding="utf-8")
            path.chmod(0o640)
    _write_others(host)


def nova_conf(host: HostPlan) -> str:
    """``/etc/nova/nova.conf`` of one host."""
    options: dict[str, str] = {}
    for part in (_nova_base, _nova_network, _nova_volumes):
        options |= dict(part(host))
    return _ini(_described(host, "nova.conf", {"DEFAULT": options}))


def _nova_base(host: HostPlan) -> Iterator[tuple[str, str]]:
    compute = host.model.compute
    yield "dhcpbridge_flagfile", "/etc/nova/nova.conf"
    yield "dhcpbridge", "/usr/bin/nova-dhcpbridge"
    yield "logdir", "/var/log/nova"
    yield "state_path", "/var/lib/nova"
    yield "lock_path", "/var/lock/nova"
    yield "root_helper", "sudo nova-rootwrap /etc/nova/rootwrap.conf"
    yield "verbose", "True"
    yield "auth_strategy", "keystone"
    yield "my_ip", host.address
    yield "sql_connection", _sql(host, "nova", "nova")
    yield "rabbit_host", host.holder("bus")
    yield "rabbit_password", host.passwords.bus
    yield "glance_api_servers", f"{host.holder('images')}:9292"
    yield "image_service", "nova.image.glance.GlanceImageService"
    yield "s3_host", host.holder("s3" if host.has("s3") else "compute-api")
    yield "ec2_host", host.holder("compute-api")
    yield "novncproxy_base_url", f"http://{host.holder('compute-api')}:6080/vnc_auto.html"
    yield "vncserver_listen", "0.0.0.0"  # noqa: S104 - as deployers wrote it
    yield "vncserver_proxyclient_address", host.address
    if compute is not None:
        yield "connection_type", _CONNECTIONS.get(compute.hypervisor, "libvirt")
        if _CONNECTIONS.get(compute.hypervisor) == "libvirt":
            yield "libvirt_type", compute.hypervisor
        yield "compute_scheduler_driver", _SCHEDULERS.get(compute.scheduler, compute.scheduler)


def _nova_network(host: HostPlan) -> Iterator[tuple[str, str]]:
    network = host.model.network
    if network is None:
        return
    yield "network_manager", f"nova.network.manager.{_MANAGERS[network.manager]}"
    yield "multi_host", str(bool(network.multi_host))
    yield "fixed_range", str(host.fixed)
    yield "public_interface", "eth0"
    if network.manager == "VLAN":
        yield "vlan_interface", "eth1"
        yield "vlan_start", str(network.vlan or 100)
    elif network.bridge:
        yield "flat_network_bridge", network.bridge
        yield "flat_interface", "eth1"
    yield "force_dhcp_release", "True"
    yield "routing_source_ip", host.address


def _nova_volumes(host: HostPlan) -> Iterator[tuple[str, str]]:
    group = next((node.volume_group for node in host.model.nodes.values() if node.volume_group), None)
    yield "iscsi_helper", "tgtadm"
    if group is not None:
        yield "volume_group", group.name
        yield "iscsi_ip_prefix", host.layout.prefix
    if host.model.volumes is not None:
        yield "volume_driver", _volume_driver(host.model.volumes.driver)


def _volume_driver(word: str) -> str:
    drivers = {
        "lvm-iscsi": "ISCSIDriver",
        "iscsi": "ISCSIDriver",
        "rbd": "RBDDriver",
        "sheepdog": "SheepdogDriver",
    }
    return f"nova.volume.driver.{drivers.get(word, 'ISCSIDriver')}"


def _nova_paste(host: HostPlan) -> str:
    return _ini(
        {
            "composite:osapi_compute": {
                "use": "call:nova.api.openstack.urlmap:urlmap_factory",
                "/": "oscomputeversions",
                "/v1.1": "openstack_compute_api_v2",
                "/v2": "openstack_compute_api_v2",
            },
            "filter:authtoken": {
                "paste.filter_factory": "keystone.middleware.auth_token:filter_factory",
                **_account(host, "nova"),
            },
        }
    )


def _nova_compute(host: HostPlan) -> str:
    kind = host.model.compute.hypervisor if host.model.compute else "kvm"
    return f"--libvirt_type={kind}\n"


def _keystone(host: HostPlan) -> str:
    identity = host.model.identity
    catalogue = "templated" if identity and identity.catalogue == "templated" else "sql"
    lifetime = int(identity.token_lifetime) if identity else 86400
    kind = "TemplatedCatalog" if catalogue == "templated" else "Catalog"
    drivers = {
        "catalog": {"driver": f"keystone.catalog.backends.{catalogue}.{kind}"},
        "identity": {
            "driver": f"keystone.identity.backends.{identity.backend if identity else 'sql'}.Identity"
        },
        "token": {"driver": "keystone.token.backends.sql.Token", "expiration": str(lifetime)},
        "policy": {"driver": "keystone.policy.backends.rules.Policy"},
        "ec2": {"driver": "keystone.contrib.ec2.backends.sql.Ec2"},
    }
    default = {
        "public_port": "5000",
        "admin_port": "35357",
        "admin_token": host.passwords.admin_token,
        "compute_port": "8774",
        "verbose": "True",
        "debug": "False",
        "log_config": "/etc/keystone/logging.conf",
    }
    sql = {"connection": _sql(host, "keystone", "keystone"), "idle_timeout": "200"}
    return _ini(_described(host, "keystone.conf", {"DEFAULT": default, "sql": sql, **drivers}))


def _keystone_logging(host: HostPlan) -> str:
    file = {
        "class": "FileHandler",
        "level": "DEBUG",
        "formatter": "normal",
        "args": "('/var/log/keystone/keystone.log', 'a')",
    }
    form = {"format": "(%(name)s): %(asctime)s %(levelname)s %(message)s"}
    return _ini({"handler_file": file, "formatter_normal": form})


def _glance_api(host: HostPlan) -> str:
    default = {
        "verbose": "True",
        "debug": "False",
        "default_store": "file",
        "bind_host": "0.0.0.0",  # noqa: S104 - the package's own
        "bind_port": "9292",
        "log_file": "/var/log/glance/api.log",
        "registry_host": "0.0.0.0",  # noqa: S104
        "registry_port": "9191",
        "notifier_strategy": "noop",
        "filesystem_store_datadir": "/var/lib/glance/images/",
    }
    return _ini(
        _described(host, "glance-api.conf", {"DEFAULT": default, "paste_deploy": {"flavor": "keystone"}})
    )


def _glance_registry(host: HostPlan) -> str:
    default = {
        "verbose": "True",
        "debug": "False",
        "bind_host": "0.0.0.0",  # noqa: S104
        "bind_port": "9191",
        "log_file": "/var/log/glance/registry.log",
        "sql_connection": _sql(host, "glance", "glance"),
        "sql_idle_timeout": "3600",
    }
    return _ini(
        _described(host, "glance-registry.conf", {"DEFAULT": default, "paste_deploy": {"flavor": "keystone"}})
    )


def _glance_paste(host: HostPlan) -> str:
    middleware = {"paste.filter_factory": "keystone.middleware.auth_token:filter_factory"}
    return _ini({"filter:authtoken": middleware | _account(host, "glance")})


def _mysql(host: HostPlan) -> str:
    server = {"user": "mysql", "port": "3306", "datadir": "/var/lib/mysql", "bind-address": "0.0.0.0"}  # noqa: S104
    return _ini({"client": {"port": "3306"}, "mysqld": server})


def _mysql_debian(host: HostPlan) -> str:
    """What the package's own scripts log in with."""
    account = {"host": "localhost", "user": "debian-sys-maint", "password": host.passwords.database["mysql"]}
    return _ini({"client": {**account, "socket": "/var/run/mysqld/mysqld.sock"}})


def _rsync(host: HostPlan) -> str:
    text = "uid = swift\ngid = swift\nlog file = /var/log/rsyncd.log\npid file = /var/run/rsyncd.pid\n"
    text += f"address = {host.address}\n"
    for kind in ("account", "container", "object"):
        text += f"\n[{kind}]\nmax connections = 25\npath = /srv/node/\nread only = false\n"
        text += f"lock file = /var/lock/{kind}.lock\n"
    return text


def _account(host: HostPlan, component: str) -> dict[str, str]:
    return {
        "service_protocol": "http",
        "service_host": host.holder("identity"),
        "service_port": "5000",
        "auth_host": host.holder("identity"),
        "auth_port": "35357",
        "auth_protocol": "http",
        "admin_tenant_name": "service",
        "admin_user": component,
        "admin_password": host.passwords.identity.get(component, ""),
    }


def _sql(host: HostPlan, user: str, database: str) -> str:
    return f"mysql://{user}:{host.passwords.database[user]}@{host.holder('database')}/{database}"


def _described(host: HostPlan, name: str, sections: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The described values of a file: ``section/option``, or an option in the section that has it, else in
    DEFAULT. A file is described by its name or by its path.
    """
    for file, options in host.model.config.items():
        if file == name or (file.startswith("/") and file.endswith(f"/{name}")):
            for option, value in options.items():
                section, _, bare = option.rpartition("/")
                holders = (title for title, rows in sections.items() if option in rows)
                sections.setdefault(section or next(holders, "DEFAULT"), {})[bare] = value
    return sections


def _write_others(host: HostPlan) -> None:
    """Files that are described by their path and that no component of ours has are on every host."""
    for file in host.model.config:
        path = host.folder / file.lstrip("/")
        if file.startswith("/etc/") and not path.exists() and "/etc/swift/" not in file:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_ini(_described(host, path.name, {})), encoding="utf-8")


def _ini(sections: Mapping[str, Mapping[str, str]]) -> str:
    texts = [
        f"[{title}]\n" + "".join(f"{name} = {value}\n" for name, value in rows.items())
        for title, rows in sections.items()
    ]
    return "\n".join(texts)
