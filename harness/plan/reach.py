"""What this access cannot do, as far as the site says before the cloud is touched."""

from __future__ import annotations

from harness.site import Site


def missing(site: Site) -> dict[str, str]:
    """Requirement → why the site cannot give it; about an administrator only the cloud can tell."""
    return {} if site.hosts else {"hosts": "the site names no hosts"}
