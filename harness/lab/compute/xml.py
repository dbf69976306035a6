"""The few documents that the lab also gives in XML, which 2012.1 offers for everything."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

_HEAD = "<?xml version='1.0' encoding='UTF-8'?>\n"
_ATOM = "http://www.w3.org/2005/Atom"
_API = "http://docs.openstack.org/compute/api/v1.1"


def attributes(pairs: dict[str, Any]) -> str:
    """Attributes of an element, each after a blank."""
    return "".join(f" {name}={quoteattr(str(value))}" for name, value in pairs.items())


def limits_xml(limits: dict[str, Any]) -> str:
    """The caller's limits."""
    rates = "".join(
        f"<rate{attributes({'regex': row['regex'], 'uri': row['uri']})}>"
        + "".join(f"<limit{attributes(limit)}/>" for limit in row["limit"])
        + "</rate>"
        for row in limits["rate"]
    )
    absolute = "".join(
        f"<limit{attributes({'name': name, 'value': value})}/>" for name, value in limits["absolute"].items()
    )
    names = f'xmlns:atom="{_ATOM}" xmlns="http://docs.openstack.org/common/api/v1.0"'
    return f"{_HEAD}<limits {names}><rates>{rates}</rates><absolute>{absolute}</absolute></limits>"


def limited_xml(message: str, details: str) -> str:
    """The refusal of the rate limiter."""
    inner = f"<message>{escape(message)}</message><details>{escape(details)}</details>"
    return f'<overLimitFault code="413" xmlns="{_API}">{inner}</overLimitFault>'


_SERVER = {
    "status": "status", "updated": "updated", "hostId": "hostId", "name": "name", "created": "created",
    "userId": "user_id", "tenantId": "tenant_id", "accessIPv4": "accessIPv4", "accessIPv6": "accessIPv6",
    "progress": "progress", "id": "id",
}  # fmt: skip
_EXTENSIONS = {
    "OS-DCF": "http://docs.openstack.org/compute/ext/disk_config/api/v1.1",
    "OS-EXT-STS": "http://docs.openstack.org/compute/ext/extended_status/api/v1.1",
    "OS-EXT-SRV-ATTR": "http://docs.openstack.org/compute/ext/extended_status/api/v1.1",
}


def server_xml(view: dict[str, Any]) -> str:
    """A server from its JSON view."""
    own = {name: view[key] for name, key in _SERVER.items() if key in view}
    extended = {key: value for key, value in view.items() if ":" in key}
    spaces = {
        f"xmlns:{p}": uri for p, uri in _EXTENSIONS.items() if any(k.startswith(f"{p}:") for k in extended)
    }
    names = attributes({**spaces, "xmlns:atom": _ATOM, "xmlns": _API})
    metadata = "".join(
        f"<meta{attributes({'key': k})}>{escape(v)}</meta>" for k, v in view["metadata"].items()
    )
    networks = "".join(
        f"<network{attributes({'id': label})}>"
        + "".join(f"<ip{attributes(ip)}/>" for ip in ips)
        + "</network>"
        for label, ips in view["addresses"].items()
    )
    head = f"{names}{attributes({**own, **extended})}"
    inner = f"{_reference(view, 'image')}{_reference(view, 'flavor')}<metadata>{metadata}</metadata>"
    return f"{_HEAD}<server{head}>{inner}<addresses>{networks}</addresses>{_links(view)}</server>"


def _reference(view: dict[str, Any], kind: str) -> str:
    return f"<{kind}{attributes({'id': view[kind]['id']})}>{_links(view[kind])}</{kind}>"


def _links(view: dict[str, Any]) -> str:
    return "".join(f"<atom:link{attributes(link)}/>" for link in view["links"])
