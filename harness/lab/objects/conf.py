"""The configuration files of the lab's Swift,
written into each node's ``/etc/swift`` as an operator would.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from harness.lab.objects.plan import PROXY, SwiftServer

_COMMON = """\
[DEFAULT]
bind_ip = {host}
bind_port = {port}
workers = 0
user = {user}
swift_dir = {etc}
log_level = WARNING
log_custom_handlers = harness.lab.objects.parent.log_to_stderr
"""

_STORAGE = """\
devices = {devices}
mount_check = false
disable_fallocate = true
conn_timeout = 5
container_update_timeout = 10

[pipeline:main]
pipeline = {pipeline}

[app:{kind}-server]
use = egg:swift#{kind}
"""
"""Patient: what is put off waits for a daemon that passes later, and the lab has none."""

_PROXY = """\

[pipeline:main]
pipeline = {pipeline}

[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
conn_timeout = 5
error_suppression_interval = 5
sorting_method = affinity
read_affinity = {affinity}
{options}

[filter:keystone]
use = egg:swift#keystoneauth
operator_roles = {operators}

[filter:tempurl]
use = egg:swift#tempurl
methods = NONE
allowed_digests = sha256

[filter:authtoken]
paste.filter_factory = harness.lab.objects.token:factory
auth_host = {auth_host}
auth_port = {auth_port}
admin_token = {admin_token}

[filter:journal]
paste.filter_factory = harness.lab.objects.journal:factory
log = {log}
host = {node}

[filter:essex]
paste.filter_factory = harness.lab.objects.face:factory

[filter:wall]
paste.filter_factory = harness.lab.objects.face:wall_factory
operator_roles = {operators}
"""
"""A device with errors is avoided for 5 seconds, not for a minute: the next run of a lab begins sooner."""

_STOCK = ("catch_errors", "gatekeeper", "healthcheck", "staticweb", "copy", "dlo")
_PIPELINE = (
    "journal essex {extra} catch_errors gatekeeper healthcheck staticweb tempurl copy dlo authtoken wall "
    "keystone proxy-server"
)


def write_swift_conf(etc: Path, suffix: str) -> None:
    """``swift.conf`` with the lab's hash suffix; equal on all nodes."""
    etc.mkdir(parents=True, exist_ok=True)
    _write(etc / "swift.conf", f"[swift-hash]\nswift_hash_path_suffix = {suffix}\n")


def write_storage_conf(server: SwiftServer, root: Path, user: str, extra: Sequence[str] = ()) -> Path:
    """The file of an account, container or object server in the node folder ``root``.

    ``extra`` names paste factories of filters before the server, as for the proxy.
    """
    etc = root / "etc" / "swift"
    text = _COMMON.format(host=server.host, port=server.port, user=user, etc=etc)
    pipeline = " ".join([*(f"extra{number}" for number in range(len(extra))), f"{server.kind}-server"])
    text += _STORAGE.format(kind=server.kind, devices=root / "srv" / "node", pipeline=pipeline)
    text += "".join(_extra(number, words) for number, words in enumerate(extra))
    return _write(etc / server.conf_name, text)


def write_proxy_conf(
    server: SwiftServer,
    root: Path,
    user: str,
    identity: tuple[str, int],
    token: str,
    operators: Iterable[str],
    extra: Iterable[str] = (),
    zones: Iterable[tuple[int, int]] = (),
    options: Iterable[str] = (),
) -> Path:
    """The proxy's file; ``operators`` are the roles that may store things in their tenant's account.

    Replicas are read in the order of ``zones`` (region, zone), as next to a proxy that stands in the first:
    so a fault of one node always shows in the same stories.

    ``extra`` names paste factories of filters that stand in front of everything else, each with its options
    behind it: ``package.module:factory most=0.3``; ``options`` are lines of the proxy's own section.
    """
    if server.kind != PROXY:
        raise ValueError(server.name)
    factories = dict(enumerate(extra))
    (root / "var" / "log").mkdir(parents=True, exist_ok=True)
    text = _COMMON.format(host=server.host, port=server.port, user=user, etc=root / "etc" / "swift")
    text += _PROXY.format(
        pipeline=" ".join(_PIPELINE.format(extra=" ".join(f"extra{n}" for n in factories)).split()),
        operators=", ".join(operators),
        auth_host=identity[0],
        auth_port=identity[1],
        admin_token=token,
        options="\n".join(options),
        log=root / "var" / "log" / "syslog",
        node=server.node,
        affinity=", ".join(f"r{region}z{zone}={place}" for place, (region, zone) in enumerate(zones, 1)),
    )
    text += "".join(f"\n[filter:{name}]\nuse = egg:swift#{name}\n" for name in _STOCK)
    text += "".join(_extra(number, words) for number, words in factories.items())
    return _write(root / "etc" / "swift" / server.conf_name, text)


def _extra(number: int, words: str) -> str:
    factory, *options = words.split()
    lines = [f"[filter:extra{number}]", f"paste.filter_factory = {factory}"]
    lines += [option.replace("=", " = ", 1) for option in options]
    return "\n" + "\n".join(lines) + "\n"


def _write(path: Path, text: str) -> Path:
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return path
