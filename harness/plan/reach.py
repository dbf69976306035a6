"""What this access cannot do, as far as the site says before the cloud is touched."""

from __future__ import annotations

from harness.site import Site


def missing(site: Site) -> dict[str, str]:
    """Requirement → why the site cannot give it; about an administrator only the cloud can tell."""
    found = {} if site.hosts else {"hosts": "the site names no hosts"}
    guests = no_guests(site)
    if guests and (site.file.guests.via == "none" or _is_fake(site)):
        found["console"] = guests
    return found | ({"guests": guests} if guests else {})


def no_guests(site: Site) -> str:
    """Why servers cannot be entered; "" where they can, as far as the site says."""
    if _is_fake(site):
        return "the hypervisor is the fake one: its servers are no machines"
    via = site.file.guests.via
    if via == "jump" and not site.hosts:
        return "guests are entered through a node (guests: {via: jump}), and the site names no hosts"
    return _WITHOUT.get(via, "")


def _is_fake(site: Site) -> bool:
    return site.arch.model.compute is not None and site.arch.model.compute.hypervisor == "fake"


_WITHOUT = {
    "none": "the site has no way into guests (guests: {via: none})",
    "console": "guests are watched on their console and not entered (guests: {via: console})",
}
