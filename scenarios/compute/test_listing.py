from harness.testing import Cloud, Invalid, scenario

FAR = "2100-01-01T00:00:00Z"


@scenario("compute.filters", gate="compute", needs=("compute.boot",), holds=("server",), cost=0.5)
def test_filters(cloud: Cloud) -> None:
    """Listings keep what was asked for: by name, status, flavor and image, and page by page."""
    server = cloud.compute.server(cloud.shared("server")["id"])
    with cloud.step("list by name"):
        named = [found.id for found in cloud.compute.servers(name=server.name)]
        cloud.check("it is the only one", named == [server.id], expected=server.id, found=", ".join(named))
    with cloud.step("list by what it is"):
        listed = cloud.compute.servers(status=server.status, flavor=server.flavor, image=server.image)
        cloud.check("it is listed", server.id in [found.id for found in listed], expected=server.id)
        others = [found.id for found in listed if found.flavor != server.flavor]
        cloud.check("nothing else is", not others, expected="servers of its flavor", found=", ".join(others))
    with cloud.step("list by what it is not"):
        for what, found in (
            ("a status", cloud.compute.servers(status="ERROR", name=server.name)),
            ("a flavor", cloud.compute.servers(flavor=cloud.invented_uuid(), name=server.name)),
            ("an image", cloud.compute.servers(image=cloud.invented_uuid(), name=server.name)),
        ):
            cloud.check(f"it is not listed by {what} that it has not", not found, expected="nothing")
    with cloud.step("list page by page"):
        paged = [found.id for found in cloud.compute.servers(detail=False, page=1)]
        cloud.check(
            "it is on one of the pages", server.id in paged, expected=server.id, found=", ".join(paged)
        )
    with cloud.expects("a status that there is not is refused", Invalid):
        cloud.compute.servers(status="DEPLOYED")


@scenario("compute.changes_since", gate="compute", needs=("compute.boot",), holds=("server",), cost=0.3)
def test_changes_since(cloud: Cloud) -> None:
    """A listing of changes has the server that was made since, and nothing of the future."""
    server = cloud.compute.server(cloud.shared("server")["id"])
    with cloud.step("list what changed since it was made"):
        changed = [
            found.id for found in cloud.compute.servers(name=server.name, changes_since=server.created)
        ]
        cloud.check("it is listed", server.id in changed, expected=server.id, found=", ".join(changed))
    with cloud.step("list what changed in the future"):
        later = [found.id for found in cloud.compute.servers(changes_since=FAR)]
        cloud.check("nothing is listed", not later, expected="nothing", found=", ".join(later))


@scenario("compute.usage", gate="compute", needs=("compute.boot",), holds=("server",), cost=0.3)
def test_usage(cloud: Cloud) -> None:
    """The tenant's usage counts the server, with the size of its flavor."""
    server = cloud.compute.server(cloud.shared("server")["id"])
    flavor = cloud.compute.flavor(server.flavor)
    with cloud.step("ask for the usage"):
        used = {row.name: row for row in cloud.compute.usage().servers}
        row = used.get(server.name)
        cloud.check("the server is counted", row is not None, expected=server.name, found=", ".join(used))
        right = row is not None and (row.memory_mb, row.vcpus, row.flavor) == (
            flavor.ram, flavor.vcpus, flavor.name,
        )  # fmt: skip
        cloud.check("it is counted with its flavor", right, expected=flavor, found=row)


@scenario(
    "compute.flavor",
    gate="compute",
    needs=("compute.flavors",),
    subjects=lambda arch: arch.model.compute.flavors if arch.model.compute else (),
    cost=0.2,
)
def test_flavor(cloud: Cloud, subject: str) -> None:
    """The flavor is shown by its id as it is listed."""
    with cloud.step("list flavors"):
        listed = {flavor.name: flavor for flavor in cloud.compute.flavors()}
        cloud.check("it is listed", subject in listed, expected=subject, found=", ".join(listed))
    with cloud.step("show it"):
        shown = cloud.compute.flavor(listed[subject].id)
        cloud.check("it is shown as it is listed", shown == listed[subject], listed[subject], shown)
