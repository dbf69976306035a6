from collections.abc import Callable, Mapping

from harness.testing import Cloud, NotFound, Refused, scenario

Act = Callable[[Cloud, str], object]
ACTS: Mapping[str, Act] = {
    "update": lambda cloud, server: cloud.other.compute.update_server(server, name=cloud.name("server")),
    "reboot": lambda cloud, server: cloud.other.compute.reboot(server),
    "rebuild": lambda cloud, server: cloud.other.compute.rebuild(server, image=cloud.shared("image")),
    "resize": lambda cloud, server: cloud.other.compute.resize(server, cloud.shared("flavor")),
    "pause": lambda cloud, server: cloud.other.compute.pause(server),
    "image": lambda cloud, server: cloud.other.compute.create_image(server),
    "console": lambda cloud, server: cloud.other.compute.console(server),
    "screen": lambda cloud, server: cloud.other.compute.vnc_console(server),
    "password": lambda cloud, server: cloud.other.compute.change_password(server, cloud.new_password()),
    "metadata": lambda cloud, server: cloud.other.compute.server_metadata(server),
    "new metadata": lambda cloud, server: cloud.other.compute.set_server_metadata(server, {"by": "other"}),
}


@scenario(
    "compute.foreign",
    gate="compute",
    needs=("compute.boot",),
    subjects=tuple(ACTS),
    requires=("second_account",),
    holds=("server",),
    foreign=1,
    cost=0.2,
)
def test_foreign(cloud: Cloud, subject: str) -> None:
    """Another tenant may not do this to the server, and the server stays as it was."""
    before = cloud.compute.server(cloud.shared("server")["id"])
    with cloud.expects("the other tenant is refused", NotFound, Refused):
        ACTS[subject](cloud, before.id)
    with cloud.step("see that nothing changed"):
        after = cloud.compute.server(before.id)
        same = (after.name, after.state, after.metadata) == (before.name, before.state, before.metadata)
        cloud.check("the server is as it was", same, expected=before.state, found=after.state)
