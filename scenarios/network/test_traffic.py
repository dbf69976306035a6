import re
from collections.abc import Callable
from functools import partial

from harness.testing import Architecture, Cloud, Conflict, Guest, Invalid, OutOfReach, scenario
from scenarios.compute.servers import gone, settled
from scenarios.guests.entering import address_of, wait_answers
from scenarios.network.test_described import described, shared_network
from scenarios.network.test_floating import lead, take

ICMP_AND_IP = 28  # bytes of headers before what a ping carries

OUTSIDE = {"outside": "an address", "outside_name": "a name"}


def groups_hold_inside(arch: Architecture) -> bool:
    """Whether groups hold between servers of one network, too; as delivered they do not.

    nova 2012.1, nova/virt/firewall.py: ``allow_same_net_traffic`` is true unless nova.conf says otherwise.
    """
    told = arch.model.config.get("nova.conf", {}).get("allow_same_net_traffic", "true")
    return described(arch) and str(told).lower() in ("false", "0", "no")


def passes(cloud: Cloud, what: str, probe: Callable[[], bool]) -> None:
    """Until something gets through."""
    cloud.wait(f"{what} passes", probe, goal=bool, state=_told, limit=cloud.patience("delete"))


def stops(cloud: Cloud, what: str, probe: Callable[[], bool]) -> None:
    """Until it does so no more; whoever says so has seen it pass."""
    cloud.wait(
        f"{what} stops", probe, goal=lambda seen: not seen, state=_told, limit=cloud.patience("delete")
    )


def _told(seen: bool) -> str:
    return "passes" if seen else "stopped"


@scenario(
    "network.group_enforced",
    gate="network",
    needs=("network.same_tenant", "network.floating"),
    after=("network.packets", "network.floating_gone", "guests.config_drive"),
    requires=("guests",),
    holds=("guest", "neighbour"),
    creates=2,
    cost=2.0,
)
def test_group_enforced(cloud: Cloud) -> None:
    """From outside, a server is reached while a rule of its group lets it, and not without."""
    known = cloud.shared("neighbour")
    guest, address = cloud.guest(cloud.shared("guest")["id"]), take(cloud)

    def reached() -> bool:
        return cloud.reaches(address["address"])

    with cloud.step("lead a floating address to the server"):
        lead(cloud, address, known["id"])
        passes(cloud, "SSH", reached)
    with cloud.step("remove the rule for SSH"):
        cloud.network.remove_rule(known["rules"]["tcp"])
        stops(cloud, "SSH", reached)
    with cloud.step("look whether the server lives"):
        passes(cloud, "an echo request between the servers", lambda: guest.pings(known["address"]))
    with cloud.step("add the rule again"):
        cloud.network.add_rule(known["group"], "tcp", 22, 22)
        passes(cloud, "SSH", reached)
        cloud.network.disassociate(known["id"], address["address"])
        cloud.network.release(address["id"])


@scenario(
    "network.group_inside",
    gate="network",
    needs=("network.same_tenant",),
    after=("network.packets",),
    requires=("guests",),
    applies=groups_hold_inside,
    holds=("guest", "neighbour"),
    cost=2.0,
)
def test_group_inside(cloud: Cloud) -> None:
    """Between servers of one tenant as well, only what a rule of the group lets in passes."""
    known = cloud.shared("neighbour")
    guest, mine = cloud.guest(cloud.shared("guest")["id"]), cloud.guests.group

    def echo() -> bool:
        return guest.pings(known["address"])

    with cloud.step("look whether an echo request passes"):
        passes(cloud, "an echo request", echo)
    with cloud.step("remove the rule for it"):
        cloud.network.remove_rule(known["rules"]["icmp"])
        stops(cloud, "an echo request", echo)
        cloud.check("SSH still passes", guest.connects(known["address"]), "it passes", "it does not")
    with cloud.step("let the members of the first server's group in"):
        members = next((group.id for group in cloud.network.groups() if group.name == mine), "")
        cloud.check("that group is listed", bool(members), expected=mine, found="not listed")
        rule = cloud.network.add_rule(known["group"], "icmp", -1, -1, source_group=members)
        passes(cloud, "an echo request of a member", echo)
    with cloud.step("remove that rule"):
        cloud.network.remove_rule(rule.id)
        stops(cloud, "an echo request of a member", echo)
    with cloud.step("add the rule for everybody again"):
        added = cloud.network.add_rule(known["group"], "icmp", -1, -1)
        cloud.share("neighbour", {**known, "rules": {**known["rules"], "icmp": added.id}})
        passes(cloud, "an echo request", echo)


@scenario(
    "network.group_in_use",
    gate="network",
    needs=("guests.neighbour",),
    requires=("guests",),
    applies=described,
    holds=("neighbour",),
    cost=0.3,
)
def test_group_in_use(cloud: Cloud) -> None:
    """A group that a server is in cannot be removed."""
    known = cloud.shared("neighbour")
    with cloud.step("ask the server for its groups"):
        groups = [group.id for group in cloud.network.server_groups(known["id"])]
        cloud.check("it is in the one asked for", groups == [known["group"]], known["group"], groups)
    with cloud.expects("it is refused", Conflict, Invalid):
        cloud.network.delete_group(known["group"])
    with cloud.step("look whether the group is still there"):
        cloud.network.group(known["group"])


