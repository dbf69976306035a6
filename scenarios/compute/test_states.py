from harness.testing import Cloud, OutOfReach, scenario
from scenarios.compute.servers import STOPPED, at_hand, settled

BOOTED, SEVERAL = ("compute.boot",), ("compute.several",)
KINDS = ("soft", "hard")


@scenario(
    "compute.reboot",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    subjects=KINDS,
    holds=("pair/1",),
    creates=1,
    spread=True,
    cost=3.0,
)
def test_reboot(cloud: Cloud, subject: str) -> None:
    """The server comes back from a reboot, with the address that it had."""
    server = at_hand(cloud, "pair/1")
    with cloud.step(f"reboot it, {subject}"):
        before = cloud.compute.server(server).addresses
        cloud.compute.reboot(server, hard=subject == "hard")
        after = settled(cloud, server).addresses
        cloud.check("it has its address", after == before, expected=before, found=after)


@scenario(
    "compute.pause",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/1",),
    creates=2,
    spread=True,
    cost=2.0,
)
def test_pause(cloud: Cloud) -> None:
    """The server is paused, and runs on."""
    server = at_hand(cloud, "pair/1")
    with cloud.step("pause it"):
        cloud.compute.pause(server)
        settled(cloud, server, "PAUSED")
    with cloud.step("let it run on"):
        cloud.compute.unpause(server)
        settled(cloud, server)


@scenario(
    "compute.suspend",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/1",),
    creates=2,
    spread=True,
    cost=4.0,
)
def test_suspend(cloud: Cloud) -> None:
    """The server is suspended, and resumed."""
    server = at_hand(cloud, "pair/1")
    with cloud.step("suspend it"):
        cloud.compute.suspend(server)
        settled(cloud, server, "SUSPENDED")
    with cloud.step("resume it"):
        cloud.compute.resume(server)
        settled(cloud, server)


@scenario(
    "compute.stop",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/1",),
    creates=2,
    spread=True,
    cost=4.0,
)
def test_stop(cloud: Cloud) -> None:
    """The server is switched off, and on again with an address."""
    server = at_hand(cloud, "pair/1")
    with cloud.step("switch it off"):
        cloud.compute.stop(server)
        settled(cloud, server, *STOPPED, what="the server is off")
    with cloud.step("switch it on"):
        cloud.compute.start(server)
        addresses = settled(cloud, server).addresses
        cloud.check("it has an address", any(addresses.values()), expected="an address", found=addresses)


@scenario(
    "compute.rescue",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/2",),
    creates=2,
    spread=True,
    cost=4.0,
)
def test_rescue(cloud: Cloud) -> None:
    """The server is rescued with a password of its own, and comes back."""
    server = at_hand(cloud, "pair/2")
    with cloud.step("rescue it"):
        password = cloud.compute.rescue(server)
        cloud.check("a password is told", bool(password), expected="a password")
        settled(cloud, server, "RESCUE")
    with cloud.step("end the rescue"):
        cloud.compute.unrescue(server)
        settled(cloud, server)


@scenario(
    "compute.password",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    holds=("pair/2",),
    creates=1,
    spread=True,
    cost=2.0,
)
def test_password(cloud: Cloud) -> None:
    """The administrator's password is changed, and the server runs on."""
    server = at_hand(cloud, "pair/2")
    with cloud.step("change the password"):
        cloud.compute.change_password(server, cloud.new_password())
        settled(cloud, server)


@scenario(
    "compute.lock",
    gate="compute",
    needs=BOOTED,
    after=SEVERAL,
    requires=("admin",),
    holds=("pair/2",),
    creates=2,
    spread=True,
    cost=4.0,
)
def test_lock(cloud: Cloud) -> None:
    """A locked server is not paused, whatever its tenant asks; unlocked, it is fit for use again."""
    if "admin" in {role.lower() for role in cloud.identity.token.roles}:
        raise OutOfReach("this run's user is an administrator, whom no lock holds; a plain member was needed")
    server = at_hand(cloud, "pair/2")
    looks = iter(range(1, 6))
    with cloud.step("lock it, and pause it all the same"):
        cloud.admin.compute.lock(server)
        cloud.compute.pause(server)
        cloud.wait(
            "it is not paused at five looks",
            lambda: cloud.compute.server(server),
            goal=lambda seen: next(looks) == 5,
            fail_on=lambda seen: seen.vm_state == "paused" or seen.status == "PAUSED",
            state=lambda seen: seen.state,
            limit=cloud.patience("boot"),
        )
    # Essex accepts the pause and then keeps its task for good; another action ends that.
    with cloud.step("unlock it, and change its password"):
        cloud.admin.compute.unlock(server)
        cloud.compute.change_password(server, cloud.new_password())
        settled(cloud, server)
