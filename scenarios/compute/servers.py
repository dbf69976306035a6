"""What stories of servers have in common: to wait until one has settled or is gone, and one fit for use."""

from functools import partial

from harness.testing import Cloud, Guests, NotFound, OutOfReach, Server

STOPPED = ("STOPPED", "SHUTOFF")
"""A server that is switched off: as Essex says it, and as everybody says since."""
_SETTLED = (None, "resize_verify")


def settled(
    cloud: Cloud, server: str, *statuses: str, what: str = "", theirs: Guests | None = None
) -> Server:
    """Wait until a server (by id) has one of the statuses, and no task is under way.

    ``theirs`` says whose it is, where it is another tenant's.
    """
    wanted, compute = statuses or ("ACTIVE",), (theirs or cloud).compute
    return cloud.wait(
        what or f"the server is {wanted[0]}",
        lambda: compute.server(server),
        goal=lambda seen: seen.status in wanted and seen.task_state in _SETTLED,
        fail_on=lambda seen: seen.status == "ERROR",
        state=lambda seen: seen.state,
        limit=cloud.patience("boot"),
    )


def booted(cloud: Cloud) -> str:
    """The id of a new server of the smallest flavor that is ACTIVE."""
    asked = cloud.compute.create_server(image=cloud.shared("image"), flavor=cloud.shared("flavor"))
    settled(cloud, asked.id)
    return asked.id


def at_hand(cloud: Cloud, name: str) -> str:
    """The id of the server shared under ``name``, if it is fit for use; else of a new one in its place.

    A story that failed may have left it in any state. That is no reason for the next one to fail.
    """
    with cloud.step("take a server that is ACTIVE"):
        try:
            server: str = cloud.shared(name)
            seen = cloud.compute.server(server)
            if (seen.status, seen.task_state) == ("ACTIVE", None):
                return server
        except (KeyError, NotFound):
            pass
        fresh = booted(cloud)
        cloud.share(name, fresh)
        return fresh


def gone(cloud: Cloud, *servers: str, theirs: Guests | None = None) -> None:
    """Delete servers (by id; ``theirs`` as above), and wait until none is there."""
    compute = (theirs or cloud).compute
    for server in servers:
        compute.delete_server(server)
    for server in servers:
        limit = cloud.patience("delete")
        cloud.wait_gone("the server is gone", partial(compute.server, server), limit=limit)


def next_flavor(cloud: Cloud, flavor: str) -> str:
    """The id of the smallest flavor with more memory; ``OutOfReach`` where none is larger."""
    flavors = {found.id: found for found in cloud.compute.flavors()}
    larger = [found for found in flavors.values() if found.ram > flavors[flavor].ram]
    if not larger:
        raise OutOfReach(f"no flavor is larger than {flavors[flavor].name}")
    return min(larger, key=lambda found: (found.ram, found.disk)).id