@scenario(
    "network.same_tenant",
    gate="network",
    needs=("guests.neighbour",),
    requires=("guests",),
    applies=described,
    holds=("guest", "neighbour"),
    cost=1.0,
)
def test_same_tenant(cloud: Cloud) -> None:
    """Two servers of a tenant reach each other, by ICMP and TCP, both ways."""
    first, second = cloud.shared("guest"), cloud.shared("neighbour")
    for one, other in ((first, second), (second, first)):
        with cloud.step(f"from {one['name']} to {other['name']}"):
            guest = cloud.guest(one["id"])
            passes(cloud, "an echo request", partial(guest.pings, other["address"]))
            cloud.check("SSH passes", guest.connects(other["address"]), "it passes", "it does not")


@scenario(
    "network.packets",
    gate="network",
    needs=("network.same_tenant",),
    requires=("guests",),
    applies=described,
    holds=("guest", "neighbour"),
    cost=0.8,
)
def test_packets(cloud: Cloud) -> None:
    """Packets as large as a guest's interface sends them get through, both ways."""
    first, second = cloud.shared("guest"), cloud.shared("neighbour")
    for one, other in ((first, second), (second, first)):
        with cloud.step(f"from {one['name']} to {other['name']}"):
            guest = cloud.guest(one["id"])
            size = mtu_of(guest)
            cloud.check("the interface tells its size", size >= 576, "at least 576 bytes", size)
            whole = guest.run("ping", "-c", "1", "-w", "2", "-s", str(size - ICMP_AND_IP), other["address"])
            cloud.check(f"{size} bytes get through", whole.ok, expected="an echo", found=whole)


def mtu_of(guest: Guest) -> int:
    """The largest packet that the first interface of a guest sends, in bytes; 0 where it does not say."""
    found = re.findall(r"^\d+: (\w+).*\bmtu (\d+)", guest.expect("ip", "link").text, re.MULTILINE)
    return next((int(size) for name, size in found if name != "lo"), 0)


@scenario(
    "network.other_tenant",
    gate="network",
    needs=("guests.boot",),
    requires=("guests", "second_account"),
    applies=shared_network,
    holds=("guest",),
    servers=1,
    foreign=2,
    cost=4.0,
)
def test_other_tenant(cloud: Cloud) -> None:
    """What passes between servers of two tenants is what their groups let in, both ways."""
    known, theirs = cloud.shared("guest"), cloud.other_guests
    with cloud.step("make a server of the other tenant"):
        group = theirs.network.create_group()
        theirs.network.add_rule(group.id, "tcp", 22, 22)
        rule = theirs.network.add_rule(group.id, "icmp", -1, -1)
        asked = theirs.compute.create_server(
            image=known["image"], flavor=known["flavor"], key=theirs.key, groups=(group.name,)
        )
        server = settled(cloud, asked.id, theirs=theirs)
        guest, stranger = cloud.guest(known["id"]), theirs.guest(server)
        wait_answers(cloud, stranger)
    with cloud.step("let each ask the other for an echo"):
        passes(cloud, "an echo request of the stranger", lambda: stranger.pings(known["address"]))
        passes(cloud, "an echo request to the stranger", lambda: guest.pings(address_of(server)))
    if groups_hold_inside(cloud.arch):
        with cloud.step("close the stranger's group to echo requests"):
            theirs.network.remove_rule(rule.id)
            stops(cloud, "an echo request to the stranger", lambda: guest.pings(address_of(server)))
            cloud.check(
                "SSH to it still passes", guest.connects(address_of(server)), "it passes", "it does not"
            )
            cloud.check("its own still pass", stranger.pings(known["address"]), "they pass", "they do not")
    with cloud.step("delete the stranger"):
        gone(cloud, server.id, theirs=theirs)


@scenario(
    "network.outside",
    gate="network",
    needs=("guests.boot",),
    requires=("guests",),
    applies=described,
    holds=("guest",),
    cost=0.6,
)
def test_outside(cloud: Cloud) -> None:
    """A guest reaches what the site names outside of the cloud, by address and by name."""
    named = [(key, cloud.site_network[key]) for key in OUTSIDE if key in cloud.site_network]
    if not named:
        raise OutOfReach("the site names nothing outside of the cloud (network: {outside: ADDRESS})")
    guest = cloud.guest(cloud.shared("guest")["id"])
    for key, place in named:
        host, _, port = place.rpartition(":")
        with cloud.step(f"reach {OUTSIDE[key]}"):
            if host:
                passes(cloud, "a connection", partial(guest.connects, host, int(port)))
            else:
                passes(cloud, "an echo request", partial(guest.pings, place))
