from harness.testing import Cloud, NotFound, scenario
from scenarios.compute.servers import gone, settled


@scenario(
    "compute.boot",
    gate="compute",
    needs=("images.described", "compute.flavors", "preflight.budget"),
    owns=("objectives.boot",),
    servers=1,
    until=("compute.delete",),
    cost=5.0,
)
def test_boot(cloud: Cloud) -> None:
    """A server of the smallest flavor becomes ACTIVE within the objective and has an address."""
    flavor, image = cloud.shared("flavor"), cloud.shared("image")
    with cloud.step("ask for a server"), cloud.timed("boot"):
        asked = cloud.compute.create_server(image=image, flavor=flavor)
        cloud.share("server", {"id": asked.id, "flavor": flavor, "image": image})
        server = settled(cloud, asked.id)
    with cloud.step("look at its addresses"):
        addresses = [address for found in server.addresses.values() for address in found]
        cloud.check("it has a fixed address", bool(addresses), expected="at least one address", found="none")


@scenario("compute.show", gate="compute", needs=("compute.boot",), holds=("server",), cost=0.5)
def test_show(cloud: Cloud) -> None:
    """The server is listed and shown as it was asked for."""
    asked = cloud.shared("server")
    with cloud.step("list servers"):
        for detail in (False, True):
            listed = [found.id for found in cloud.compute.servers(detail=detail)]
            cloud.check("it is listed", asked["id"] in listed, expected=asked["id"], found=", ".join(listed))
    with cloud.step("show it"):
        server = cloud.compute.server(asked["id"])
        cloud.check("the flavor is right", server.flavor == asked["flavor"], asked["flavor"], server.flavor)
        cloud.check("the image is right", server.image == asked["image"], asked["image"], server.image)
        cloud.check("it is this tenant's", server.tenant == cloud.account.tenant_id, found=server.tenant)


@scenario("compute.console", gate="compute", needs=("compute.boot",), holds=("server",), creates=2, cost=1.0)
def test_console(cloud: Cloud) -> None:
    """The console shows that the server printed something while it booted, all of it or the last lines."""
    server = cloud.shared("server")["id"]
    with cloud.step("read the console"):
        text = cloud.wait(
            "the console has text",
            lambda: cloud.compute.console(server),
            goal=lambda seen: bool(seen.strip()),
            state=lambda seen: f"{len(seen.strip())} characters",
            limit=cloud.patience("boot"),
        )
        cloud.check("there is text", bool(text.strip()))
    with cloud.step("read its last line alone"):
        last = cloud.compute.console(server, lines=1)
        cloud.check("it is one line", len(last.splitlines()) <= 1, expected="one line", found=last)
        cloud.check(
            "it is shorter", len(last) < len(text), expected=f"under {len(text)} characters", found=last
        )


@scenario(
    "compute.vnc",
    gate="compute",
    needs=("compute.boot",),
    applies=lambda arch: bool(arch.model.compute and arch.model.compute.hypervisor != "fake"),
    holds=("server",),
    creates=1,
    cost=1.0,
)
def test_vnc(cloud: Cloud) -> None:
    """The server's screen opens in a browser, and for nobody without its token."""
    server = cloud.shared("server")["id"]
    with cloud.step("ask where the screen is"):
        url = cloud.compute.vnc_console(server)
    with cloud.step("open it"):
        screen = cloud.compute.open_screen(url)
        cloud.check("the page is there", screen.page == 200, expected=200, found=screen.page)
        cloud.check("the WebSocket is taken up", screen.socket == 101 and screen.accepted, 101, screen.socket)
        spoken = screen.words.startswith("RFB 003.")
        cloud.check(
            "a VNC server speaks behind it", spoken, expected="RFB 003.…", found=repr(screen.words[:40])
        )
    with cloud.step("open it with a token that nobody was given"):
        strange = cloud.compute.open_screen(f"{url.partition('token=')[0]}token={cloud.invented_uuid()}")
        cloud.check(
            "nothing speaks behind it", not strange.words, expected="nothing", found=strange.words[:40]
        )


@scenario(
    "compute.other_tenant",
    gate="compute",
    needs=("compute.boot",),
    requires=("second_account",),
    holds=("server",),
    cost=0.5,
)
def test_other_tenant(cloud: Cloud) -> None:
    """Another tenant neither sees nor deletes the server."""
    server = cloud.shared("server")["id"]
    with cloud.expects("another tenant does not find it", NotFound):
        cloud.other.compute.server(server)
    with cloud.step("list servers as the other tenant"):
        listed = [found.id for found in cloud.other.compute.servers()]
        cloud.check("it is not listed", server not in listed, expected="not listed", found=server)
    with cloud.expects("another tenant cannot delete it", NotFound):
        cloud.other.compute.delete_server(server)
    with cloud.step("look whether it is still there"):
        cloud.compute.server(server)


@scenario(
    "compute.delete",
    gate="compute",
    needs=("compute.boot",),
    after=("holds:server", "compute.show", "compute.console", "compute.other_tenant"),
    owns=("objectives.delete",),
    cost=2.0,
)
def test_delete(cloud: Cloud) -> None:
    """A deleted server is gone within the objective."""
    server = cloud.shared("server")["id"]
    with cloud.step("delete the server"), cloud.timed("delete"):
        gone(cloud, server)
    with cloud.step("list servers"):
        listed = [found.id for found in cloud.compute.servers()]
        cloud.check("it is not listed", server not in listed, expected="not listed", found=server)
