from harness.testing import Cloud, Conflict, Invalid, NotFound, scenario
from scenarios.volumes.states import wait_available, wait_in_use
from scenarios.volumes.test_refusals import NOBODY

DEVICE = "/dev/vdc"


@scenario(
    "volumes.attach",
    gate="volumes",
    needs=("compute.boot", "volumes.create"),
    holds=("server",),
    creates=1,
    cost=4.0,
)
def test_attach(cloud: Cloud) -> None:
    """A volume is given to a server, everybody tells which, and it is free again when it is taken off."""
    server = cloud.shared("server")["id"]
    with cloud.step("make a volume"):
        volume = cloud.volumes.create(1).id
        wait_available(cloud, volume)
    with cloud.step("attach it"):
        cloud.volumes.attach(server, volume, DEVICE)
        wait_in_use(cloud, volume)
    with cloud.step("ask who has it"):
        for teller, seen in (
            ("the volume", cloud.volumes.show(volume)),
            ("compute's API", cloud.volumes.show_by_compute(volume)),
        ):
            told = [(held.server, held.device) for held in seen.attachments]
            cloud.check(
                f"{teller} tells server and device", told == [(server, DEVICE)], (server, DEVICE), told
            )
    with cloud.step("ask the server what it has"):
        held = [row for row in cloud.volumes.attachments(server) if row.volume == volume]
        told = [(row.server, row.device) for row in held]
        cloud.check("it tells the volume", told == [(server, DEVICE)], (server, DEVICE), told)
        one = cloud.volumes.attachment(server, held[0].id)
        cloud.check("the attachment itself is shown", one == held[0], expected=held[0], found=one)
    with cloud.step("detach it"):
        cloud.volumes.detach(server, held[0].id)
        wait_available(cloud, volume, "the volume is free")
        left = cloud.volumes.show(volume).servers
        cloud.check("no server has it", not left, expected="no server", found=", ".join(left))
    with cloud.step("ask the server what it has left"):
        volumes = [row.volume for row in cloud.volumes.attachments(server)]
        cloud.check("the volume is gone", volume not in volumes, expected="not listed", found=volume)
    cloud.share("attachable", volume)


@scenario(
    "volumes.attached_is_kept",
    gate="volumes",
    needs=("volumes.attach",),
    holds=("server",),
    creates=2,
    cost=3.0,
)
def test_attached_is_kept(cloud: Cloud) -> None:
    """A volume that a server has can be neither deleted nor attached a second time."""
    server = cloud.shared("server")["id"]
    with cloud.step("make a volume"):
        volume = cloud.volumes.create(1).id
        wait_available(cloud, volume)
    with cloud.step("attach it"):
        held = cloud.volumes.attach(server, volume, DEVICE)
        wait_in_use(cloud, volume)
    with cloud.expects("it is not deleted", Invalid, Conflict):
        cloud.volumes.delete(volume)
    with cloud.expects("it is not attached a second time", Invalid, Conflict):
        cloud.volumes.attach(server, volume, "/dev/vdd")
    with cloud.step("look whether the server still has it"):
        volumes = [row.volume for row in cloud.volumes.attachments(server)]
        cloud.check("it has", volume in volumes, expected=volume, found=", ".join(volumes))
    with cloud.step("detach it"):
        cloud.volumes.detach(server, held.id)
        wait_available(cloud, volume, "the volume is free")
    with cloud.step("delete it"):
        cloud.volumes.delete(volume)


@scenario(
    "volumes.attach_refused",
    gate="volumes",
    needs=("volumes.attach",),
    holds=("server", "attachable"),
    creates=2,
    cost=0.5,
)
def test_attach_refused(cloud: Cloud) -> None:
    """Nothing is attached to a server that is not there, nor a volume that is not there."""
    server, volume = cloud.shared("server")["id"], cloud.shared("attachable")
    with cloud.expects("an unknown server is given no volume", NotFound):
        cloud.volumes.attach(cloud.invented_uuid(), volume, DEVICE)
    with cloud.expects("an unknown volume is given to no server", NotFound):
        cloud.volumes.attach(server, NOBODY, DEVICE)
    with cloud.expects("an unknown attachment is not found", NotFound):
        cloud.volumes.attachment(server, NOBODY)
    with cloud.expects("what is not attached is not detached", NotFound):
        cloud.volumes.detach(server, volume)
    with cloud.step("look whether the volume is free"):
        left = cloud.volumes.show(volume)
        cloud.check("it is as it was", left.status == "available", "available", left.status)


@scenario(
    "volumes.other_tenant_attaches",
    gate="volumes",
    needs=("volumes.attach",),
    after=("volumes.attach_refused",),
    requires=("second_account",),
    holds=("server", "attachable"),
    foreign=1,
    cost=0.5,
)
def test_other_tenant_attaches(cloud: Cloud) -> None:
    """Another tenant cannot attach the volume, nor see what a server has."""
    server, volume = cloud.shared("server")["id"], cloud.shared("attachable")
    with cloud.expects("another tenant cannot attach it", NotFound):
        cloud.other.volumes.attach(server, volume, DEVICE)
    with cloud.expects("another tenant does not learn what the server has", NotFound):
        cloud.other.volumes.attachments(server)
    with cloud.step("look whether it is free"):
        left = cloud.volumes.show(volume)
        cloud.check("it is as it was", left.status == "available", "available", left.status)


@scenario(
    "volumes.attaches_on_host",
    gate="volumes",
    needs=("volumes.create", "compute.boots_on_host[=]"),
    subjects="nodes:compute",
    requires=("admin",),
    holds=("host/{subject}",),
    spread=True,
    creates=1,
    cost=3.0,
)
def test_attaches_on_host(cloud: Cloud, subject: str) -> None:
    """A server on this compute host is given a volume and lets go of it."""
    server = cloud.shared(f"host/{subject}")["id"]
    with cloud.step("make a volume"):
        volume = cloud.volumes.create(1).id
        wait_available(cloud, volume)
    with cloud.step("attach it"):
        held = cloud.volumes.attach(server, volume, DEVICE)
        wait_in_use(cloud, volume)
        servers = cloud.volumes.show(volume).servers
        cloud.check("this server has it", servers == (server,), expected=server, found=", ".join(servers))
    with cloud.step("detach it"):
        cloud.volumes.detach(server, held.id)
        wait_available(cloud, volume, "the volume is free")
    with cloud.step("delete it"):
        cloud.volumes.delete(volume)
