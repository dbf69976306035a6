from urllib.parse import urlsplit

from harness.testing import CatalogueEntry, Cloud, OutOfReach, scenario


@scenario(
    "preflight.catalogue",
    gate="preflight",
    needs=("identity.token",),
    owns=("catalogue.*.name", "catalogue.*.public", "catalogue.*.internal", "catalogue.*.admin", "region"),
    cost=0.5,
)
def test_catalogue(cloud: Cloud) -> None:
    """The catalogue holds the described services, each at its described place, and no other."""
    with cloud.step("read the catalogue that came with the token"):
        entries = cloud.login().catalogue
        cloud.check("the catalogue has services", bool(entries), expected="at least one service")
        cloud.observe_names(("catalogue",), [entry.type for entry in entries])
        for region in sorted({entry.region for entry in entries}):
            cloud.observe(("region",), region)
        for entry in entries:
            _observe(cloud, entry)


def _observe(cloud: Cloud, entry: CatalogueEntry) -> None:
    cloud.observe(("catalogue", entry.type, "name"), entry.name)
    for interface in ("public", "internal", "admin"):
        url = urlsplit(entry.url(interface))
        place = ("catalogue", entry.type, interface)
        cloud.observe((*place, "scheme"), url.scheme)
        cloud.observe((*place, "port"), url.port or {"http": 80, "https": 443}.get(url.scheme))
        cloud.observe((*place, "path"), url.path.replace(cloud.account.tenant_id, "{tenant_id}"))
        try:
            cloud.observe((*place, "node"), cloud.node_at(url.hostname or ""))
        except OutOfReach as reason:
            cloud.cannot_see((*place, "node"), str(reason))
