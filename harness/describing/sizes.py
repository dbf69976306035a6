"""Compute, captured: flavors, quotas, limits, extensions, and which host runs which of its services."""

from __future__ import annotations

from harness.clients.session import CloudSession
from harness.clients.values import Flavor
from harness.describing.found import OURS, Found

_LIMITS = {
    "maxServerMeta": "metadata_items",
    "maxImageMeta": "metadata_items",
    "maxPersonality": "injected_files",
    "maxPersonalitySize": "injected_file_content_bytes",
    "maxTotalCores": "cores",
    "maxTotalInstances": "instances",
    "maxTotalRAMSize": "ram",
}
"""Absolute limit → the quota that it shows."""


def compute(found: Found, session: CloudSession) -> None:
    """What compute offers to everybody."""
    here = ("compute",)
    with found.looking("compute.flavors"):
        flavors = {each.name: _flavor(each) for each in session.compute.flavors()}
        found.only((*here, "flavors"), {name: size for name, size in flavors.items() if _ours(name)})
    with found.looking("compute.extensions"):
        extensions = {each.alias: each for each in session.compute.extensions()}
        named = {alias: {"name": e.name, "updated": e.updated} for alias, e in extensions.items()}
        found.only((*here, "extensions"), named)
    with found.looking("compute.quotas, compute.limits"):
        _quotas(found, session)


def _ours(name: str) -> bool:
    return not name.startswith(OURS)


def _flavor(flavor: Flavor) -> dict[str, object]:
    sizes: dict[str, object] = {
        "id": flavor.id,
        "ram": flavor.ram,
        "vcpus": flavor.vcpus,
        "disk": flavor.disk,
    }
    more = {"ephemeral": flavor.ephemeral, "swap": flavor.swap}
    return sizes | {name: size for name, size in more.items() if size}


def _quotas(found: Found, session: CloudSession) -> None:
    """Quotas of a tenant that nobody changed; its limits follow, where ours were changed."""
    quotas, limits = session.compute.default_quotas().values, session.compute.limits()
    described = found.based(("compute", "quotas")) or quotas
    for name in (name for name in described if name in quotas):
        _number(found, ("compute", "quotas", name), quotas[name])
    own = session.compute.quotas().values
    for name, value in limits.absolute.items():
        quota = _LIMITS.get(name, "")
        if quota in quotas:
            value = quotas[quota] if own.get(quota) != quotas[quota] else value
            _number(found, ("compute", "limits", name), value)
    found.put(("compute", "rate_limits"), [str(rate) for rate in limits.rates])


def _number(found: Found, path: tuple[str, ...], value: int) -> None:
    """A number that the grammar has a word for; -1 is none."""
    if value < 0:
        found.odd.append(f"{'.'.join(path)} has no limit here (-1), which cannot be described")
    else:
        found.put(path, value)


def hosts(found: Found, session: CloudSession, *, admin: bool) -> dict[str, set[str]]:
    """What compute calls its hosts → its services there; empty where this account may not ask."""
    services: dict[str, set[str]] = {}
    if not admin:
        found.blind("compute.hosts", "the account is no administrator")
        return services
    with found.looking("compute.hosts"):
        for host in session.compute.hosts():
            services.setdefault(host.name, set()).add(host.service)
    return services
