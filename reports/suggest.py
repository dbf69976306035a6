"""The next command to look, from what failed and where: to be pasted by a person, never run by us.

Everything that a cloud or host said is quoted for the shell.
"""

from __future__ import annotations

from collections.abc import Iterable
from shlex import quote
from urllib.parse import urlsplit

from harness.evidence.reader import Row
from harness.evidence.redaction import MARK
from reports.stories import ended, text

_MOST = 4
LOGS = {
    "keystone": "/var/log/keystone/*.log",
    "nova": "/var/log/nova/*.log",
    "glance": "/var/log/glance/*.log",
    "nova-volume": "/var/log/nova/nova-volume.log /var/log/nova/nova-api.log",
    "swift": "/var/log/syslog",
}
LISTINGS = {
    "identity": "keystone tenant-list; keystone role-list; keystone user-list",
    "catalogue": "keystone endpoint-list; keystone service-list",
    "compute.flavors": "nova flavor-list",
    "compute.quotas": "nova absolute-limits",
    "compute.limits": "nova absolute-limits",
    "compute.rate_limits": "nova rate-limits",
    "compute.hosts": "nova-manage service list",
    "images": "glance details",
    "network": "nova-manage network list",
    "volumes": "nova-manage service list; vgs",
    "packages": "dpkg -l",
    "objectives.clock_skew": "ntpq -p",
}


def look(component: str, row: Row | None, deviating: Iterable[str], *, failed: bool) -> list[str]:
    """Commands that show more: of the exchange or command that failed, or of what deviates."""
    listings = list(dict.fromkeys(filter(None, map(_listing, deviating))))
    if row is None:
        return listings[:_MOST]
    if row["kind"] == "log":
        files = " ".join(quote(text(path)) for path in (row.get("files") or ())[:_MOST])
        return [f"ssh {quote(text(row.get('host')))} grep -hE 'ERROR|CRITICAL|TRACE' {files}"]
    if row["kind"] == "command":
        host = text(row.get("host"))
        there = [f"ssh {quote(host)} {quote(listing)}" for listing in listings]
        looked = _host(host, text(row.get("command")), component)
        return [*looked, *there][:_MOST] if failed else [*there, *looked][:_MOST]
    return [*(_exchange(component, row) if failed else ()), *listings, *(() if failed else _again(row))][
        :_MOST
    ]


def _exchange(component: str, row: Row) -> list[str]:
    url, status = text(row.get("url")), ended(row)
    if status is None:
        port = _port(url)
        listening = [f"ss -ltnp | grep :{port}    # on the host of {component}"] if port else []
        return [f"curl -si {quote(_root(url))}", *listening]
    found: list[str] = []
    if row.get("request_id") and component in LOGS:
        found.append(f"grep -h {quote(text(row['request_id']))} {LOGS[component]}")
    elif component in LOGS and status >= 500:
        found.append(f"tail -n 100 {LOGS[component]}")
    return found + _again(row)


def _again(row: Row) -> list[str]:
    """The same request by hand; not where a secret was cut out of its address."""
    url = text(row.get("url"))
    if row.get("method") != "GET" or MARK in url:
        return []
    return [f'curl -si -H "X-Auth-Token: $TOKEN" {quote(url)}']


def _host(host: str, command: str, component: str) -> list[str]:
    if component == "ssh":
        return [f"ssh -v {quote(host)} true", f"ping -c 3 {quote(host)}"]
    if command.startswith("sftp get "):
        path = command.removeprefix("sftp get ")
        return [f"ssh {quote(host)} {word} {quote(path)}" for word in ("md5sum", "ls -l")]
    return [f"ssh {quote(host)} {quote(command)}"]


def _listing(path: str) -> str:
    if path.startswith("objects.rings."):
        ring = path.split(".")[2].split("[")[0]
        return f"swift-ring-builder /etc/swift/{quote(ring)}.builder"
    found = [prefix for prefix in LISTINGS if path == prefix or path.startswith((prefix + ".", prefix + "["))]
    return LISTINGS[max(found, key=len)] if found else ""


def netloc(url: str) -> str:
    """Host and port of a URL, as far as it is one."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _root(url: str) -> str:
    return f"{url.split('://')[0]}://{netloc(url)}/" if netloc(url) else url


def _port(url: str) -> str:
    port = netloc(url).rpartition(":")[2]
    return port if port.isdigit() else ""
