"""What this access cannot do, as far as the site says before the cloud is touched."""

from __future__ import annotations

from harness.site import Site


def missing(site: Site) -> dict[str, str]:
    """Requirement → why the site cannot give it; about an administrator only the cloud can tell."""
    found = {} if site.hosts else {"hosts": "the site names no hosts"}
    guests = no_guests(site)
    return found | ({"guests": guests} if guests else {})


def no_guests(site: Site) -> str:
    """Why servers cannot be entered; "" where they can, as far as the site says."""
    compute = site.arch.model.compute
    if compute is not None and compute.hypervisor == "fake":
        return "the hypervisor is the fake one: its servers are no machines"
    via = site.file.guests.via
    if via == "jump" and not site.hosts:
        return "guests are entered through a node (guests: {via: jump}), and the site names no hosts"
    return _WITHOUT.get(via, "")


_WITHOUT = {
    "none": "the site has no way into guests (guests: {via: none})",
    "console": "guests are watched on their console and not entered (guests: {via: console})",
}
