from harness.testing import Cloud, scenario
from scenarios.guests.entering import wait_answers, wait_silent
from scenarios.network.test_addresses import pools


def lead(cloud: Cloud, address: dict[str, str], server: str) -> None:
    """Lead a floating address to a server, until the API says so."""
    cloud.network.associate(server, address["address"])
    cloud.wait(
        "the address leads to the server",
        lambda: cloud.network.floating_address(address["id"]).server,
        goal=lambda seen: seen == server,
        state=lambda seen: seen or "no server",
        limit=cloud.patience("boot"),
    )


def take(cloud: Cloud) -> dict[str, str]:
    """An address of the first described pool."""
    taken = cloud.network.allocate(next(iter(pools(cloud.arch))))
    return {"id": taken.id, "address": taken.address}


def leads_to(cloud: Cloud, address: dict[str, str], server: dict[str, str]) -> None:
    """What answers at a floating address is what answers at the server's own."""
    guest = cloud.guest(server["id"], address["address"])
    wait_answers(cloud, guest)
    names = [each.expect("hostname").text.strip() for each in (cloud.guest(server["id"]), guest)]
    cloud.check("it is this server", names[0] == names[1], expected=names[0], found=names[1])


@scenario(
    "network.floating",
    gate="network",
    needs=("guests.boot", "network.floating_pools"),
    requires=("guests",),
    applies=lambda arch: any(pools(arch)),
    holds=("guest", "floating"),
    creates=1,
    cost=1.0,
)
def test_floating(cloud: Cloud) -> None:
    """A floating address that is led to a server reaches it."""
    known = cloud.shared("guest")
    with cloud.step("lead an address to the server"):
        address = take(cloud)
        cloud.share("floating", address)
        lead(cloud, address, known["id"])
    with cloud.step("enter the server there"):
        leads_to(cloud, address, known)


@scenario(
    "network.floating_moves",
    gate="network",
    needs=("network.floating", "guests.neighbour"),
    requires=("guests",),
    holds=("guest", "neighbour", "floating"),
    creates=2,
    cost=1.5,
)
def test_floating_moves(cloud: Cloud) -> None:
    """A floating address that is given to another server reaches that one alone."""
    address, guest, neighbour = (cloud.shared(name) for name in ("floating", "guest", "neighbour"))
    with cloud.step("look where it leads"):
        leads_to(cloud, address, guest)
    with cloud.step("give it to the neighbour"):
        cloud.network.disassociate(guest["id"], address["address"])
        lead(cloud, address, neighbour["id"])
    with cloud.step("enter the server there"):
        leads_to(cloud, address, neighbour)
    with cloud.step("look at the first server's own address"):
        cloud.check("it still answers", cloud.guest(guest["id"]).answers(), "an SSH server", "none")


@scenario(
    "network.floating_gone",
    gate="network",
    needs=("network.floating",),
    after=("network.floating_moves",),
    requires=("guests",),
    holds=("guest", "neighbour", "floating"),
    creates=1,
    cost=1.0,
)
def test_floating_gone(cloud: Cloud) -> None:
    """A floating address that is taken off a server reaches it no more."""
    address = cloud.shared("floating")
    with cloud.step("look where it leads"):
        server = cloud.network.floating_address(address["id"]).server
        if not server:
            server = cloud.shared("guest")["id"]
            lead(cloud, address, server)
        guest = cloud.guest(server, address["address"])
        wait_answers(cloud, guest)
    with cloud.step("take it off"):
        cloud.network.disassociate(server, address["address"])
        wait_silent(cloud, guest)
    with cloud.step("look at the server's own address"):
        cloud.check("it still answers", cloud.guest(server).answers(), "an SSH server", "none")
    with cloud.step("give the address back"):
        cloud.network.release(address["id"])
